"""The outbox keeps what is not acknowledged, in order, through the end of the process."""

import sqlite3
import stat
from pathlib import Path
from uuid import UUID

import pytest

from parlour.entrypoints.client.outbox import Outbox, UnsentMessage


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "outbox.db"


def texts(outbox: Outbox, conversation: str | None = None) -> list[str]:
    return [message.text for message in outbox.unsent(conversation)]


def test_messages_are_kept_in_the_order_they_were_written(path: Path) -> None:
    outbox = Outbox(path)
    for text in ("one", "two", "three"):
        outbox.add("garden", text)

    assert texts(outbox) == ["one", "two", "three"]
    outbox.close()


def test_a_message_and_its_key_survive_the_process(path: Path) -> None:
    first = Outbox(path)
    kept = first.add("garden", "still here")
    # No close: a killed process closes nothing.
    second = Outbox(path)

    assert second.unsent() == [kept]
    first.close()
    second.close()


def test_a_removed_message_is_gone_for_every_process(path: Path) -> None:
    one, other = Outbox(path), Outbox(path)
    message = one.add("garden", "hi")
    other.remove(message.key)

    assert texts(one) == []
    one.close()
    other.close()


def test_each_message_has_a_key_of_its_own(path: Path) -> None:
    outbox = Outbox(path)
    keys = {outbox.add("garden", "the same").key for _ in range(20)}

    assert len(keys) == 20
    assert all(str(UUID(key)) == key for key in keys)
    outbox.close()


def test_the_messages_of_one_conversation_can_be_listed(path: Path) -> None:
    outbox = Outbox(path)
    outbox.add("garden", "to the garden")
    outbox.add("kitchen", "to the kitchen")

    assert texts(outbox, "kitchen") == ["to the kitchen"]
    outbox.close()


def test_a_message_written_after_others_were_removed_still_comes_last(path: Path) -> None:
    outbox = Outbox(path)
    first = outbox.add("garden", "first")
    outbox.add("garden", "second")
    outbox.remove(first.key)
    outbox.add("garden", "third")

    assert texts(outbox) == ["second", "third"]
    outbox.close()


def test_the_file_is_readable_by_its_owner_alone(path: Path) -> None:
    Outbox(path).close()

    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_later_change_of_the_same_thing_takes_the_place_of_an_unsent_one(path: Path) -> None:
    outbox = Outbox(path)
    outbox.add("garden", "first", "message.edit", {"seq": 1}, target="edit 1")
    outbox.add("garden", "other", "message.edit", {"seq": 2}, target="edit 2")
    outbox.add("kitchen", "elsewhere", "message.edit", {"seq": 1}, target="edit 1")
    outbox.add("garden", "second", "message.edit", {"seq": 1}, target="edit 1")

    assert texts(outbox) == ["other", "elsewhere", "second"]
    outbox.close()


def test_a_change_keeps_its_type_and_its_fields(path: Path) -> None:
    outbox = Outbox(path)
    fields = {"seq": 3, "emoji": "👍", "on": True}
    kept = outbox.add("garden", "👍", "reaction.set", fields)
    assert Outbox(path).unsent() == [kept]

    outbox.change(kept.key, {**fields, "on": False})
    assert [each.fields["on"] for each in outbox.unsent()] == [False]
    outbox.close()


def test_messages_that_an_earlier_release_left_behind_are_sent(path: Path) -> None:
    database = sqlite3.connect(path)
    database.execute(
        "CREATE TABLE outbox (place INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE,"
        " conversation TEXT NOT NULL, text TEXT NOT NULL)"
    )
    database.execute("INSERT INTO outbox (key, conversation, text) VALUES ('k', 'garden', 'old')")
    database.commit()
    database.close()
    outbox = Outbox(path)

    assert outbox.unsent() == [UnsentMessage("k", "garden", "old")]
    assert outbox.unsent()[0].type == "message.send"
    outbox.close()
