"""Migrations from any state, also when several processes run them at once."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from parlour.adapters import sql
from parlour.adapters.sql import migrations
from parlour.adapters.sql.schema import VERSION_TABLE, VERSIONS
from parlour.adapters.sql.tables import metadata
from parlour.domain.kernel.errors import Unavailable
from parlour.domain.kernel.transaction import SchemaState
from tests.support import builders as b
from tests.support.addresses import Database
from tests.support.programs import ROOT
from tests.support.storages import mysql_storage

NEEDED = VERSIONS[-1]


@pytest.fixture(params=["sqlite", "mariadb"])
def bare(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[sql.SqlStorage]:
    """A storage without tables."""
    if request.param == "sqlite":
        with closing(sql.open_sqlite(tmp_path / "parlour.db")) as storage:
            yield storage
        return
    with closing(mysql_storage(request.getfixturevalue("database"))) as storage:
        yield storage


def execute(storage: sql.SqlStorage, *statements: str) -> None:
    with storage.schema.engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


class TestMigrate:
    def test_creates_every_table_as_the_code_expects_it(self, bare: sql.SqlStorage) -> None:
        bare.migrate()

        with bare.schema.engine.connect() as connection:
            context = MigrationContext.configure(
                connection, opts={"version_table": VERSION_TABLE, "compare_type": True}
            )
            assert [] == compare_metadata(context, metadata)

    def test_changes_nothing_the_second_time(self, bare: sql.SqlStorage) -> None:
        bare.migrate()
        bare.uow(lambda stores: stores.users.add(b.user("alice")))
        bare.migrate()

        assert bare.uow.read(lambda stores: stores.users.find(b.ALICE)) == b.user("alice")

    def test_resumes_after_an_interruption(self, bare: sql.SqlStorage) -> None:
        bare.migrate()
        execute(bare, f"DELETE FROM {VERSION_TABLE}", "DROP TABLE mentions", "DROP TABLE messages")
        bare.migrate()

        assert bare.schema_state().is_current
        with bare.schema.engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
            assert [] == compare_metadata(context, metadata)

    def test_runs_once_when_called_concurrently(self, bare: sql.SqlStorage) -> None:
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda _: bare.migrate(), range(4)))

        assert bare.schema_state().is_current

    def test_refuses_tables_of_a_newer_release(self, bare: sql.SqlStorage) -> None:
        bare.migrate()
        execute(bare, f"UPDATE {VERSION_TABLE} SET version_num = '9999'")

        with pytest.raises(sql.SchemaMismatch, match="9999"):
            bare.migrate()
        with pytest.raises(Unavailable, match="9999"):
            bare.check()
        assert bare.schema_state().is_newer

    def test_knows_every_version(self) -> None:
        scripts = ScriptDirectory(str(Path(migrations.__file__).parent))

        assert list(VERSIONS) == [each.revision for each in scripts.walk_revisions()][::-1]


MIGRATE = """
import sys
from pathlib import Path
from parlour.adapters import sql
storage = sql.open_sqlite(Path(sys.argv[2])) if sys.argv[1] == "sqlite" else sql.open_mysql(
    port=int(sys.argv[2]), user=sys.argv[3], password=sys.argv[4], database=sys.argv[5])
sys.stdin.read(1)
storage.migrate()
storage.check()
storage.close()
"""


class TestTwoNodes:
    def test_that_start_together_on_a_file_both_migrate(self, tmp_path: Path) -> None:
        start_together(["sqlite", str(tmp_path / "deep" / "parlour.db")])

    def test_that_start_together_on_a_server_both_migrate(self, database: Database) -> None:
        server = database.server
        start_together(["mysql", str(server.port), server.user, server.password, database.name])


def start_together(arguments: list[str]) -> None:
    nodes = [
        subprocess.Popen(
            [sys.executable, "-c", MIGRATE, *arguments],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for node in nodes:
        assert node.stdin is not None
        node.stdin.write("\n")
        node.stdin.flush()
    said = [node.communicate(timeout=60)[1] for node in nodes]

    assert [(0, ""), (0, "")] == [
        (node.returncode, each) for node, each in zip(nodes, said, strict=True)
    ]


class TestCheck:
    def test_fails_until_the_tables_exist(self, bare: sql.SqlStorage) -> None:
        with pytest.raises(Unavailable, match="none"):
            bare.check()
        bare.migrate()
        bare.check()


class TestState:
    def test_of_an_empty_database_is_none(self, bare: sql.SqlStorage) -> None:
        assert SchemaState(None, NEEDED) == bare.schema_state()
        bare.migrate()
        assert SchemaState(NEEDED, NEEDED) == bare.schema_state()


class TestOpenSqlite:
    def test_refuses_a_file_of_a_newer_release(self, tmp_path: Path) -> None:
        path = tmp_path / "parlour.db"
        with closing(sql.open_sqlite(path)) as storage:
            storage.migrate()
            execute(storage, f"UPDATE {VERSION_TABLE} SET version_num = '9999'")

        with pytest.raises(sql.SchemaMismatch, match="newer release"):
            sql.open_sqlite(path)
