"""Rows that another transaction holds: found at once, given up soon, freed by the server."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from threading import Thread
from time import monotonic, sleep

import pytest

from parlour.adapters.sql import SqlStorage, SqlStores, mysql
from parlour.adapters.sql.mysql_address import MysqlAddress
from parlour.adapters.sql.mysql_bounds import WriteBounds
from parlour.domain.kernel.errors import RowsLocked
from tests.support import builders as b
from tests.support.addresses import Database
from tests.support.storages import mysql_storage


@contextmanager
def held_by_another(database: Database) -> Iterator[None]:
    """Hold the rows of the lobby: of the conversation, of Alice in it, of her private log."""
    with closing(database.connect()) as connection, connection.cursor() as cursor:
        cursor.execute("BEGIN")
        for table, column, id_ in (
            ("conversations", "id", b.LOBBY),
            ("members", "conversation_id", b.LOBBY),
            ("private_logs", "user_id", b.ALICE),
        ):
            cursor.execute(f"SELECT 1 FROM {table} WHERE {column} = %s FOR UPDATE", (id_.bytes,))
        yield
        cursor.execute("ROLLBACK")


@pytest.fixture
def shared(tables: Database) -> Iterator[SqlStorage]:
    """A storage with two conversations of Alice and Bob."""

    def fill(stores: SqlStores) -> None:
        for user in (b.ALICE, b.BOB):
            stores.private_logs.open(user)
        for conversation in (b.LOBBY, b.KITCHEN):
            stores.conversations.add(b.group(id_=conversation))
            stores.members.add([b.member(b.ALICE, conversation)])

    with closing(mysql_storage(tables)) as storage:
        storage.uow(fill)
        yield storage


def lock_lobby(stores: SqlStores) -> int:
    return len(stores.conversations.lock([b.LOBBY]))


class TestLockedRows:
    def test_are_found_without_waiting(self, shared: SqlStorage, tables: Database) -> None:
        def find(stores: SqlStores) -> tuple[object, object, object]:
            return (
                stores.conversations.locked({b.LOBBY, b.KITCHEN}),
                stores.members.locked({(b.LOBBY, b.ALICE), (b.KITCHEN, b.ALICE)}),
                stores.private_logs.locked({b.ALICE, b.BOB, b.CAROL}),
            )

        with held_by_another(tables):
            began = monotonic()
            found = shared.uow(find)
            took = monotonic() - began

        assert found == ({b.LOBBY}, {(b.LOBBY, b.ALICE)}, {b.ALICE})
        assert took < 0.5
        assert shared.uow(find) == (set(), set(), set())

    def test_are_given_up_soon_by_work_that_does_not_wait(
        self, shared: SqlStorage, tables: Database
    ) -> None:
        with held_by_another(tables):
            began = monotonic()
            with pytest.raises(RowsLocked):
                shared.uow(lock_lobby, waits_for_locks=False)
            took = monotonic() - began

        assert took < 1.0
        assert shared.uow(lock_lobby, waits_for_locks=False) == 1

    def test_are_waited_for_by_other_work(self, shared: SqlStorage, tables: Database) -> None:
        with held_by_another(tables):
            found: list[int] = []
            waiting = Thread(target=lambda: found.append(shared.uow(lock_lobby)))
            waiting.start()
            sleep(1.5)  # longer than one statement waits
            assert found == []
        waiting.join(10)

        assert found == [1]


@pytest.mark.parametrize("is_mariadb", [True, False], ids=["mariadb", "as on mysql"])
class TestStoppedOwner:
    """A process that stops in the middle of a transaction."""

    @pytest.fixture(autouse=True)
    def _bounds(self, monkeypatch: pytest.MonkeyPatch, is_mariadb: bool) -> None:
        def bounds_for(_driver: object, address: MysqlAddress) -> WriteBounds:
            return WriteBounds.of(address, is_mariadb=is_mariadb)

        monkeypatch.setattr(mysql, "bounds_for", bounds_for)

    def test_loses_its_locks_in_seconds_and_does_not_commit(
        self, tables: Database, shared: SqlStorage
    ) -> None:
        runs: list[float] = []

        def stop(stores: SqlStores) -> None:
            lock_lobby(stores)
            stores.private_logs.add([b.private(1)])
            stores.conversations.offsets([b.LOBBY])  # sends what was buffered
            runs.append(monotonic())
            if len(runs) == 1:
                sleep(5)

        with closing(mysql_storage(tables)) as stopped:
            owner = Thread(target=lambda: stopped.uow(stop, idempotent=True))
            owner.start()
            while not runs:
                sleep(0.01)
            assert shared.uow(lock_lobby) == 1
            freed = monotonic() - runs[0]
            owner.join(15)

        # It was run again: the first run committed nothing, or the number had been taken.
        assert len(runs) == 2
        assert freed < 4.5
        events = shared.uow.read(lambda stores: stores.private_logs.after(b.ALICE, 0, 10))
        assert [event.offset for event in events] == [1]

    def test_that_is_between_two_transactions_keeps_its_connection(
        self, shared: SqlStorage, tables: Database
    ) -> None:
        with closing(mysql_storage(tables, pool=2)) as storage:
            with storage.database.writing() as connection:
                first = connection
                connection.commit()
            storage.uow(lock_lobby)
            with pytest.raises(ZeroDivisionError):
                storage.uow(lambda stores: lock_lobby(stores) / 0)
            sleep(3.5)  # longer than a transaction may be idle
            with storage.database.writing() as connection:
                assert connection is first
                assert len(SqlStores(connection).conversations.lock([b.LOBBY])) == 1
                connection.commit()
