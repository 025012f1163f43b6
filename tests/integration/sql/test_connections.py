"""Lost connections and an unreachable database: retries, time-outs and recovery."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from threading import Barrier
from threading import Event as Signal
from time import monotonic

import attrs
import pytest
from sqlalchemy import text

from parlour.adapters.sql import SqlStorage, SqlStores
from parlour.adapters.sql.statements import Statement
from parlour.domain.kernel.errors import Overloaded, ReadOnly, Unavailable
from tests.support import builders as b
from tests.support.addresses import Database
from tests.support.servers import MariaDbServer
from tests.support.storages import migrated, mysql_storage


def add(stores: SqlStores) -> None:
    stores.users.add(b.user("alice"))


def find(storage: SqlStorage) -> object:
    return storage.uow.read(lambda stores: stores.users.find(b.ALICE))


def kill_all(database: Database) -> int:
    """Kill every other connection to *database*; return how many there were."""
    with closing(database.connect()) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM information_schema.processlist"
            " WHERE db = %s AND id <> connection_id()",
            (database.name,),
        )
        ids = [row[0] for row in cursor.fetchall()]
        for each in ids:
            cursor.execute(f"KILL {each}")
    return len(ids)


@pytest.fixture
def patient_storage(tables: Database) -> Iterator[SqlStorage]:
    """A storage whose time for further runs does not end before their number does."""
    with closing(mysql_storage(tables, lock_wait=30.0)) as storage:
        yield storage


class TestKilledConnection:
    def test_that_was_idle_is_replaced_without_an_error(
        self, patient_storage: SqlStorage, tables: Database
    ) -> None:
        warm(patient_storage)
        assert kill_all(tables) >= 4

        assert find(patient_storage) is None
        patient_storage.uow(add)
        assert find(patient_storage) == b.user("alice")

    def test_in_the_middle_of_work_leads_to_a_retry(
        self, patient_storage: SqlStorage, tables: Database
    ) -> None:
        runs = list[None]()

        def work(stores: SqlStores) -> None:
            runs.append(None)
            stores.users.add(b.user("bob"))
            if len(runs) == 1:
                kill_all(tables)
            add(stores)

        patient_storage.uow(work)

        assert len(runs) == 2
        assert find(patient_storage) == b.user("alice")

    def test_in_every_run_is_unavailable(
        self, patient_storage: SqlStorage, tables: Database
    ) -> None:
        runs = list[None]()

        def work(stores: SqlStores) -> None:
            runs.append(None)
            add(stores)
            kill_all(tables)
            stores.users.find(b.ALICE)

        with pytest.raises(Unavailable):
            patient_storage.uow(work)

        assert len(runs) == 4
        assert find(patient_storage) is None


@contextmanager
def served(server: MariaDbServer) -> Iterator[SqlStorage]:
    """Give a storage with tables on a server of one's own."""
    with (
        server.address.fresh_database() as database,
        migrated(database),
        closing(mysql_storage(database, lock_wait=1.0, connect_timeout=1.0)) as storage,
    ):
        yield storage


class TestServer:
    def test_that_was_restarted_causes_no_error(self, own_mariadb: MariaDbServer) -> None:
        with served(own_mariadb) as storage:
            storage.uow(add)
            warm(storage)
            own_mariadb.restart()

            assert find(storage) == b.user("alice")
            storage.uow(lambda stores: stores.users.save(b.user("alice", "Alice L")))

    def test_that_is_gone_is_reported_at_once(self, own_mariadb: MariaDbServer) -> None:
        with served(own_mariadb) as storage:
            storage.uow(add)
            own_mariadb.kill()
            began = monotonic()
            for _ in range(20):
                with pytest.raises(Unavailable):
                    find(storage)
                with pytest.raises(Unavailable):
                    storage.uow(add)
            with pytest.raises(Unavailable):
                storage.check()
            gone = monotonic() - began
            own_mariadb.start()

            assert gone < 10
            wait_until_it_serves(storage, seconds=30)
            assert find(storage) == b.user("alice")
            storage.check()

    def test_that_became_read_only_serves_reads_and_says_why_it_refuses(
        self, own_mariadb: MariaDbServer
    ) -> None:
        with served(own_mariadb) as storage, closing(own_mariadb.address.connect()) as operator:
            name = storage.diagnostics.address.database  # type: ignore[attr-defined]
            cursor = operator.cursor()
            cursor.execute("CREATE USER plain@'%' IDENTIFIED BY 'plain'")
            cursor.execute(f"GRANT ALL ON {name}.* TO plain@'%'")
            plain = attrs.evolve(own_mariadb.address, user="plain", password="plain")
            with closing(mysql_storage(Database(server=plain, name=name))) as ours:
                ours.uow(add)
                cursor.execute("SET GLOBAL read_only = ON")
                try:
                    with pytest.raises(ReadOnly):
                        ours.uow(lambda stores: stores.users.add(b.user("bob")))
                    with pytest.raises(ReadOnly):
                        ours.check_writing()
                    ours.check()
                    assert find(ours) == b.user("alice")
                finally:
                    cursor.execute("SET GLOBAL read_only = OFF")
                ours.check_writing()

    def test_that_is_frozen_blocks_callers_for_seconds_only(
        self, own_mariadb: MariaDbServer
    ) -> None:
        with served(own_mariadb) as storage:
            storage.uow(add)
            warm(storage)
            own_mariadb.pause()
            try:
                waits = [refused_after(storage, threads=8) for _ in range(3)]
                began = monotonic()
                with pytest.raises(Unavailable):
                    storage.check()
                checked = monotonic() - began
            finally:
                own_mariadb.resume()

            # A lock may take a second, an answer two more; then one thread tries for the others.
            assert waits[0] < 10
            assert max(waits[1:]) < 10
            assert checked < 10
            wait_until_it_serves(storage, seconds=30)
            assert find(storage) == b.user("alice")

    def test_that_is_frozen_is_tried_by_one_caller_at_a_time(
        self, own_mariadb: MariaDbServer
    ) -> None:
        with served(own_mariadb) as storage:
            storage.uow(add)
            own_mariadb.pause()
            try:
                refused_after(storage, threads=1)
                began = monotonic()
                for _ in range(100):
                    with pytest.raises(Unavailable):
                        find(storage)
                quick = monotonic() - began
            finally:
                own_mariadb.resume()

            assert quick < 10
            wait_until_it_serves(storage, seconds=30)


def wait_until_it_serves(storage: SqlStorage, *, seconds: float) -> None:
    deadline = monotonic() + seconds
    while True:
        try:
            find(storage)
        except Unavailable:
            assert monotonic() < deadline, "the storage did not come back"
        else:
            return


def warm(storage: SqlStorage, *, connections: int = 4) -> None:
    """Make the storage open so many connections: all of them are in use at one moment."""
    together = Barrier(connections)

    def work(stores: SqlStores) -> None:
        stores.users.find(b.ALICE)
        together.wait(30)

    with ThreadPoolExecutor(connections) as pool:
        list(pool.map(lambda _: storage.uow.read(work), range(connections)))


def refused_after(storage: SqlStorage, *, threads: int) -> float:
    """Return how long it takes until so many threads have all been refused."""

    def ask(_: int) -> None:
        with pytest.raises(Unavailable):
            find(storage)

    began = monotonic()
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(ask, range(threads)))
    return monotonic() - began


class TestPool:
    def test_that_is_exhausted_refuses_after_its_timeout(self, tables: Database) -> None:
        with closing(mysql_storage(tables, pool=2, wait=0.2)) as storage:
            storage.uow(add)
            began, done = Signal(), Signal()

            def hold(_: SqlStores) -> None:
                began.set()
                assert done.wait(20)

            with ThreadPoolExecutor(1) as pool:
                holding = pool.submit(storage.uow, hold)
                assert began.wait(30)
                start = monotonic()
                with pytest.raises(Overloaded):
                    storage.uow(add)
                waited = monotonic() - start
                # Who only reads has connections of their own.
                assert find(storage) == b.user("alice")
                done.set()
                holding.result()

            assert 0.1 < waited < 10
            storage.uow(lambda stores: stores.users.save(b.user("alice", "Alice L")))

    def test_never_opens_more_connections_than_it_may(self, tables: Database) -> None:
        with closing(mysql_storage(tables, pool=4, wait=30.0)) as storage:
            with ThreadPoolExecutor(12) as pool:
                list(pool.map(lambda _: find(storage), range(60)))
                list(pool.map(lambda _: storage.uow(lambda _: None), range(60)))

            assert kill_all(tables) <= 4

    def test_lends_connections_without_an_open_transaction(self, tables: Database) -> None:
        with closing(mysql_storage(tables, pool=2)) as storage:

            def fail(stores: SqlStores) -> None:
                add(stores)
                raise ZeroDivisionError

            with pytest.raises(ZeroDivisionError):
                storage.uow(fail)
            storage.uow(lambda _: None)

            assert find(storage) is None


class TestNesting:
    def test_of_units_of_work_raises(self, storage: SqlStorage) -> None:
        with pytest.raises(RuntimeError, match="inside another"):
            storage.uow(lambda _: find(storage))

        assert find(storage) is None

    def test_of_writes_in_a_read_raises(self, storage: SqlStorage) -> None:
        with pytest.raises(RuntimeError, match="only reads"):
            storage.uow.read(add)

        assert find(storage) is None
        storage.uow(add)


class TestErrors:
    def test_of_the_driver_do_not_leave_the_adapter(self, storage: SqlStorage) -> None:
        nonsense = Statement(text("SELECT nothing FROM nowhere"))

        def work(stores: SqlStores) -> None:
            add(stores)
            stores.users._connection.run(nonsense)

        with pytest.raises(Unavailable) as caught:
            storage.uow(work)

        assert str(caught.value) == Unavailable.title
        assert find(storage) is None
