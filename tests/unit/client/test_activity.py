"""What the user sees: reported once, again after a failure, with the receipts that it shows."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import attrs

from parlour.entrypoints.client.activity import Activity
from parlour.entrypoints.client.connection import Connection
from parlour.entrypoints.client.errors import NoAnswer, Refused
from parlour.entrypoints.client.models import Frame
from parlour.entrypoints.client.reducer import apply
from parlour.entrypoints.client.state import State
from tests.support.chat_log import OTHER, START, WHERE, head, write
from tests.support.scripted_service import until

LOG = write(["reply", "reply"])
FOCUS = ("focus", {"conversation": WHERE})


@attrs.define
class Line(Connection):
    """A connection that notes requests, and fails where it is told to."""

    asked: list[tuple[str, Any]] = attrs.field(factory=list)
    trouble: dict[str, list[Exception]] = attrs.field(factory=dict)
    answered: Callable[[str], None] = lambda _kind: None

    @property
    def is_online(self) -> bool:
        return True

    async def request(self, type_: str, **fields: Any) -> Frame:
        self.asked.append((type_, fields))
        await asyncio.sleep(0)
        if waiting := self.trouble.get(type_):
            raise waiting.pop(0)
        self.answered(type_)
        return {"states": []}

    def count(self, kind: str) -> int:
        return sum(asked == kind for asked, _ in self.asked)


class Person:
    """A user who looks at conversations; `marks` are those that the service has of the other."""

    def __init__(self) -> None:
        self.line = Line()
        self.state: State = apply(START, {"type": "heads", "heads": [head(LOG, 2)]})
        self.marks = {"received": 0, "read": 0}
        self.activity = Activity(
            self.line,
            dispatch=self.dispatch,
            state=lambda: self.state,
            load_receipts=self.load_receipts,
            batch_delay=0.0,
            retry_delay=0.0,
        )

    def dispatch(self, frame: Frame) -> None:
        self.state = apply(self.state, frame)

    async def load_receipts(self, conversation: str) -> None:
        receipt = {"type": "receipt", "conversation": conversation, "user": OTHER, **self.marks}
        await asyncio.sleep(0)
        self.dispatch(receipt)

    @property
    def read_by_other(self) -> int:
        marks = self.state.conversations[WHERE].marks
        return marks[OTHER].read if OTHER in marks else 0


@asynccontextmanager
async def person() -> AsyncIterator[Person]:
    sitting = Person()
    running = asyncio.create_task(sitting.activity.run())
    try:
        yield sitting
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_receipts_that_moved_before_the_focus_was_known_are_shown() -> None:
    async with person() as alice:

        def read_meanwhile(kind: str) -> None:
            if kind == "focus":  # the push of it went to those who focused before
                alice.marks = {"received": 2, "read": 2}

        alice.line.answered = read_meanwhile
        alice.activity.focus(WHERE)

        await until(lambda: alice.read_by_other == 2)


async def test_receipts_are_loaded_again_where_pushes_were_lost() -> None:
    async with person() as alice:
        alice.activity.focus(WHERE)
        await until(lambda: FOCUS in alice.line.asked)
        alice.marks = {"received": 2, "read": 1}
        alice.activity.pushes_lost(WHERE)
        await until(lambda: alice.read_by_other == 1)

        alice.marks = {"received": 2, "read": 2}
        alice.activity.pushes_lost(None)
        await until(lambda: alice.read_by_other == 2)


async def test_a_focus_refused_before_the_membership_was_known_is_sent_after_the_resync() -> None:
    async with person() as alice:
        alice.line.trouble["focus"] = [Refused("not_found", "no")]
        alice.activity.focus(WHERE)
        await until(lambda: alice.line.count("focus") == 1)
        alice.activity.pushes_lost("elsewhere")
        alice.activity.pushes_lost(WHERE)

        await until(lambda: alice.line.count("focus") == 2)


async def test_a_mark_that_was_not_answered_in_time_is_sent_again_on_the_same_connection() -> None:
    async with person() as alice:
        alice.line.trouble["read"] = [NoAnswer("late"), Refused("busy", "no", temporary=True)]
        alice.activity.read(WHERE, 2)

        await until(lambda: alice.line.count("read") == 3)


async def test_a_mark_refused_for_good_does_not_hold_up_those_of_other_conversations() -> None:
    async with person() as alice:
        other = {**head(LOG, 2), "conversation": "elsewhere"}
        alice.dispatch({"type": "heads", "heads": [other]})
        alice.line.trouble["read"] = [Refused("not_found", "no")]
        alice.activity.read(WHERE, 2)
        alice.activity.read("elsewhere", 1)
        await until(lambda: alice.line.count("read") == 2)
        alice.activity.read("elsewhere", 2)
        await until(lambda: alice.line.count("read") == 3)

    asked = [fields["conversation"] for kind, fields in alice.line.asked if kind == "read"]
    assert asked == [WHERE, "elsewhere", "elsewhere"]
