"""What happened to messages in exports and backups: what does not fit together is refused."""

import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from parlour.adapters import sql
from parlour.adapters.sql.archive import (
    ArchiveRefused,
    read_import,
    restore_backup,
)
from tests.support.archives import Town, backup, everything, export, nothing, quiet

Line = dict[str, Any]
Spoil = Callable[[list[Line]], list[Line]]
NOBODY = "00000000-0000-7000-8000-000000000000"


@pytest.fixture
def lines(sqlite_storage: sql.SqlStorage, tmp_path: Path) -> list[Line]:
    """The lines of the export of a service where everything happened."""
    text = export(Town(sqlite_storage).storage, tmp_path / "all.jsonl").read_text("utf-8")
    return [json.loads(line) for line in text.split("\n")[:-1]]


def change(type_: str, /, **fields: object) -> Spoil:
    """Change fields of the first line of a type."""

    def spoil(lines: list[Line]) -> list[Line]:
        place = next(place for place, line in enumerate(lines) if line["type"] == type_)
        return [*lines[:place], {**lines[place], **fields}, *lines[place + 1 :]]

    return spoil


def change_message(seq: int, **fields: object) -> Spoil:
    """Change fields of a message of the group."""

    def spoil(lines: list[Line]) -> list[Line]:
        found = [each for each in lines if each["type"] == "message" and each["seq"] == seq]
        return [{**line, **fields} if line is found[0] else line for line in lines]

    return spoil


def without(type_: str) -> Spoil:
    """Leave out the lines of a type."""

    def spoil(lines: list[Line]) -> list[Line]:
        left = [line for line in lines if line["type"] != type_]
        return [*left[:-1], {**left[-1], "lines": len(left) - 1}]

    return spoil


def times(type_: str, count: int, **named: Callable[[int], object]) -> Spoil:
    """Repeat the first line of a type, each with other fields."""

    def spoil(lines: list[Line]) -> list[Line]:
        place = next(place for place, line in enumerate(lines) if line["type"] == type_)
        more = [
            {**lines[place], **{name: value(number) for name, value in named.items()}}
            for number in range(count)
        ]
        end = {**lines[-1], "lines": lines[-1]["lines"] + count}
        return [*lines[: place + 1], *more, *lines[place + 1 : -1], end]

    return spoil


EMOJIS = ["😀", "😃", "😄", "😁", "😆", "😅", "🤣", "😂", "🙂", "🙃", "🫠"]
EMOJIS += ["😉", "😊", "😇", "🥰", "😍", "🤩", "😘", "😗", "☺️", "😚"]

WRONGS: dict[str, tuple[Spoil, str]] = {
    "a reaction of nobody": (change("reaction", user=NOBODY), f"no user {NOBODY}"),
    "a reaction to nothing": (change("reaction", seq=99), "other .* than it says|beyond its last"),
    "a reaction with a word": (change("reaction", emoji="well"), "must be one emoji"),
    "a reaction with half an emoji": (change("reaction", emoji="❤"), "not as it is stored"),
    "a reaction without a tally": (without("reaction_tally"), "has reactions|other .* than"),
    "a tally without reactions": (without("reaction"), "other .* than it says"),
    "another count": (change("reaction_tally", count=5), "other .* than it says"),
    "a count of nothing": (change("reaction_tally", count=0, users=[]), "count is not how many"),
    "somebody named twice": (
        lambda lines: change("reaction_tally", users=[_user(lines, 1)] * 2, count=2)(lines),
        "count is not how many",
    ),
    "somebody named who did not react": (
        lambda lines: change("reaction_tally", users=[_user(lines, 0)])(lines),
        "other .* than it says",
    ),
    "too many emojis": (
        times("reaction_tally", 21, emoji=lambda number: EMOJIS[number]),
        "at most 20 different emojis",
    ),
    "a tally twice": (times("reaction_tally", 1), "stand twice"),
    "too many pins": (times("pin", 101, seq=lambda number: number + 200), "at most 100 pins"),
    "a pin of nobody": (change("pin", by=NOBODY), f"no user {NOBODY}"),
    "a pin of a recalled message": (change("pin", seq=6), "recalled, and has more"),
    "votes without a result": (without("vote_tally"), "other votes than it says"),
    "a result without votes": (without("vote"), "other votes than it says"),
    "another result": (change("vote_tally", counts=[2, 2]), "other votes than it says"),
    "a result of too many options": (change("vote_tally", counts=[1, 2, 0]), "votes for other"),
    "options twice": (change("vote", options=[1, 1]), "must be different options"),
    "a revision of the future": (change("revision", revision=7), "has revision 7 among"),
    "no number of a revision": (change("revision", revision=0), "has no number"),
    "a revision that no message could be": (change("revision", body={}), "body.text"),
    "a recalled text": (change_message(6, body={"text": "x"}), "has nothing else"),
    "a recalled message that was edited": (
        change_message(6, edited_at="2026-01-02T03:04:05Z"),
        "has nothing else",
    ),
    "an edit without its time": (change_message(3, edited_at=None), "edited_at|null"),
    "a revision without an edit": (change_message(2, revision=2), "edited_at"),
    "a draft of nobody": (change("draft", user=NOBODY), f"no user {NOBODY}"),
    "an empty draft": (change("draft", text=" "), "text must have 1 to"),
    "a draft with a NUL": (change("draft", text="a\0"), "control characters"),
    "a draft in no conversation": (change("draft", conversation=NOBODY), "no conversation"),
    "a member without the draft": (without("draft"), "has no draft"),
    "a member who hides nothing": (without("hidden_message"), "has no hidden messages"),
    "a hidden message that is none": (change("hidden_message", seq=99), "beyond its last"),
    "a history cleared beyond its end": (change("member", cleared_seq=99), "beyond its last"),
    "joined beyond the end": (change("conversation", joined_seq=99), "beyond its last"),
}


def _user(lines: list[Line], place: int) -> object:
    return [line["id"] for line in lines if line["type"] == "user"][place]


def write(lines: list[Line], path: Path) -> Path:
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    return path


class TestImport:
    @pytest.mark.parametrize("wrong", WRONGS)
    def test_refuses_what_does_not_fit_together_and_changes_nothing(
        self, lines: list[Line], tmp_path: Path, wrong: str
    ) -> None:
        spoil, said = WRONGS[wrong]
        path = write(spoil(lines), tmp_path / "wrong.jsonl")
        with closing(sql.open_sqlite(tmp_path / "empty.db")) as empty:
            with pytest.raises(ArchiveRefused, match=rf"wrong\.jsonl:\d+: .*({said})"):
                read_import(empty, path, afterwards=nothing, progress=quiet)
            empty.migrate()
            assert not any(everything(empty).values())

    def test_reads_the_format_of_the_release_before(
        self, lines: list[Line], tmp_path: Path
    ) -> None:
        new = {"revision", "reaction_tally", "reaction", "pin", "vote_tally", "vote", "draft"}
        old = [_as_before(line) for line in lines if line["type"] not in {*new, "hidden_message"}]
        path = write([*old[:-1], {"type": "end", "lines": len(old) - 1}], tmp_path / "old.jsonl")
        with closing(sql.open_sqlite(tmp_path / "empty.db")) as empty:
            read_import(empty, path, afterwards=nothing, progress=quiet)
            rows = everything(empty)

        assert len(rows["messages"]) == 7
        # Carol joined after two messages; nothing in the file says so but her own line.
        assert sorted(row[-1] for row in rows["conversations"]) == [0, 0, 2]

    def test_counts_nothing_recalled_as_unread(self, lines: list[Line], tmp_path: Path) -> None:
        path = write(lines, tmp_path / "all.jsonl")
        with closing(sql.open_sqlite(tmp_path / "empty.db")) as empty:
            read_import(empty, path, afterwards=nothing, progress=quiet)
            rows = everything(empty)

        recalled = [row for row in rows["messages"] if row[-2] == 8]
        assert [(row[1], row[7], row[8]) for row in recalled] == [(6, "", "{}")]
        assert not [row for row in rows["mentions"] if row[2] == 6]


def _as_before(line: Line) -> Line:
    """Return a line as the release before would have written it."""
    later = {"joined_seq", "cleared_seq", "hides", "has_draft", "edited_at", "forwarded"}
    kept = {name: value for name, value in line.items() if name not in later}
    if line["type"] == "export":
        kept["version"] = 1
    if line["type"] == "message":
        kept["revision"] = 1
    if kept.pop("recalled", None):
        kept |= {"kind": "text", "body": {"text": "said before"}}
    return kept


class TestBackup:
    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE messages SET flags = 0",
            "UPDATE messages SET flags = 64 WHERE flags = 0",
            'UPDATE messages SET body = \'{"text":"x"}\' WHERE flags = 8',
            "UPDATE messages SET details = NULL WHERE revision > 1",
            "UPDATE reaction_tallies SET count = count + 1",
            "UPDATE reaction_tallies SET users = zeroblob(7)",
            "DELETE FROM reactions",
            "UPDATE votes SET options = zeroblob(0)",
            "UPDATE vote_tallies SET counts = '[1]'",
            "UPDATE vote_tallies SET counts = '{}'",
            "UPDATE revisions SET body = '{}'",
            "DELETE FROM drafts",
            "DELETE FROM hidden_messages",
            "DELETE FROM pins",
        ],
    )
    def test_is_refused_where_its_rows_do_not_fit_together(
        self, sqlite_storage: sql.SqlStorage, tmp_path: Path, statement: str
    ) -> None:
        town = Town(sqlite_storage)
        with town.storage.schema.engine.begin() as connection:
            assert connection.exec_driver_sql(statement).rowcount
        path = backup(town.storage, tmp_path / "all.backup")
        with closing(sql.open_sqlite(tmp_path / "empty.db")) as empty:
            with pytest.raises(ArchiveRefused, match=r"all\.backup:\d+: "):
                restore_backup(empty, path, afterwards=nothing, progress=quiet)
            assert not any(everything(empty).values())
