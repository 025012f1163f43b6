"""What the checker says of edits, recalls and reactions: each wrong one is named."""

from typing import Any

import pytest

from parlour.entrypoints.verify import Expectations, Record, judge
from tests.support.histories import LOBBY, Writer

ARGS = {"conversation": LOBBY}


class Story(Writer):
    """Alice and Bob; Alice says two things, edits the first and recalls the second."""

    def asks(self, client: str, f: str, *, seq: int, **fields: Any) -> None:
        """A client changes a message; everybody else receives the event."""
        self.offset += 1
        args = {**ARGS, "seq": seq, **{k: v for k, v in fields.items() if k in _ASKED}}
        result = {k: v for k, v in fields.items() if k not in _ASKED}
        place = {"socket": f"{client}/1", "frame": self.ops + 1, "offset": self.offset}
        self.does(client, f, args, {**place, **result})

    def sees(self, client: str, *, seq: int, by: str = "alice", **shows: Any) -> None:
        """A client receives an edit or a recall."""
        args = {**ARGS, "socket": f"{client}/1", "via": "live"}
        result = {"seq": seq, "offset": self.offset, "by": by, **shows}
        self.write(client, "ok", "changed", args, result)

    def reads_page(self, client: str, **changes: Any) -> None:
        """A client reads everything at the end; *changes* are of the first message."""
        first, second = (dict(each) for each in self.messages)
        first |= {"text": "better", "revision": 2, "reactions": {"👍": 2}, **changes}
        second |= {"text": None, "recalled": True}
        self.does(client, "page", {**ARGS, "final": True}, {"messages": [first, second]})

    def head(self, client: str, *, unread: int) -> None:
        """A client reads what is unread after nothing was read."""
        self.write(client, "ok", "head", ARGS, {"read": 0, "unread": unread})


_ASKED = {"text", "emoji", "on"}


def told() -> Story:
    """Return the story before anybody reads pages."""
    story = Story()
    for user in ("alice", "bob"):
        story.joins(user)
        story.connects(f"{user}-phone")
    for _ in range(2):
        story.says("alice-phone")
    story.asks("alice-phone", "edit", seq=1, text="better", revision=2)
    story.sees("bob-phone", seq=1, text="better", revision=2)
    story.asks("alice-phone", "recall", seq=2)
    story.sees("bob-phone", seq=2, text=None, recalled=True)
    for client in ("bob-phone", "alice-phone"):
        story.asks(client, "react", seq=1, emoji="👍", on=True, count=1)
    story.asks("alice-phone", "react", seq=1, emoji="🎉", on=True, count=1)
    story.asks("alice-phone", "react", seq=1, emoji="🎉", on=False, count=0)
    return story


def ended(story: Story, **changes: Any) -> list[Record]:
    """Return the story after everybody has read everything."""
    story.reads_page("alice-phone", **changes)
    story.reads_page("bob-phone", **changes)
    story.head("bob-phone", unread=1)
    return story.records


def broken(records: list[Record]) -> set[str]:
    """Return the properties that are violated."""
    return {fault.property for fault in judge(records, Expectations(sends=1, heal=9)).faults}


def test_a_story_without_a_fault_passes() -> None:
    assert broken(ended(told())) == set()


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"text": "other"}, "revision"),
        ({"revision": 3, "text": "nobody wrote this"}, "revision"),
        ({"revision": 1, "text": "text 1"}, "edit lost"),
        ({"reactions": {"👍": 3}}, "count"),
        ({"reactions": {"👍": 2, "🎉": 1}}, "count"),
        ({"reactions": {}}, "count"),
        ({"text": None, "recalled": True}, "recall"),
    ],
)
def test_a_page_that_is_wrong_at_the_end_is_named(changes: dict[str, Any], name: str) -> None:
    assert name in broken(ended(told(), **changes))


def test_two_texts_with_one_revision_are_named() -> None:
    story = told()
    story.asks("alice-phone", "edit", seq=1, text="again", revision=2)

    assert "revision" in broken(ended(story))


def test_a_revision_that_goes_back_is_named() -> None:
    story = told()
    story.asks("alice-phone", "edit", seq=1, text="best", revision=3)
    story.sees("bob-phone", seq=1, text="best", revision=3)
    story.offset += 1
    story.sees("bob-phone", seq=1, text="better", revision=2)

    assert "revision" in broken(ended(story, text="best", revision=3))


def test_an_edit_by_somebody_else_is_named() -> None:
    story = told()
    story.asks("bob-phone", "edit", seq=1, text="mine", revision=3)

    assert "forged" in broken(ended(story, text="mine", revision=3))

    story = told()
    story.offset += 1
    story.sees("bob-phone", seq=1, by="bob", text="better", revision=2)
    assert "forged" in broken(ended(story))


@pytest.mark.parametrize("via", ["live", "sync"])
def test_a_text_that_comes_after_its_recall_is_named(via: str) -> None:
    story = told()
    args = {**ARGS, "socket": "bob-phone/1", "via": via}
    asked = {"asked": story.now} if via == "sync" else {}
    story.write("bob-phone", "ok", "recv", {**args, **asked}, dict(story.messages[1]))

    assert "recall" in broken(ended(story))


def test_what_was_asked_for_before_the_recall_may_still_come() -> None:
    story = told()
    args = {**ARGS, "socket": "bob-phone/1", "via": "sync", "asked": 1}
    story.write("bob-phone", "ok", "recv", args, dict(story.messages[1]))

    assert broken(ended(story)) == set()


def test_a_reaction_of_unknown_outcome_may_count_or_not() -> None:
    for count in (1, 2):
        story = told()
        args = {**ARGS, "seq": 1, "emoji": "❤️", "on": True}
        story.write(
            "bob-phone",
            "info",
            "react",
            args,
            op=story.write("bob-phone", "invoke", "react", args),
        )
        story.asks("alice-phone", "react", seq=1, emoji="❤️", on=True, count=1)

        assert broken(ended(story, reactions={"👍": 2, "❤️": count})) == set()


def test_a_reaction_that_overtakes_the_edit_before_it_on_its_socket_is_named() -> None:
    story = told()
    edit, reaction = (
        next(
            each
            for each in story.records
            if each.f == f and each.kind == "ok" and each.user == "alice"
        ).result
        for f in ("edit", "react")
    )
    edit["offset"], reaction["offset"] = reaction["offset"], edit["offset"]

    assert "order" in broken(story.records)


@pytest.mark.parametrize("unread", [0, 2])
def test_a_wrong_count_of_unread_messages_is_named(unread: int) -> None:
    story = told()
    records = ended(story)
    story.head("bob-phone", unread=unread)

    assert "unread" in broken(records)
