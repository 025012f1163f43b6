"""Sessions set what they need; the defaults of a server are not trusted."""

from collections.abc import Mapping
from contextlib import closing

import pytest
from sqlalchemy import text

from parlour.adapters import sql
from parlour.adapters.sql.connection import Connection
from parlour.adapters.sql.statements import Statement
from parlour.domain.kernel.errors import Unavailable
from tests.support import builders as b
from tests.support.addresses import Database
from tests.support.servers import MariaDbServer
from tests.support.storages import mysql_storage

RISKY = {
    "innodb_flush_method": "nosync",
    "innodb_flush_log_at_trx_commit": "2",
    "innodb_doublewrite": "OFF",
}


def variables(connection: Connection) -> Mapping[str, str]:
    return dict(connection.run(Statement(text("SHOW SESSION VARIABLES"))))  # type: ignore[arg-type]


class TestSession:
    def test_that_writes_is_read_committed_and_strict(
        self, mariadb_storage: sql.SqlStorage
    ) -> None:
        with mariadb_storage.database.writing() as connection:
            found = variables(connection)

        assert found["tx_isolation"] == "READ-COMMITTED"
        assert found["tx_read_only"] == "OFF"
        assert found["innodb_lock_wait_timeout"] == "1"
        assert "STRICT_ALL_TABLES" in found["sql_mode"]
        assert found["character_set_connection"] == "utf8mb4"
        assert found["autocommit"] == "OFF"

    def test_that_reads_is_repeatable_read_and_read_only(
        self, mariadb_storage: sql.SqlStorage
    ) -> None:
        with mariadb_storage.database.reading() as connection:
            found = variables(connection)

        assert found["tx_isolation"] == "REPEATABLE-READ"
        assert found["tx_read_only"] == "ON"

    def test_that_reads_does_not_see_later_commits(
        self, mariadb_storage: sql.SqlStorage, tables: Database
    ) -> None:
        def work(stores: sql.SqlStores) -> list[object]:
            first = stores.users.find(b.ALICE)
            with closing(mysql_storage(tables)) as other, other.database.writing() as connection:
                sql.SqlStores(connection).users.add(b.user("alice"))
                connection.commit()
            return [first, stores.users.find(b.ALICE)]

        assert [None, None] == mariadb_storage.uow.read(work)
        assert mariadb_storage.uow.read(lambda stores: stores.users.find(b.ALICE))


class TestTables:
    def test_compare_text_exactly_whatever_the_default_of_the_server(
        self, tables: Database
    ) -> None:
        with closing(tables.connect()) as connection, connection.cursor() as cursor:
            cursor.execute(
                "SELECT DISTINCT collation_name FROM information_schema.columns"
                " WHERE table_schema = %s AND table_name <> 'schema_version'"
                " AND collation_name IS NOT NULL",
                (tables.name,),
            )
            assert (("utf8mb4_nopad_bin",),) == cursor.fetchall()


class TestDurability:
    def test_has_no_risks_with_good_settings(self) -> None:
        with (
            MariaDbServer(durable=True) as server,
            server.address.fresh_database() as database,
            closing(mysql_storage(database)) as storage,
        ):
            assert [] == storage.durability_risks()

    def test_has_a_risk_for_every_bad_setting(self) -> None:
        options = [f"--{name.replace('_', '-')}={value}" for name, value in RISKY.items()]
        with (
            MariaDbServer(options, durable=True) as server,
            server.address.fresh_database() as database,
            closing(mysql_storage(database)) as storage,
        ):
            doubts = storage.durability_risks()

        assert {doubt.split(" is ")[0] for doubt in doubts} == set(RISKY)


class TestRefusal:
    @pytest.mark.parametrize(
        "wrong",
        [{"password": "wrong"}, {"database": "nowhere"}, {"port": 1}],
        ids=lambda w: next(iter(w)),
    )
    def test_by_the_server_is_unavailable(
        self, tables: Database, wrong: Mapping[str, object]
    ) -> None:
        server = tables.server
        options: dict[str, object] = {
            "host": server.host,
            "port": server.port,
            "user": server.user,
            "password": server.password,
            "database": tables.name,
            **wrong,
        }
        with closing(sql.open_mysql(**options)) as storage:  # type: ignore[arg-type]
            with pytest.raises(Unavailable, match="database"):
                storage.check()
            with pytest.raises(Unavailable):
                storage.uow.read(lambda stores: stores.users.find(b.ALICE))


class TestLargeBatch:
    def test_is_split_to_fit_max_allowed_packet(self) -> None:
        """Eight megabytes, where the server takes four at once."""
        messages = [b.message(number, "👋" * 8_000) for number in range(1, 257)]
        with (
            MariaDbServer(["--max-allowed-packet=4M"]) as server,
            server.address.fresh_database() as database,
            closing(mysql_storage(database)) as storage,
        ):
            storage.migrate()
            storage.uow(lambda stores: stores.messages.add(messages))

            assert messages == storage.uow.read(
                lambda stores: stores.messages.after(b.LOBBY, 0, 1_000)
            )
