"""`parlour doctor` and the operator's commands on a real MariaDB and Redis."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from parlour.entrypoints.cli.main import parlour
from tests.support.addresses import Database, RedisSpace
from tests.support.programs import WAIVED
from tests.support.servers import MariaDbServer

PORTS = ("server.port=0", "ops.port=0")


def settings_for(database: Database) -> tuple[str, ...]:
    return (*PORTS, *database.settings)


def run(words: tuple[str, ...], settings: tuple[str, ...]) -> tuple[int, str]:
    pairs = [word for pair in settings for word in ("--set", pair)]
    done = CliRunner().invoke(parlour, [*words, *pairs])
    return done.exit_code, done.output


@pytest.fixture
def durable_database() -> Iterator[Database]:
    """An empty database on a server that flushes every commit."""
    if "mysql" in WAIVED:
        pytest.skip("mysql is waived by PARLOUR_TEST_WAIVE")
    with MariaDbServer(durable=True) as server, server.address.fresh_database() as fresh:
        yield fresh


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_database_passes_after_an_upgrade_and_fails_when_it_is_not_durable(
    durable_database: Database,
) -> None:
    settings = settings_for(durable_database)
    code, output = run(("doctor",), settings)
    assert code == 1
    assert "fix: run `parlour db upgrade`" in output

    assert run(("db", "status"), settings)[0] == 1
    assert run(("db", "upgrade"), settings)[0] == 0
    assert run(("db", "status"), settings)[0] == 0
    code, output = run(("doctor",), settings)
    assert (code, "FAIL" in output) == (0, False)
    assert "ok     clock           the database has the same time" in output

    with durable_database.connect() as connection, connection.cursor() as cursor:
        cursor.execute("SET GLOBAL innodb_flush_log_at_trx_commit = 2")
    code, output = run(("doctor",), settings)
    assert code == 1
    assert "FAIL   durability      innodb_flush_log_at_trx_commit is 2" in output


def test_a_wrong_password_is_reported_without_the_password(database: Database) -> None:
    settings = (*settings_for(database), "storage.mysql.password=not-the-one-9d2e")
    code, output = run(("doctor",), settings)

    assert code == 1
    assert "Access denied" in output
    assert "fix: start it, or correct [storage.mysql]" in output
    assert "not-the-one-9d2e" not in output


def test_an_account_can_be_added(database: Database) -> None:
    settings = settings_for(database)
    run(("db", "upgrade"), settings)
    words = ["user", "add", "alice", "--password-stdin"]
    pairs = [word for pair in settings for word in ("--set", pair)]
    done = CliRunner().invoke(parlour, [*words, *pairs], input="four words are enough\n")

    assert (done.exit_code, done.output) == (0, "Added the user alice.\n")


def test_a_redis_in_use_is_checked(redis_space: RedisSpace) -> None:
    settings = (
        *(*PORTS, "storage.backend=memory", "presence.backend=redis", "bus.backend=redis"),
        f"redis.url={redis_space.url}",
    )
    code, output = run(("doctor",), settings)

    assert code == 0
    assert "for presence, bus, limits" in output
    assert "the redis server has the same time" in output
