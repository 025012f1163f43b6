"""Checks of the storage before a node serves."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest

from parlour.adapters import logging
from parlour.adapters.config import Settings, load
from parlour.adapters.memory import MemoryStorage
from parlour.domain.kernel.errors import Unavailable, Unreachable
from parlour.entrypoints.listening import CannotServe
from parlour.entrypoints.node import Node
from parlour.entrypoints.operation.startup_checks import clock_skew, lock_sqlite_file, prepare
from parlour.entrypoints.server import REQUEST_TIMEOUT, STOP_TIMEOUT, request_timeout

MEMORY = load(None, {}, {"storage.backend": "memory"}).settings


class RiskyStorage(MemoryStorage):
    """A storage with durability risks."""

    found: list[str] | Exception
    missing: Exception | None = None

    def durability_risks(self) -> list[str]:
        if isinstance(self.found, Exception):
            raise self.found
        return self.found

    def check(self) -> None:
        if self.missing is not None:
            raise self.missing


@pytest.fixture
def storage() -> RiskyStorage:
    return RiskyStorage()


@pytest.fixture
def log() -> Iterator[StringIO]:
    stream = StringIO()
    running = logging.start(Settings().logging, stream=stream)
    yield stream
    running.close()


def test_risks_are_logged_and_the_node_serves(storage: RiskyStorage, log: StringIO) -> None:
    storage.found = ["the disk lies"]
    prepare(MEMORY, storage)
    logging.start(Settings().logging).flush()
    assert "the disk lies" in log.getvalue()


def test_a_storage_that_cannot_be_checked_still_serves(
    storage: RiskyStorage, log: StringIO
) -> None:
    storage.found = PermissionError("SHOW VARIABLES is not allowed")
    prepare(MEMORY, storage)
    logging.start(Settings().logging).flush()
    assert "SHOW VARIABLES" in log.getvalue()


def test_a_storage_without_tables_is_refused_with_the_next_step(storage: RiskyStorage) -> None:
    storage.missing = Unavailable("The tables have version none, 0001 is needed")
    with pytest.raises(CannotServe, match=r"0001 is needed.*parlour doctor"):
        prepare(MEMORY, storage)


class AwayStorage(MemoryStorage):
    """A database that answers only the third time it is asked."""

    tries = 0

    def check(self) -> None:
        AwayStorage.tries += 1
        if AwayStorage.tries < 3:
            raise Unreachable("The database does not answer")


def open_away(_settings: Settings) -> AwayStorage:
    AwayStorage.tries = 0
    return AwayStorage()


class TestDatabaseThatIsAway:
    async def test_is_waited_for(self, monkeypatch: pytest.MonkeyPatch, log: StringIO) -> None:
        monkeypatch.setattr("parlour.entrypoints.node._TRY_AGAIN", 0.01)
        node = Node(_away("1m"))
        with ExitStack() as held:
            await node.prepare(held)
        await node.stop()

        logging.start(Settings().logging).flush()
        assert AwayStorage.tries == 3
        assert log.getvalue().count("waiting for the database") == 1

    async def test_is_given_up_after_the_configured_time(self) -> None:
        node = Node(_away("0s"))
        with ExitStack() as held, pytest.raises(CannotServe, match="does not answer"):
            await node.prepare(held)
        await node.stop()

        assert AwayStorage.tries == 1


def _away(start_wait: str) -> Settings:
    backend = f"{__name__}:open_away"
    return load(None, {}, {"storage.backend": backend, "storage.start_wait": start_wait}).settings


@pytest.mark.parametrize("seconds", [-90.0, -2.0, 2.0, 90.0])
def test_a_clock_may_be_ahead_or_behind(seconds: float) -> None:
    skew = clock_skew(lambda: datetime.now(UTC) + timedelta(seconds=seconds))
    assert abs(skew - abs(seconds)) < 1
    assert clock_skew(lambda: datetime.now(UTC)) == 0


def test_a_storage_without_a_clock_has_no_skew() -> None:
    assert clock_skew(lambda: None) == 0


def test_a_second_process_serves_a_file_only_after_the_first_has_ended(tmp_path: Path) -> None:
    settings = load(None, {}, {"storage.sqlite.path": str(tmp_path / "chat.db")}).settings
    unlock = lock_sqlite_file(settings)
    with pytest.raises(CannotServe, match="SQLite is for one process"):
        lock_sqlite_file(settings)
    unlock()
    lock_sqlite_file(settings)()


@pytest.mark.parametrize("drain", ["0s", "10s", "20s", "25s"])
def test_requests_in_flight_get_time_within_the_stop_timeout(drain: str) -> None:
    settings = load(None, {}, {"server.drain": drain}).settings
    drained = settings.server.drain.total_seconds()
    assert 1 <= request_timeout(settings) <= REQUEST_TIMEOUT
    assert drained + request_timeout(settings) < STOP_TIMEOUT < 30
