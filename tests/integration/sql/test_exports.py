"""Exports: users, conversations and messages for any other database, without credentials."""

import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from parlour.adapters import sql
from parlour.adapters.sql.archive import (
    ArchiveRefused,
    read_import,
)
from parlour.domain.access import WrongCredentials
from parlour.domain.kernel.ids import UserId
from parlour.domain.users import Handle
from tests.support.archives import Town, everything, export, later_world, nothing, quiet
from tests.support.world import BROWSER, OPERATOR, PASSWORD


class TestExport:
    def test_fills_any_other_database_with_its_messages(
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

    def test_has_no_credentials(self, town: Town, tmp_path: Path) -> None:
        text = export(town.storage, tmp_path / "all.jsonl").read_text("utf-8")

        assert "quick:" not in text
        assert {json.loads(line)["type"] for line in text.split("\n")[:-1]} == {
            "export", "user", "conversation", "member", "event", "revision", "reaction_tally",
            "reaction", "pin", "vote_tally", "vote", "message", "private_event", "draft",
            "hidden_message", "end",
        }  # fmt: skip

    def test_lets_users_post_with_a_new_password(
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
        assert world.say(alice, town.group, "and on").seq == town.last_seq + 1

    def test_never_replaces_a_file(self, town: Town, tmp_path: Path) -> None:
        path = export(town.storage, tmp_path / "all.jsonl")
        with pytest.raises(ArchiveRefused, match="exists already"):
            export(town.storage, path)


def change(type_: str, /, **fields: object) -> Callable[[list[str]], list[str]]:
    """Change fields of the first line of a kind."""

    def changed(lines: list[str]) -> list[str]:
        for place, line in enumerate(lines):
            value = json.loads(line)
            if value["type"] == type_:
                return [*lines[:place], json.dumps({**value, **fields}), *lines[place + 1 :]]
        raise AssertionError

    return changed


def change_all(type_: str, /, **fields: object) -> Callable[[list[str]], list[str]]:
    """Change fields of every line of a kind."""

    def changed(lines: list[str]) -> list[str]:
        values = [json.loads(line) for line in lines]
        return [json.dumps({**v, **fields} if v["type"] == type_ else v) for v in values]

    return changed


def twice(kind: str) -> Callable[[list[str]], list[str]]:
    """Repeat the first line of a kind."""

    def changed(lines: list[str]) -> list[str]:
        end = {**json.loads(lines[-1]), "lines": len(lines)}
        for place, line in enumerate(lines):
            if json.loads(line)["type"] == kind:
                return [*lines[:place], line, *lines[place:-1], json.dumps(end)]
        raise AssertionError

    return changed


def replace(old: str, new: str) -> Callable[[list[str]], list[str]]:
    """Replace a text in all lines."""
    return lambda lines: [line.replace(old, new) for line in lines]


POSTED = {"kind": "text", "body": {"text": "x"}, "revision": 1}
NOBODY = "00000000-0000-7000-8000-000000000000"


WRONGS: dict[str, tuple[Callable[[list[str]], list[str]], str]] = {
    "no export": (lambda lines: lines[1:], "is not an export"),
    "a diary": (lambda _: ["dear diary"], "is not an export"),
    "newer": (change("export", version=3), "newer release"),
    "cut off": (lambda lines: lines[:-1], "has no end"),
    "cut off in a line": (
        lambda lines: [*lines[:-2], lines[-2][:-9]],
        "malformed|truncated",
    ),
    "a line missing": (lambda lines: [*lines[:-2], lines[-1]], "the end does not fit"),
    "more after the end": (lambda lines: [*lines, lines[1]], "the end does not fit"),
    "out of order": (
        lambda lines: [lines[0], lines[-2], *lines[1:-2], lines[-1]],
        "not in their order|has a hole before 2",
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
    "a seq of 2^70": (
        change("conversation", seq=2**70),
        "2\\*\\*53|seq is not a number|out of range",
    ),
    "a mark below zero": (change("member", read=-1), "read is not a number"),
    "a mark beyond the end": (change("member", received=9), "is beyond its last message"),
    "an event twice": (
        twice("event"),
        r"all\.jsonl:\d+: something in the lines \d+ to \d+ stands twice",
    ),
    "a message twice": (twice("message"), "comes as number 2"),
    "a member twice": (twice("member"), "stands twice"),
    "a conversation twice": (twice("conversation"), "stands twice"),
    "an offset with a hole": (
        change("message", offset=7),
        "the last message before this event is 0, not 2",
    ),
    "an event that names another message": (
        change("event", seq=5),
        "the last message before this event is 0, not 5",
    ),
    "a log without a beginning": (
        change("event", offset=9),
        "the log has 2 where 1 must come|twice",
    ),
    "a text of nothing": (change("message", body={}), "body.text must be a string"),
    "a NUL in a text": (change("message", body={"text": "a\0b"}), "control characters"),
    "a NUL in a name": (change("user", display_name="a\0b"), "cannot be shown"),
    "another kind of message": (change("message", kind="poll"), "2 to 12 texts"),
    "an answer to what comes later": (change("message", reply_to=9), "reply_to is not"),
    "a revision of nothing": (change("message", revision=0), "revision is not"),
    "a mention of nobody": (change("message", mentions=[NOBODY]), f"no user {NOBODY}"),
    "a time without a zone": (
        change("user", created_at="2026-01-02T03:04:05"),
        "created_at is a time without a zone",
    ),
    "a muting without a zone": (
        change("member", muted_until="2026-01-02T03:04:05"),
        "muted_until is a time without a zone",
    ),
    "no time of this calendar": (
        change("user", created_at="0001-01-01T00:00:00+14:00"),
        "no time of this calendar",
    ),
    "a group without an owner": (change_all("member", role="member"), "has 0 owners"),
    "a group without a title": (
        change_all("conversation", title=None),
        "a group has a title|null",
    ),
    "a message as an event": (
        change("event", kind="message.posted", data=POSTED),
        "a message has a line of its own",
    ),
    "an event that cannot be read": (
        change("event", kind="member.added", data={"user": "x"}),
        "the data of member.added is not as it must be",
    ),
    "an event of a newer release with a NUL": (
        change("event", kind="poll.closed", data={"poll": ["\0"]}),
        "control characters",
    ),
    "half a character": (replace("陽", "\\ud800"), "surrogate|control characters|cannot be shown"),
    "not a time": (change("user", created_at="yesterday"), "Invalid RFC3339"),
}


class TestImport:
    @pytest.mark.parametrize("wrong", WRONGS)
    def test_refuses_inconsistent_lines_and_changes_nothing(
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

    @pytest.mark.parametrize("unseen", ["\u200b", "\u202e\u202c", "\u3164", "\u2800\u0301"])
    def test_gives_a_name_that_nobody_can_see_a_visible_one_and_says_so(
        self, sqlite_storage: sql.SqlStorage, tmp_path: Path, unseen: str
    ) -> None:
        path = export(Town(sqlite_storage).storage, tmp_path / "all.jsonl")
        text = path.read_text("utf-8")
        text = text.replace('Ünï 陽子"', f'{unseen}"')
        text = text.replace('"display_name":"Alice"', f'"display_name":"{unseen}"')
        path.write_text(text, "utf-8")
        told: list[str] = []
        with closing(sql.open_sqlite(tmp_path / "empty.db")) as empty:
            read_import(empty, path, afterwards=nothing, progress=quiet, report=told.append)
            rows = everything(empty)

        names = {row[2] for row in rows["users"]} | {row[2] for row in rows["conversations"]}
        assert {"alice", "Unnamed group"} <= names
        assert unseen not in names
        assert any(what.startswith("line 2: the name ") for what in told)
        assert any(what.endswith("is Unnamed group now") for what in told)

    def test_removes_from_names_what_nobody_can_see_and_says_so(
        self, sqlite_storage: sql.SqlStorage, tmp_path: Path
    ) -> None:
        path = export(Town(sqlite_storage).storage, tmp_path / "all.jsonl")
        text = path.read_text("utf-8")
        text = text.replace('"display_name":"Alice"', '"display_name":"Alice\u3164"')
        path.write_text(text, "utf-8")
        told: list[str] = []
        with closing(sql.open_sqlite(tmp_path / "empty.db")) as empty:
            read_import(empty, path, afterwards=nothing, progress=quiet, report=told.append)
            rows = everything(empty)

        assert "Alice" in {row[2] for row in rows["users"]}
        assert len(told) == 1
        assert told[0].endswith("is Alice now, without what nobody can see")

    def test_takes_times_of_any_zone_as_the_moments_they_are(
        self, sqlite_storage: sql.SqlStorage, tmp_path: Path
    ) -> None:
        path = export(Town(sqlite_storage).storage, tmp_path / "all.jsonl")
        spoil = change("user", created_at="2026-01-02T09:00:00+05:30")
        lines = spoil(path.read_text("utf-8").split("\n")[:-1])
        path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
        with closing(sql.open_sqlite(tmp_path / "empty.db")) as empty:
            read_import(empty, path, afterwards=nothing, progress=quiet)
            again = export(empty, tmp_path / "again.jsonl").read_text("utf-8")

        assert '"created_at":"2026-01-02T03:30:00' in again

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
