"""Backups are written while others write, and restored completely or not at all."""

import base64
import gzip
import hashlib
import json
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from threading import Event, Thread
from typing import Any
from uuid import UUID

import pytest

from parlour.adapters import sql
from parlour.adapters.sql.archive import (
    ArchiveRefused,
    check_backup,
    restore_backup,
    write_backup,
)
from parlour.adapters.sql.database_snapshot import STEP
from parlour.adapters.sql.schema import VERSIONS
from parlour.adapters.sql.stores import SqlStores
from parlour.domain.access import WrongCredentials
from parlour.domain.notifications import (
    Notification,
    Push,
    PushId,
    PushKeys,
    Reason,
    Subscription,
    SubscriptionId,
)
from parlour.domain.users import Handle
from tests.support import builders as b
from tests.support.archives import (
    Town,
    backup,
    everything,
    later_world,
    nothing,
    quiet,
)
from tests.support.fakes import START
from tests.support.old_backups import write_old_backup
from tests.support.world import BROWSER, PASSWORD, new_world

CURRENT = f'"tables":"{VERSIONS[-1]}"'.encode()


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

    def test_lets_users_log_in_and_post_after_a_restore(
        self, town: Town, empty: sql.SqlStorage, tmp_path: Path
    ) -> None:
        path = backup(town.storage, tmp_path / "all.backup")
        restore_backup(empty, path, afterwards=nothing, progress=quiet)
        world = later_world(empty)
        grant = world.do.log_in(handle=Handle("alice"), password=PASSWORD, device=BROWSER)

        assert world.say(grant.user.id, town.group, "and on").seq == town.last_seq + 1
        with pytest.raises(WrongCredentials):
            world.do.log_in(handle=Handle("carol"), password=PASSWORD, device=BROWSER)

    def test_is_readable_by_its_owner_alone(self, town: Town, tmp_path: Path) -> None:
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

    def test_leaves_no_file_after_an_error(self, town: Town, tmp_path: Path) -> None:
        folder = tmp_path / "backups"
        folder.mkdir()

        def full(_what: str, _done: int, _total: int) -> None:
            raise OSError(28, "No space left on device")

        with pytest.raises(OSError, match="No space"):
            write_backup(town.storage, folder / "x", made_at="", made_by="", progress=full)
        assert list(folder.iterdir()) == []

    def test_sees_one_snapshot_while_others_write(self, town: Town, tmp_path: Path) -> None:
        world, (alice, *_) = town.world, town.users
        began, stop = Event(), Event()
        said: list[int] = []

        def talk() -> None:
            while not stop.is_set():
                said.append(world.say(alice, town.group, "and on").seq)
                began.set()

        client = Thread(target=talk)
        client.start()
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
            client.join()
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

    def test_reports_its_progress(self, town: Town, tmp_path: Path) -> None:
        told: list[tuple[str, int, int]] = []
        write_backup(
            town.storage,
            tmp_path / "x",
            made_at="",
            made_by="",
            progress=lambda *word: told.append(word),
        )

        assert ("messages", 7, 7) in told
        assert ("checking messages", 7, 7) in told


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


def resealed(path: Path, old: bytes, new: bytes) -> Path:
    """Change a text everywhere in a backup, and give it the digest of what it says now."""

    def change(lines: list[bytes]) -> list[bytes]:
        body = [line.replace(old, new) for line in lines[:-1]]
        assert body != lines[:-1]
        end = {**json.loads(lines[-1]), "sha256": hashlib.sha256(b"".join(body)).hexdigest()}
        return [*body, json.dumps(end).encode() + b"\n"]

    return rewritten(path, change)


CHANGES = {
    "a NUL in a text": (
        b'"{\\"text\\":\\"psst\\"}"',
        b'"{\\"text\\":\\"\\\\u0000\\"}"',
        "control",
    ),
    "a body without a text": (b'"{\\"text\\":\\"psst\\"}"', b'"{}"', "body.text must be a string"),
    "a group without an owner": (b'"owner"', b'"member"', "has 0 owners"),
    "a role that does not exist": (b'"owner"', b'"king"', "this is no row of members"),
    "a reserved handle": (b'"bob"', b'"root"', "handle is reserved"),
}


def changed_row(path: Path, table: str, column: str, value: Any) -> Path:
    """Change a column of the first row of a table, and give the backup its digest."""

    def change(lines: list[bytes]) -> list[bytes]:
        body = lines[:-1]
        (head,) = (n for n, line in enumerate(body) if f'"table":"{table}"'.encode() in line)
        place = json.loads(body[head])["columns"].index(column)
        row = json.loads(body[head + 1])
        assert row[place] != value
        row[place] = value
        body[head + 1] = json.dumps(row).encode() + b"\n"
        end = {**json.loads(lines[-1]), "sha256": hashlib.sha256(b"".join(body)).hexdigest()}
        return [*body, json.dumps(end).encode() + b"\n"]

    return rewritten(path, change)


NOBODY = base64.b64encode(bytes(range(16))).decode()
SHORT = base64.b64encode(b"short").decode()
ACCOUNT_CHANGES = [
    ("credentials", "password_hash", "", "is not the hash of a password"),
    ("credentials", "password_hash", "a\u0000b", "is not the hash of a password"),
    ("credentials", "user_id", NOBODY, "there is no user"),
    ("credentials", "changed_at", "yesterday", "this is no row of credentials"),
    ("devices", "name", "a\u0007", "device.name"),
    ("devices", "platform", "x" * 65, "device.name"),
    ("devices", "user_id", NOBODY, "belongs to another user"),
    ("tokens", "digest", SHORT, "digest must have 32 bytes"),
    ("tokens", "kind", "eternal", "this is no row of tokens"),
    ("tokens", "user_id", NOBODY, "belongs to another user"),
    ("audit", "place", "\u001b[2J", "control characters"),
    ("audit", "action", "", "names no action"),
    ("audit", "details", "[]", "must be an object"),
    ("notifications", "excerpt", "x" * 141, "at most 140 characters"),
    ("notifications", "seq", 0, "seq is not a number from 1 on"),
    ("notifications", "seq", 99, "is beyond its last message"),
    ("notifications", "by_id", NOBODY, "there is no user"),
    ("notifications", "reason", "boredom", "this is no row of notifications"),
    ("push_subscriptions", "endpoint", base64.b64encode(b"ftp://x").decode(), "no row of"),
    ("push_subscriptions", "p256dh", SHORT, "not an uncompressed point"),
    ("push_subscriptions", "auth", SHORT, "must have 16 bytes"),
    ("push_outbox", "tries", -1, "tries is not a number"),
    ("push_outbox", "tries", 7, "tries must be at most 6"),
    ("push_outbox", "seq", 99, "is beyond its last message"),
    ("private_logs", "last_offset", 99, "does not end at 99"),
]


@pytest.fixture
def noted(sqlite_storage: sql.SqlStorage, tmp_path: Path) -> Path:
    """A backup with rows in every table of accounts, notifications and pushes."""
    town = Town(sqlite_storage)
    alice, bob, _ = town.users
    device = sqlite_storage.uow.read(lambda stores: stores.devices.of_user(bob))[0].id
    subscription = Subscription(
        id=SubscriptionId(UUID(int=1)),
        user=bob,
        device=device,
        endpoint="https://push.example.org/1",
        keys=PushKeys(b"\x04" + bytes(64), bytes(16)),
        preview=False,
        created_at=START,
    )
    push = Push(
        id=PushId(UUID(int=2)),
        subscription=subscription.id,
        user=bob,
        conversation=town.group,
        seq=1,
        reason=Reason.MENTION,
        tries=0,
        due_at=START,
    )
    notification = Notification(
        user=bob,
        conversation=town.group,
        seq=1,
        number=1,
        by=alice,
        reason=Reason.MENTION,
        excerpt="two",
        at=START,
    )

    def put(stores: SqlStores) -> None:
        stores.subscriptions.put(subscription)
        stores.outbox.add([push])
        stores.notifications.add([notification])

    sqlite_storage.uow(put)
    return backup(sqlite_storage, tmp_path / "all.backup")


class TestRestore:
    @pytest.mark.parametrize("wrong", CHANGES)
    def test_refuses_what_the_domain_would_with_the_line_and_changes_nothing(
        self, sqlite_storage: sql.SqlStorage, tmp_path: Path, wrong: str
    ) -> None:
        old, new, said = CHANGES[wrong]
        path = resealed(backup(Town(sqlite_storage).storage, tmp_path / "all.backup"), old, new)
        with closing(sql.open_sqlite(tmp_path / "empty.db")) as empty:
            with pytest.raises(ArchiveRefused, match=rf"all\.backup:\d+: .*{said}"):
                restore_backup(empty, path, afterwards=nothing, progress=quiet)
            assert not any(everything(empty).values())

    @pytest.mark.parametrize("wrong", ACCOUNT_CHANGES, ids=lambda wrong: ".".join(wrong[:2]))
    def test_refuses_rows_of_accounts_that_the_domain_would_not_have_made(
        self, noted: Path, tmp_path: Path, wrong: tuple[str, str, Any, str]
    ) -> None:
        table, column, value, said = wrong
        path = changed_row(noted, table, column, value)
        with closing(sql.open_sqlite(tmp_path / "empty.db")) as empty:
            with pytest.raises(ArchiveRefused, match=rf"all\.backup:\d+: .*{said}"):
                restore_backup(empty, path, afterwards=nothing, progress=quiet)
            assert not any(everything(empty).values())

    def test_takes_accounts_notifications_and_pushes_as_they_were_stored(
        self, noted: Path, tmp_path: Path
    ) -> None:
        with closing(sql.open_sqlite(tmp_path / "empty.db")) as empty:
            restore_backup(empty, noted, afterwards=nothing, progress=quiet)
            found = everything(empty)

        for table, *_ in ACCOUNT_CHANGES:
            assert found[table], table

    def test_removes_what_a_killed_restore_of_an_older_backup_has_left(
        self, empty: sql.SqlStorage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        temporary = tmp_path / "temporary"
        killed = temporary / ".parlour-copy-of-a-killed-restore"
        killed.mkdir(parents=True)
        (killed / "older.db").write_bytes(b"everything")
        monkeypatch.setattr(tempfile, "tempdir", str(temporary))
        path = write_old_backup(VERSIONS[0], tmp_path / "old.backup")
        restore_backup(empty, path, afterwards=nothing, progress=quiet)

        assert list(temporary.iterdir()) == []

    def test_rescues_a_damaged_database_where_the_operator_asks_for_it(
        self, sqlite_storage: sql.SqlStorage, tmp_path: Path
    ) -> None:
        path = backup(Town(sqlite_storage).storage, tmp_path / "all.backup")
        resealed(path, b'"owner"', b'"member"')
        with closing(sql.open_sqlite(tmp_path / "empty.db")) as empty:
            restore_backup(empty, path, afterwards=nothing, progress=quiet, unchecked=True)
            assert {row[2] for row in everything(empty)["members"]} == {"member"}

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

    def test_refuses_tables_of_a_newer_release(
        self, town: Town, empty: sql.SqlStorage, tmp_path: Path
    ) -> None:
        path = rewritten(
            backup(town.storage, tmp_path / "all.backup"),
            lambda lines: [lines[0].replace(CURRENT, b'"tables":"9999"'), *lines[1:]],
        )
        with pytest.raises(ArchiveRefused, match="newer release"):
            restore_backup(empty, path, afterwards=nothing, progress=quiet)
        assert empty.schema_state().current is None

    def test_refuses_tables_that_are_not_of_their_version(
        self, town: Town, empty: sql.SqlStorage, tmp_path: Path
    ) -> None:
        path = rewritten(
            backup(town.storage, tmp_path / "all.backup"),
            lambda lines: [lines[0].replace(CURRENT, b'"tables":"0001"'), *lines[1:]],
        )
        with pytest.raises(ArchiveRefused, match="damaged"):
            restore_backup(empty, path, afterwards=nothing, progress=quiet)
        assert empty.schema_state().current is None

    def test_refuses_a_format_of_a_newer_release(self, town: Town, tmp_path: Path) -> None:
        path = rewritten(
            backup(town.storage, tmp_path / "all.backup"),
            lambda lines: [lines[0].replace(b'"version":1', b'"version":2'), *lines[1:]],
        )
        with pytest.raises(ArchiveRefused, match="newer release made this backup"):
            check_backup(path, quiet)


@pytest.mark.parametrize("version", VERSIONS)
class TestOlderRelease:
    """A backup of every release there was is restored by this one."""

    def test_is_restored_and_its_users_can_post(
        self, empty: sql.SqlStorage, tmp_path: Path, version: str
    ) -> None:
        path = write_old_backup(version, tmp_path / "old.backup")
        info = restore_backup(empty, path, afterwards=nothing, progress=quiet)

        assert (info.tables, info.made_by) == (version, "an old release")
        world = later_world(empty)
        grant = world.do.log_in(handle=Handle("bob"), password=PASSWORD, device=BROWSER)
        assert grant.user.id == b.BOB
        assert world.say(b.BOB, b.LOBBY, "three").seq == 3
        messages = empty.uow.read(lambda stores: stores.messages.after(b.LOBBY, 0, 9))
        said = [(each.sender, each.content.body["text"]) for each in messages]
        assert said[:2] == [(b.ALICE, "It's 陽子 \\o/"), (b.BOB, "so it is")]
        (event,) = empty.uow.read(lambda stores: stores.events.after(b.LOBBY, 0, 9))
        assert event.offset == 1

    def test_is_restored_with_every_row(
        self, empty: sql.SqlStorage, tmp_path: Path, version: str
    ) -> None:
        path = write_old_backup(version, tmp_path / "old.backup")
        restore_backup(empty, path, afterwards=nothing, progress=quiet)

        found = everything(empty)
        for table, rows in read_tables(path).items():
            assert len(found[table]) == len(rows)

    def test_is_restored_into_tables_of_this_release(
        self, empty: sql.SqlStorage, tmp_path: Path, version: str
    ) -> None:
        path = write_old_backup(version, tmp_path / "old.backup")
        empty.migrate()
        restore_backup(empty, path, afterwards=nothing, progress=quiet)

        assert empty.schema_state().is_current
        empty.check()

    def test_is_restored_as_a_whole_or_not_at_all(
        self, empty: sql.SqlStorage, tmp_path: Path, version: str
    ) -> None:
        path = write_old_backup(version, tmp_path / "old.backup")

        def fails(_stores: SqlStores, _info: object) -> None:
            raise RuntimeError("the power is gone")

        with pytest.raises(RuntimeError):
            restore_backup(empty, path, afterwards=fails, progress=quiet)
        assert not any(everything(empty).values())

    def test_is_refused_where_a_line_of_it_is_missing(
        self, empty: sql.SqlStorage, tmp_path: Path, version: str
    ) -> None:
        path = write_old_backup(version, tmp_path / "old.backup")
        rewritten(path, DAMAGES["a line is missing"])

        with pytest.raises(ArchiveRefused, match="damaged or was cut off"):
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
    def test_of_any_kind_is_found_before_the_database_is_changed(
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
    def test_by_truncation_is_found(
        self, sqlite_storage: sql.SqlStorage, tmp_path: Path, share: float
    ) -> None:
        path = backup(Town(sqlite_storage).storage, tmp_path / "all.backup")
        whole = path.read_bytes()
        path.write_bytes(whole[: int(len(whole) * share)])
        with pytest.raises(ArchiveRefused):
            check_backup(path, quiet)

    @pytest.mark.parametrize("content", [b"", b"hello", gzip.compress(b"hello\n", mtime=0)])
    def test_is_not_reported_for_a_file_of_another_program(
        self, tmp_path: Path, content: bytes
    ) -> None:
        path = tmp_path / "diary"
        path.write_bytes(content)
        with pytest.raises(ArchiveRefused, match="is not a backup of Parlour"):
            check_backup(path, quiet)
