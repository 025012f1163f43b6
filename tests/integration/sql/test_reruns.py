"""Deadlocks and lock wait time-outs: the whole work is run again."""

from collections.abc import Iterator
from contextlib import closing
from threading import Barrier, Thread
from time import monotonic
from typing import Any

import attrs
import pytest

from parlour.adapters.sql import SqlStorage, SqlStores
from parlour.adapters.sql.mysql import open_mysql
from parlour.adapters.sql.mysql_address import MysqlAddress
from parlour.domain.conversations import Conversation
from parlour.domain.kernel.errors import Unavailable
from parlour.domain.kernel.ids import ConversationId
from tests.support import builders as b
from tests.support.addresses import Database
from tests.support.concurrency import results_of, run_in_parallel
from tests.support.storages import migrated


def seq(storage: SqlStorage, of: ConversationId = b.LOBBY) -> int:
    return storage.uow.read(lambda stores: stores.conversations.find_many([of]))[of].seq


def add(storage: SqlStorage, *groups: Conversation) -> None:
    def work(stores: SqlStores) -> None:
        for group in groups:
            stores.conversations.add(group)

    storage.uow(work)


def post(stores: SqlStores, to: ConversationId = b.LOBBY) -> None:
    group = stores.conversations.lock([to])[to]
    stores.conversations.save([attrs.evolve(group, seq=group.seq + 1)])


@pytest.fixture
def patient_storage(mariadb_storage: SqlStorage) -> SqlStorage:
    """One that gives a lock up after a second as well, but its work not before a minute."""
    mariadb_storage.uow._retry_seconds = 60.0
    return mariadb_storage


class TestDeadlock:
    def test_is_solved_by_a_retry(self, patient_storage: SqlStorage) -> None:
        add(patient_storage, b.group(b.LOBBY), b.group(b.KITCHEN))
        both_hold_one = Barrier(2)
        runs = []

        def crossing(first: ConversationId, second: ConversationId) -> None:
            def work(stores: SqlStores) -> None:
                runs.append(first)
                post(stores, first)
                if runs.count(first) == 1:
                    both_hold_one.wait(30)
                post(stores, second)

            patient_storage.uow(work)

        results_of(
            run_in_parallel(
                [lambda: crossing(b.LOBBY, b.KITCHEN), lambda: crossing(b.KITCHEN, b.LOBBY)]
            )
        )

        assert len(runs) > 2
        assert (2, 2) == (seq(patient_storage), seq(patient_storage, b.KITCHEN))


class TestLockWait:
    def test_that_ends_in_time_leads_to_a_retry(
        self, patient_storage: SqlStorage, tables: Database
    ) -> None:
        add(patient_storage, b.group())
        runs = list[None]()

        with closing(tables.connect()) as other:
            hold(other)

            def work(stores: SqlStores) -> None:
                runs.append(None)
                if len(runs) == 2:
                    other.rollback()
                post(stores)

            patient_storage.uow(work)

        assert (2, 1) == (len(runs), seq(patient_storage))

    def test_without_end_is_unavailable(
        self, mariadb_storage: SqlStorage, tables: Database
    ) -> None:
        add(mariadb_storage, b.group())

        runs = list[None]()

        def work(stores: SqlStores) -> None:
            runs.append(None)
            post(stores)

        with closing(tables.connect()) as other:
            hold(other)
            began = monotonic()
            with pytest.raises(Unavailable):
                mariadb_storage.uow(work)
            took = monotonic() - began
            other.rollback()

        # A quarter of a second each, and no further run after two seconds.
        assert 2 <= took < 6
        assert 2 <= len(runs) <= 9
        assert seq(mariadb_storage) == 0
        mariadb_storage.uow(post)
        assert seq(mariadb_storage) == 1

    def test_of_one_conversation_does_not_block_others(
        self, mariadb_storage: SqlStorage, tables: Database
    ) -> None:
        """No statement reads, and so waits for, rows that it does not name."""
        add(mariadb_storage, b.group(b.LOBBY), b.group(b.KITCHEN))

        with closing(tables.connect()) as other:
            hold(other)
            runs = list[None]()

            def work(stores: SqlStores) -> None:
                runs.append(None)
                locked = stores.conversations.lock([b.KITCHEN])
                stores.members.lock([(b.KITCHEN, b.ALICE)])
                stores.conversations.save(list(locked.values()) * 2)

            mariadb_storage.uow(work)
            other.rollback()

        assert len(runs) == 1


def hold(connection: Any) -> None:
    """Lock the lobby until *connection* ends its transaction."""
    connection.begin()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM conversations WHERE id = %s FOR UPDATE", (b.LOBBY.bytes,))


class _Repeatable(MysqlAddress):
    """The same server, at the isolation at which it refuses to lose updates."""

    def connect(self, *session: str, answer_timeout: float | None = None) -> Any:
        isolation = "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ"
        return super().connect(*session, isolation, answer_timeout=answer_timeout)


@pytest.fixture
def repeatable(snapshot_database: Database) -> Iterator[SqlStorage]:
    server = snapshot_database.server
    address = _Repeatable(
        host=server.host,
        port=server.port,
        user=server.user,
        password=server.password,
        database=snapshot_database.name,
    )
    with migrated(snapshot_database), closing(open_mysql(address)) as storage:
        yield storage


class TestChangedRecord:
    def test_is_read_again(self, repeatable: SqlStorage) -> None:
        """Error 1020: what the transaction saw is no longer what it locks."""
        add(repeatable, b.group())
        runs = []

        def work(stores: SqlStores) -> None:
            runs.append(stores.conversations.find_many([b.LOBBY])[b.LOBBY].seq)
            if len(runs) == 1:
                rival = Thread(target=lambda: repeatable.uow(post))
                rival.start()
                rival.join()
            post(stores)

        repeatable.uow(work)

        assert ([0, 1], 2) == (runs, seq(repeatable))


class TestBusyFile:
    def test_is_waited_for(self, sqlite_storage: SqlStorage) -> None:
        """Threads take turns at the one connection that writes."""
        add(sqlite_storage, b.group())

        def work() -> None:
            for _ in range(25):
                sqlite_storage.uow(post)

        results_of(run_in_parallel([work] * 4))

        assert seq(sqlite_storage) == 100
