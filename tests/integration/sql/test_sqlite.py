"""SQLite: durable, private, shared with other programs, and correct when the disk is full."""

import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from threading import Event as Signal
from threading import Thread
from time import monotonic

import psutil
import pytest

from parlour.adapters import sql
from parlour.adapters.sql import sqlite
from parlour.domain.kernel.errors import ReadOnly, Unavailable
from parlour.domain.logs import PrivateEvent
from tests.support import builders as b
from tests.support.programs import ROOT

# What matters is that the file is cut back, not how far.
WAL_LIMIT = 64 << 20


def add(stores: sql.SqlStores) -> None:
    stores.users.add(b.user("alice"))


def note(stores: sql.SqlStores, event: PrivateEvent) -> None:
    stores.private_logs.add([event])


def find(storage: sql.SqlStorage) -> object:
    return storage.uow.read(lambda stores: stores.users.find(b.ALICE))


@contextmanager
def opened(path: Path, busy: float = 5.0) -> Iterator[sql.SqlStorage]:
    with closing(sql.open_sqlite(path, busy=busy)) as storage:
        storage.migrate()
        yield storage


class TestFile:
    def test_is_created_with_its_folder_for_its_owner_alone(self, tmp_path: Path) -> None:
        path = tmp_path / "new" / "deep" / "parlour.db"
        with opened(path) as storage:
            storage.uow(add)
            modes = {
                each.name: stat.S_IMODE(each.stat().st_mode) for each in path.parent.iterdir()
            }

        assert {"parlour.db": 0o600, "parlour.db-wal": 0o600, "parlour.db-shm": 0o600} == modes

    def test_is_complete_without_its_wal_once_closed(self, tmp_path: Path) -> None:
        path = tmp_path / "parlour.db"
        with opened(path) as storage:
            storage.uow(add)

        assert [path] == list(tmp_path.iterdir())
        with opened(path) as storage:
            assert find(storage) == b.user("alice")

    def test_that_is_not_a_database_is_not_left_open(self, tmp_path: Path) -> None:
        path = tmp_path / "parlour.db"
        path.write_bytes(b"a diary " * 1000)

        # The traceback keeps the frame of the failed call, and so its variables, alive.
        with pytest.raises(sqlite3.DatabaseError) as failure:
            sqlite.connect(path, busy=1)

        assert failure.tb is not None
        assert path not in {Path(each.path) for each in psutil.Process().open_files()}


class TestConnections:
    @pytest.mark.parametrize("reads", [False, True], ids=["writer", "reader"])
    def test_are_durable_and_trust_no_foreign_schema(
        self, sqlite_storage: sql.SqlStorage, tmp_path: Path, reads: bool
    ) -> None:
        wanted = {
            "journal_mode": "wal",
            "synchronous": 2,
            "foreign_keys": 1,
            "trusted_schema": 0,
            "busy_timeout": 1500,
            "query_only": int(reads),
            "mmap_size": 0,
        }
        with closing(sqlite.connect(tmp_path / "parlour.db", busy=1.5, reads=reads)) as connection:
            found = {name: connection.execute(f"PRAGMA {name}").fetchone()[0] for name in wanted}

        assert wanted == found

    def test_have_no_risks_of_their_own(self, sqlite_storage: sql.SqlStorage) -> None:
        assert sqlite_storage.durability_risks() == []

    @pytest.mark.parametrize(
        ("release", "is_risky"), [((3, 40, 1), True), ((3, 51, 2), True), ((3, 51, 3), False)]
    )
    def test_a_second_writer_is_a_risk_before_the_release_that_fixed_it(
        self, monkeypatch: pytest.MonkeyPatch, release: tuple[int, int, int], *, is_risky: bool
    ) -> None:
        monkeypatch.setattr(sqlite3, "sqlite_version_info", release)

        assert (sql.second_writer_risk() is not None) == is_risky


# Holds the file for writing until it is told to let go.
HOLDER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read(1)
connection.execute("ROLLBACK")
print("let go", flush=True)
"""


@contextmanager
def held(path: Path) -> Iterator["subprocess.Popen[str]"]:
    """Let another program hold the file; a line to it ends that."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        try:
            yield holder
        finally:
            holder.kill()


def let_go(holder: "subprocess.Popen[str]") -> None:
    assert holder.stdin is not None
    assert holder.stdout is not None
    holder.stdin.write("\n")
    holder.stdin.flush()
    assert holder.stdout.readline() == "let go\n"


class TestAnotherProgram:
    def test_that_writes_is_waited_for(self, tmp_path: Path) -> None:
        with opened(tmp_path / "parlour.db") as storage:
            with held(tmp_path / "parlour.db") as holder:
                writing = Thread(target=lambda: storage.uow(add))
                writing.start()
                let_go(holder)
                writing.join()

            assert find(storage) == b.user("alice")

    def test_that_writes_for_ever_is_not_waited_for(self, tmp_path: Path) -> None:
        with opened(tmp_path / "parlour.db", busy=0.2) as storage:
            with held(tmp_path / "parlour.db"):
                began = monotonic()
                with pytest.raises(Unavailable):
                    storage.uow(add)
                waited = monotonic() - began
                # Reading goes on.
                assert find(storage) is None

            assert waited < 10
            storage.uow(add)


class TestReader:
    def test_sees_one_snapshot_while_others_write(self, sqlite_storage: sql.SqlStorage) -> None:
        reading, written = Signal(), Signal()
        seen = []

        def look(stores: sql.SqlStores) -> None:
            seen.append(stores.users.find(b.ALICE))
            reading.set()
            assert written.wait(30)
            seen.append(stores.users.find(b.ALICE))

        reader = Thread(target=lambda: sqlite_storage.uow.read(look))
        reader.start()
        assert reading.wait(30)
        sqlite_storage.uow(add)
        written.set()
        reader.join()

        assert [None, None] == seen
        assert find(sqlite_storage) == b.user("alice")

    def test_that_stays_long_leaves_no_large_wal(
        self, sqlite_storage: sql.SqlStorage, tmp_path: Path
    ) -> None:
        """A reader keeps the log from being reused; it shrinks when the reader has gone."""
        log = tmp_path / "parlour.db-wal"
        sqlite_storage.uow(lambda stores: stores.private_logs.open(b.ALICE))
        offset = 0

        def write(rows: int) -> None:
            nonlocal offset
            for _ in range(rows):
                offset += 1
                event = b.private(offset, data={"text": "x" * 50_000})
                sqlite_storage.uow(partial(note, event=event))

        def look(stores: sql.SqlStores) -> None:
            stores.users.find(b.ALICE)
            write_on_another_thread()

        def write_on_another_thread() -> None:
            writer = Thread(target=write, args=(600,))
            writer.start()
            writer.join()

        sqlite_storage.uow.read(look)
        grown = log.stat().st_size
        write(200)

        assert grown > 16 << 20
        assert log.stat().st_size < grown
        assert log.stat().st_size < WAL_LIMIT


class TestFullDisk:
    def test_refuses_and_recovers(self, tmp_path: Path) -> None:
        path = tmp_path / "parlour.db"
        with opened(path) as storage:
            with storage.database.writing() as connection:
                driver = connection._driver  # type: ignore[attr-defined]
                connection.commit()
            pages = driver.execute("PRAGMA page_count").fetchone()[0]
            driver.execute(f"PRAGMA max_page_count = {pages + 1}")

            def much(stores: sql.SqlStores) -> None:
                stores.private_logs.open(b.ALICE)
                stores.private_logs.add(
                    [b.private(n, data={"text": "x" * 9_000}) for n in range(1, 50)]
                )

            with pytest.raises(Unavailable):
                storage.uow(much)
            assert storage.uow.read(lambda stores: stores.private_logs.heads([b.ALICE])) == {}

            driver.execute("PRAGMA max_page_count = 1000000")
            storage.uow(much)
            assert storage.uow.read(lambda stores: stores.private_logs.heads([b.ALICE])) == {
                b.ALICE: 49
            }
            assert driver.execute("PRAGMA integrity_check").fetchone() == ("ok",)


class TestReadOnlyFile:
    def test_refuses_writes_and_says_why(self, tmp_path: Path) -> None:
        with opened(tmp_path / "parlour.db") as storage:
            storage.migrate()
            storage.uow(add)
            with storage.database.writing() as connection:
                # What the driver answers where the file system takes no writes.
                connection._fetch("PRAGMA query_only = ON", ())
                connection.commit()
            with pytest.raises(ReadOnly):
                storage.uow(lambda stores: stores.users.add(b.user("bob")))
            with pytest.raises(ReadOnly):
                storage.check_writing()

            storage.check()
            assert find(storage) == b.user("alice")


# Writes until it is killed and says what was acknowledged.
WRITER = """
import sys
from pathlib import Path
sys.path.insert(0, ".")
from parlour.adapters import sql
from tests.support import builders as b
storage = sql.open_sqlite(Path(sys.argv[1]))
storage.migrate()
storage.uow(lambda stores: stores.private_logs.open(b.ALICE))
for number in range(1, 1 << 40):
    storage.uow(lambda stores: stores.private_logs.add([b.private(number)]))
    print(number, flush=True)
"""


class TestKill:
    def test_loses_nothing_that_was_acknowledged(self, tmp_path: Path) -> None:
        path = tmp_path / "parlour.db"
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        ) as writer:
            assert writer.stdout is not None
            said = [writer.stdout.readline() for _ in range(200)]
            writer.kill()
            said += writer.stdout.readlines()
        acknowledged = max(int(line) for line in said if line.endswith("\n"))

        with opened(path) as storage:
            events = storage.uow.read(
                lambda stores: stores.private_logs.after(b.ALICE, 0, 1_000_000)
            )
            offsets = [event.offset for event in events]
            assert list(range(1, len(offsets) + 1)) == offsets
            assert len(offsets) >= acknowledged
            with closing(sqlite.connect(path, busy=1.0)) as connection:
                assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
