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
            "export", "user", "conversation", "member", "event", "message",
            "private_event", "end",
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
