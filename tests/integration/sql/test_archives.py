"""A backup and an export: written while others write, read back whole or not at all."""

import gzip
import json
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from adapters import sql
from adapters.sql.archive import (
    ArchiveRefused,
    check_backup,
    read_import,
    restore_backup,
    write_backup,
    write_export,
)
from adapters.sql.schema import VERSIONS
from adapters.sql.stores import SqlStores
from adapters.sql.tables import metadata
from adapters.sql.vault import STEP
from domain.access import WrongCredentials
from domain.conversations import Settings
from domain.kernel.ids import ConversationId, UserId
from domain.users import Handle
from tests.support.addresses import Database
from tests.support.clock import SECOND, START
from tests.support.dump import dump
from tests.support.storages import mysql_storage
from tests.support.world import BROWSER, OPERATOR, PASSWORD, World, new_world

TEXT = "Ünï 陽子 👩‍🚀 \\ \" ' % \u2028 \n tab\t"
CURRENT = f'"tables":"{VERSIONS[-1]}"'.encode()
Storages = Iterator[sql.SqlStorage]


def later_world(storage: sql.SqlStorage) -> World:
    """Make a world whose ids and tokens are others than those of the town."""
    world = new_world(storage)
    for _ in range(1_000):
        world.new_id()
        world.secrets.salt()
    return world


def quiet(_what: str, _done: int, _total: int) -> None:
    """Show nobody how far it is."""


def nothing(_stores: SqlStores, _info: object) -> None:
    """Do nothing more."""


@pytest.fixture(params=["sqlite", "mariadb"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Storages:
    """A database without tables."""
    if request.param == "sqlite":
        with closing(sql.open_sqlite(tmp_path / "empty.db")) as storage:
            yield storage
        return
    database: Database = request.getfixturevalue("database")
    with closing(mysql_storage(database)) as storage:
        yield storage


class Town:
    """A small service in which everything happened once."""

    def __init__(self, storage: sql.SqlStorage) -> None:
        self.storage = storage
        self.world: World = new_world(storage)
        world = self.world
        self.users = world.people("alice", "bob", "carol")
        alice, bob, carol = self.users
        self.group = world.group(alice, bob, title="Ünï 陽子")
        self.direct = world.direct(alice, bob)
        self.notes = world.direct(carol, carol)
        world.say(alice, self.group, TEXT, "two", mentions=[str(bob)])
        world.do.add_members(alice, self.group, [carol])
        world.say(bob, self.group, "three", mentions=["all"])
        world.say(bob, self.direct, "psst")
        world.read(bob, self.group, 2)
        settings = Settings(muted_until=START + SECOND, pinned=True)
        world.do.change_settings(bob, self.group, settings)
        world.do.switch_account(OPERATOR, carol, disabled=True)

    @property
    def conversations(self) -> list[ConversationId]:
        return [self.group, self.direct, self.notes]

    def seen(self, storage: sql.SqlStorage) -> dict[str, Any]:
        """Return what *storage* keeps of it."""
        return dict(dump(storage.uow, users=self.users, conversations=self.conversations))


@pytest.fixture
def town(storage: sql.SqlStorage) -> Town:
    """A service with a past, on each kind of database."""
    return Town(storage)


def everything(storage: sql.SqlStorage) -> dict[str, list[tuple[Any, ...]]]:
    """Return all rows of all tables."""
    with storage.schema.engine.connect() as connection:
        return {
            table.name: [
                tuple(row)
                for row in connection.exec_driver_sql(
                    f"SELECT * FROM {table.name} ORDER BY "
                    + ", ".join(column.name for column in table.primary_key)
                )
            ]
            for table in metadata.sorted_tables
        }


def backup(storage: sql.SqlStorage, path: Path) -> Path:
    write_backup(storage, path, made_at="now", made_by="a test", progress=quiet)
    return path


def export(storage: sql.SqlStorage, path: Path) -> Path:
    write_export(storage, path, made_at=START, made_by="a test", progress=quiet)
    return path


def rewritten(path: Path, change: Callable[[list[bytes]], list[bytes]]) -> Path:
    """Change the lines of a backup."""
    lines = change(gzip.decompress(path.read_bytes()).splitlines(keepends=True))
    path.write_bytes(gzip.compress(b"".join(lines)))
    return path


class TestBackup:
    def test_fills_any_other_database_with_every_row(
        self, town: Town, empty: sql.SqlStorage, tmp_path: Path
    ) -> None:
        path = backup(town.storage, tmp_path / "all.backup")
        info = restore_backup(empty, path, afterwards=nothing, progress=quiet)

        before = everything(town.storage)
        assert everything(empty) == before
        assert info.rows == sum(map(len, before.values()))
        assert (info.made_at, info.made_by) == ("now", "a test")
        assert town.seen(empty) == town.seen(town.storage)

    def test_lets_everybody_go_on_as_before(
        self, town: Town, empty: sql.SqlStorage, tmp_path: Path
    ) -> None:
        path = backup(town.storage, tmp_path / "all.backup")
        restore_backup(empty, path, afterwards=nothing, progress=quiet)
        world = later_world(empty)
        grant = world.do.log_in(handle=Handle("alice"), password=PASSWORD, device=BROWSER)

        assert world.say(grant.user.id, town.group, "four").seq == 4
        with pytest.raises(WrongCredentials):
            world.do.log_in(handle=Handle("carol"), password=PASSWORD, device=BROWSER)

    def test_is_for_its_owner_alone(self, town: Town, tmp_path: Path) -> None:
        path = backup(town.storage, tmp_path / "all.backup")

        assert path.stat().st_mode & 0o077 == 0
        assert [each.name for each in tmp_path.iterdir() if "all.backup" in each.name] == [
            "all.backup"
        ]

    def test_never_replaces_a_file(self, town: Town, tmp_path: Path) -> None:
        path = tmp_path / "all.backup"
        path.write_text("precious")
        with pytest.raises(ArchiveRefused, match="exists already"):
            backup(town.storage, path)

        assert path.read_text() == "precious"

    def test_leaves_nothing_behind_where_it_fails(self, town: Town, tmp_path: Path) -> None:
        folder = tmp_path / "backups"
        folder.mkdir()

        def full(_what: str, _done: int, _total: int) -> None:
            raise OSError(28, "No space left on device")

        with pytest.raises(OSError, match="No space"):
            write_backup(town.storage, folder / "x", made_at="", made_by="", progress=full)
        assert list(folder.iterdir()) == []

    def test_sees_one_moment_while_others_write(self, town: Town, tmp_path: Path) -> None:
        world, (alice, *_) = town.world, town.users
        began, stop = Event(), Event()
        said: list[int] = []

        def talk() -> None:
            while not stop.is_set():
                said.append(world.say(alice, town.group, "and on").seq)
                began.set()

        talker = Thread(target=talk)
        talker.start()
        try:
            assert began.wait(30)
            for number in range(3):
                path = backup(town.storage, tmp_path / f"{number}.backup")
                tables = read_tables(path)
                (head,) = [row for row in tables["conversations"] if row[5] > 2 and row[2]]
                last_seq, last_offset = head[5], head[6]
                seqs = [row[1] for row in tables["messages"] if row[0] == head[0]]
                events = [row[1] for row in tables["conversation_events"] if row[0] == head[0]]
                assert seqs == list(range(1, last_seq + 1))
                assert len(seqs) + len(events) == last_offset
        finally:
            stop.set()
            talker.join()
        assert len(said) > 3

    def test_holds_more_rows_than_are_written_at_once(
        self, storage: sql.SqlStorage, tmp_path: Path, empty: sql.SqlStorage
    ) -> None:
        world = new_world(storage)
        (alice,) = world.people("alice")
        notes = world.direct(alice, alice)
        world.say(alice, notes, *map(str, range(2 * STEP + 1)))
        path = backup(storage, tmp_path / "all.backup")
        restore_backup(empty, path, afterwards=nothing, progress=quiet)

        assert everything(empty) == everything(storage)

    def test_tells_how_far_it_is(self, town: Town, tmp_path: Path) -> None:
        told: list[tuple[str, int, int]] = []
        write_backup(
            town.storage,
            tmp_path / "x",
            made_at="",
            made_by="",
            progress=lambda *word: told.append(word),
        )

        assert ("messages", 4, 4) in told
        assert ("checking messages", 4, 4) in told


def read_tables(path: Path) -> dict[str, list[Any]]:
    """Return the rows of a backup by table, bytes as base64."""
    tables: dict[str, list[Any]] = {}
    rows: list[Any] = []
    for line in gzip.decompress(path.read_bytes()).splitlines():
        value = json.loads(line)
        if isinstance(value, list):
            rows.append(value)
        elif "table" in value:
            rows = tables.setdefault(value["table"], [])
    return tables


class TestRestore:
    def test_refuses_a_database_that_is_not_empty(self, town: Town, tmp_path: Path) -> None:
        path = backup(town.storage, tmp_path / "all.backup")
        before = everything(town.storage)
        with pytest.raises(ArchiveRefused, match="not empty: "):
            restore_backup(town.storage, path, afterwards=nothing, progress=quiet)

        assert everything(town.storage) == before

    def test_takes_all_or_nothing(self, town: Town, empty: sql.SqlStorage, tmp_path: Path) -> None:
        path = backup(town.storage, tmp_path / "all.backup")

        def fails(_stores: SqlStores, _info: object) -> None:
            raise RuntimeError("the power is gone")

        with pytest.raises(RuntimeError):
            restore_backup(empty, path, afterwards=fails, progress=quiet)
        assert not any(everything(empty).values())
        restore_backup(empty, path, afterwards=nothing, progress=quiet)

    @pytest.mark.parametrize(
        ("version", "said"),
        [(b'"tables":"9999"', "newer release"), (b'"tables":"0001"', "older release")],
    )
    def test_refuses_tables_of_another_version(
        self, town: Town, empty: sql.SqlStorage, tmp_path: Path, version: bytes, said: str
    ) -> None:
        path = rewritten(
            backup(town.storage, tmp_path / "all.backup"),
            lambda lines: [lines[0].replace(CURRENT, version), *lines[1:]],
        )
        with pytest.raises(ArchiveRefused, match=said):
            restore_backup(empty, path, afterwards=nothing, progress=quiet)
        assert empty.schema_state().current is None

    def test_refuses_a_format_of_a_newer_release(self, town: Town, tmp_path: Path) -> None:
        path = rewritten(
            backup(town.storage, tmp_path / "all.backup"),
            lambda lines: [lines[0].replace(b'"version":1', b'"version":2'), *lines[1:]],
        )
        with pytest.raises(ArchiveRefused, match="newer release made this backup"):
            check_backup(path, quiet)


DAMAGES: dict[str, Callable[[list[bytes]], list[bytes]]] = {
    "a line is missing": lambda lines: [*lines[:5], *lines[6:]],
    "the end is missing": lambda lines: lines[:-1],
    "something follows": lambda lines: [*lines, b"{}\n"],
    "a letter was changed": lambda lines: [line.replace(b"alice", b"alicf") for line in lines],
    "a line is no JSON": lambda lines: [*lines[:3], b"{\n", *lines[4:]],
    "a row is short": lambda lines: [*lines[:2], b"[]\n", *lines[3:]],
    "bytes are none": lambda lines: [line.replace(b'["', b'["*', 1) for line in lines],
    "two lines changed places": lambda lines: [*lines[:2], lines[3], lines[2], *lines[4:]],
}


class TestDamage:
    @pytest.mark.parametrize("damage", DAMAGES)
    def test_of_any_kind_is_found_before_anything_is_changed(
        self, sqlite_storage: sql.SqlStorage, tmp_path: Path, damage: str
    ) -> None:
        path = backup(Town(sqlite_storage).storage, tmp_path / "all.backup")
        rewritten(path, DAMAGES[damage])
        with closing(sql.open_sqlite(tmp_path / "empty.db")) as empty:
            with pytest.raises(ArchiveRefused, match="damaged or was cut off"):
                restore_backup(empty, path, afterwards=nothing, progress=quiet)
            assert empty.schema_state().current is None

    def test_of_a_single_bit_anywhere_is_found(
        self, sqlite_storage: sql.SqlStorage, tmp_path: Path
    ) -> None:
        path = backup(Town(sqlite_storage).storage, tmp_path / "all.backup")
        whole = path.read_bytes()
        # The first ten bytes are the head of gzip: its name and time carry nothing of ours.
        for place in range(10, len(whole), max(1, len(whole) // 97)):
            damaged = bytearray(whole)
            damaged[place] ^= 1
            path.write_bytes(damaged)
            with pytest.raises(ArchiveRefused):
                check_backup(path, quiet)

    @pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.99])
    def test_by_being_cut_off_is_found(
        self, sqlite_storage: sql.SqlStorage, tmp_path: Path, share: float
    ) -> None:
        path = backup(Town(sqlite_storage).storage, tmp_path / "all.backup")
        whole = path.read_bytes()
        path.write_bytes(whole[: int(len(whole) * share)])
        with pytest.raises(ArchiveRefused):
            check_backup(path, quiet)

    @pytest.mark.parametrize("content", [b"", b"hello", gzip.compress(b"hello\n", mtime=0)])
    def test_is_not_what_ails_a_file_of_somebody_else(
        self, tmp_path: Path, content: bytes
    ) -> None:
        path = tmp_path / "diary"
        path.write_bytes(content)
        with pytest.raises(ArchiveRefused, match="is not a backup of Parlour"):
            check_backup(path, quiet)


class TestExport:
    def test_fills_any_other_database_with_what_was_said(
        self, town: Town, empty: sql.SqlStorage, tmp_path: Path
    ) -> None:
        path = export(town.storage, tmp_path / "all.jsonl")
        read_import(empty, path, afterwards=nothing, progress=quiet)
        before, after = town.seen(town.storage), town.seen(empty)
        for secret in ("credentials", "devices", "alive", "tokens"):
            before.pop(secret)
            after.pop(secret)

        assert after == before
        again = export(empty, tmp_path / "again.jsonl")
        assert again.read_bytes() == path.read_bytes()

    def test_has_nothing_that_lets_anybody_in(self, town: Town, tmp_path: Path) -> None:
        text = export(town.storage, tmp_path / "all.jsonl").read_text("utf-8")

        assert "quick:" not in text
        assert {json.loads(line)["type"] for line in text.split("\n")[:-1]} == {
            "export", "user", "conversation", "member", "event", "message",
            "private_event", "end",
        }  # fmt: skip

    def test_lets_people_go_on_with_a_new_password(
        self, town: Town, empty: sql.SqlStorage, tmp_path: Path
    ) -> None:
        path = export(town.storage, tmp_path / "all.jsonl")
        read_import(empty, path, afterwards=nothing, progress=quiet)
        world = later_world(empty)
        alice: UserId = town.users[0]
        with pytest.raises(WrongCredentials):
            world.do.log_in(handle=Handle("alice"), password=PASSWORD, device=BROWSER)
        world.do.reset_password(OPERATOR, alice, PASSWORD)

        world.do.log_in(handle=Handle("alice"), password=PASSWORD, device=BROWSER)
        assert world.say(alice, town.group, "four").seq == 4

    def test_never_replaces_a_file(self, town: Town, tmp_path: Path) -> None:
        path = export(town.storage, tmp_path / "all.jsonl")
        with pytest.raises(ArchiveRefused, match="exists already"):
            export(town.storage, path)


def change(kind: str, **fields: object) -> Callable[[list[str]], list[str]]:
    """Change fields of the first line of a kind."""

    def changed(lines: list[str]) -> list[str]:
        for place, line in enumerate(lines):
            value = json.loads(line)
            if value["type"] == kind:
                return [*lines[:place], json.dumps({**value, **fields}), *lines[place + 1 :]]
        raise AssertionError

    return changed


NOBODY = "00000000-0000-7000-8000-000000000000"

WRONGS: dict[str, tuple[Callable[[list[str]], list[str]], str]] = {
    "no export": (lambda lines: lines[1:], "is not an export"),
    "a diary": (lambda _: ["dear diary"], "is not an export"),
    "newer": (change("export", version=2), "newer release"),
    "cut off": (lambda lines: lines[:-1], "has no end"),
    "cut off in a line": (
        lambda lines: [*lines[:-2], lines[-2][:-9]],
        "malformed|truncated",
    ),
    "a line missing": (lambda lines: [*lines[:-2], lines[-1]], "the end does not fit"),
    "more after the end": (lambda lines: [*lines, lines[1]], "the end does not fit"),
    "out of order": (
        lambda lines: [lines[0], lines[-2], *lines[1:-2], lines[-1]],
        "not in their order|there is no user",
    ),
    "two heads": (lambda lines: [lines[0], *lines], "stands where it must not"),
    "an unknown field": (change("user", password="x"), "unknown field"),
    "a reserved handle": (change("user", handle="admin"), "handle is reserved"),
    "a handle twice": (change("user", handle="bob"), "stands twice"),
    "a stranger": (change("member", user=NOBODY), f"no user {NOBODY}"),
    "no such conversation": (change("member", conversation=NOBODY), "no conversation"),
    "a hole": (change("message", seq=7), "comes as number 1"),
    "a private hole": (change("private_event", offset=7), "has a hole before 7"),
    "wrong numbers": (change("conversation", seq=9), "says it has"),
    "not a time": (change("user", created_at="yesterday"), "Invalid RFC3339"),
}


class TestImport:
    @pytest.mark.parametrize("wrong", WRONGS)
    def test_refuses_what_does_not_add_up_and_changes_nothing(
        self, sqlite_storage: sql.SqlStorage, tmp_path: Path, wrong: str
    ) -> None:
        path = export(Town(sqlite_storage).storage, tmp_path / "all.jsonl")
        spoil, said = WRONGS[wrong]
        path.write_text(
            "".join(f"{line}\n" for line in spoil(path.read_text("utf-8").split("\n")[:-1])),
            "utf-8",
        )
        with closing(sql.open_sqlite(tmp_path / "empty.db")) as empty:
            with pytest.raises(ArchiveRefused, match=said):
                read_import(empty, path, afterwards=nothing, progress=quiet)
            empty.migrate()
            assert not any(everything(empty).values())

    def test_refuses_a_database_that_is_not_empty(self, town: Town, tmp_path: Path) -> None:
        path = export(town.storage, tmp_path / "all.jsonl")
        with pytest.raises(ArchiveRefused, match="not empty"):
            read_import(town.storage, path, afterwards=nothing, progress=quiet)

    def test_names_the_line(self, sqlite_storage: sql.SqlStorage, tmp_path: Path) -> None:
        path = export(Town(sqlite_storage).storage, tmp_path / "all.jsonl")
        lines = path.read_text("utf-8").split("\n")[:-1]
        path.write_text("\n".join([*lines[:2], "{}", *lines[3:]]), "utf-8")
        with (
            closing(sql.open_sqlite(tmp_path / "empty.db")) as empty,
            pytest.raises(ArchiveRefused, match=r"all\.jsonl:3: "),
        ):
            read_import(empty, path, afterwards=nothing, progress=quiet)
