"""A text that was recalled, or replaced and recalled, is nowhere in the database any more."""

import gzip
from pathlib import Path
from typing import Any

import pytest

from parlour.adapters import sql
from parlour.domain.messages import (
    Content,
    EditMessage,
    Emoji,
    PostMessage,
    RecallMessage,
    SetPin,
    SetReaction,
    Vote,
)
from tests.support.archives import backup, everything, export
from tests.support.world import World, new_world

CANARY = "canary-7f3a"


def found(storage: sql.SqlStorage) -> set[str]:
    """Return the columns in which the canary stands, in text or bytes."""
    with storage.schema.engine.connect() as connection:
        names = {
            table: list(connection.exec_driver_sql(f"SELECT * FROM {table}").keys())
            for table in everything(storage)
        }
    return {
        f"{table}.{names[table][place]}"
        for table, rows in everything(storage).items()
        for row in rows
        for place, value in enumerate(row)
        if CANARY in _text(value)
    }


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


@pytest.fixture
def world(storage: sql.SqlStorage) -> World:
    return new_world(storage)


class TestARecalledText:
    def test_is_in_no_table_and_in_no_archive(
        self, storage: sql.SqlStorage, world: World, tmp_path: Path
    ) -> None:
        """It was edited, and is a mention, a reply, a draft's subject, pinned and reacted to."""
        alice, bob = world.people("alice", "bob")
        group = world.group(alice, bob)
        first = world.say(alice, group, f"{CANARY} one @bob", mentions=[str(bob)])
        world.do.notify(first)
        at: dict[str, Any] = {"conversation": group, "seq": first.seq}
        for text in ("two @bob", "three"):
            content = Content.parse(body={"text": f"{CANARY} {text}"}, mentions=[str(bob)])
            world.execute(EditMessage(actor=alice, content=content, **at))
        world.execute(SetReaction(actor=bob, emoji=Emoji("👍"), on=True, **at))
        world.execute(SetPin(actor=bob, on=True, **at))
        world.post(world.draft(bob, group, "really?", reply_to=first.seq))
        world.do.set_draft(bob, group, "about that", first.seq)
        assert found(storage) == {"messages.body", "revisions.body"}

        world.execute(RecallMessage(actor=alice, **at))
        assert found(storage) == set()
        after = gzip.decompress(backup(storage, tmp_path / "all.backup").read_bytes())
        assert CANARY.encode() not in after
        assert CANARY not in export(storage, tmp_path / "all.jsonl").read_text("utf-8")

    def test_takes_all_rows_about_it_along(self, storage: sql.SqlStorage, world: World) -> None:
        alice, bob = world.people("alice", "bob")
        group = world.group(alice, bob)
        body = {"question": CANARY, "options": ["yes", "no"]}
        asked = world.draft(alice, group, "x")
        poll = PostMessage(
            conversation=group,
            sender=alice,
            session=None,
            key=asked.key,
            content=Content.parse(kind="poll", body=body),
        )
        world.post(poll)
        text = world.say(alice, group, "hi @bob", mentions=[str(bob)])
        for seq in (1, text.seq):
            world.execute(
                SetReaction(actor=bob, conversation=group, seq=seq, emoji=Emoji("👍"), on=True)
            )
            world.execute(SetPin(actor=bob, conversation=group, seq=seq, on=True))
        world.execute(Vote(actor=bob, conversation=group, seq=1, options=(1,)))
        edit = Content.parse(body={"text": "hello @bob"}, mentions=[str(bob)])
        world.execute(EditMessage(actor=alice, conversation=group, seq=text.seq, content=edit))
        about = ("reactions", "reaction_tallies", "pins", "votes", "vote_tallies", "revisions")
        kept = everything(storage)
        assert all(kept[table] for table in (*about, "mentions"))

        for seq in (1, text.seq):
            world.execute(RecallMessage(actor=alice, conversation=group, seq=seq))
        kept = everything(storage)
        assert [table for table in (*about, "mentions") if kept[table]] == []
        assert found(storage) == set()

    def test_is_not_kept_twice_by_what_was_not_recalled_yet(
        self, storage: sql.SqlStorage, world: World
    ) -> None:
        """A text stands in its message alone: not in logs, notifications or pushes."""
        alice, bob = world.people("alice", "bob")
        group = world.group(alice, bob)
        message = world.say(alice, group, f"{CANARY} @bob", mentions=[str(bob)])
        world.do.notify(message)
        world.do.set_draft(alice, group, f"{CANARY} and more")

        assert everything(storage)["notifications"]
        assert found(storage) == {"messages.body", "drafts.text"}

    @pytest.mark.parametrize("length", [1, 7_000])
    def test_is_not_left_in_the_free_space_of_the_file(
        self, sqlite_storage: sql.SqlStorage, tmp_path: Path, length: int
    ) -> None:
        world = new_world(sqlite_storage)
        (alice,) = world.people("alice")
        notes = world.direct(alice, alice)
        for number in range(40):
            world.say(alice, notes, f"{CANARY} {number} {'x' * length}")
        world.do.set_draft(alice, notes, f"{CANARY} {'x' * length}")
        assert CANARY.encode() in database_bytes(sqlite_storage, tmp_path)
        world.do.set_draft(alice, notes, None)
        for number in range(1, 41):
            world.execute(RecallMessage(actor=alice, conversation=notes, seq=number))

        assert CANARY.encode() not in database_bytes(sqlite_storage, tmp_path)


def database_bytes(storage: sql.SqlStorage, folder: Path) -> bytes:
    """Return the file of the database, with nothing that was committed left beside it."""
    with storage.schema.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    return b"".join(path.read_bytes() for path in sorted(folder.glob("parlour.db*")))
