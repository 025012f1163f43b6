"""Catching up: whatever was missed is asked for, once, and the client is complete again."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import attrs
import pytest

from entrypoints.cli.chat.api import Api
from entrypoints.cli.chat.catchup import Catchup
from entrypoints.cli.chat.link import Link
from entrypoints.cli.chat.model import Person
from entrypoints.cli.chat.problems import NoAnswer, Refused
from entrypoints.cli.chat.store import State, apply
from entrypoints.cli.chat.tokens import LoggedOut
from tests.support.chat_log import AT, ME, WHERE, Frame, head, message_view, pushed, write
from tests.support.scripted_service import until


@attrs.define
class Service:
    """A service with one conversation; counts what it is asked and fails where it is told to."""

    log: list[Frame]
    private: list[Frame] = attrs.field(factory=list)
    asked: list[str] = attrs.field(factory=list)
    trouble: dict[str, list[Exception]] = attrs.field(factory=dict)
    up: bool = True
    reset: bool = False
    meanwhile: Callable[[], Awaitable[None]] | None = None
    """What happens once while the next request is on its way."""

    async def request(self, kind: str, **fields: Any) -> Frame:
        self.asked.append(kind)
        log, meanwhile, self.meanwhile = list(self.log), self.meanwhile, None
        if meanwhile is not None:
            await meanwhile()
        await asyncio.sleep(0)
        self._fail(kind)
        if kind == "sync.me":
            after = int(fields["cursor"])
            page = [event for event in self.private if event["offset"] > after][:2]
            last = page[-1]["offset"] if page else after
            more = last < (self.private[-1]["offset"] if self.private else 0)
            return {"events": page, "cursor": str(last), "more": more, "reset": False}
        if kind == "conversations":
            return {"heads": [head(self.log, len(self.log))]}
        assert kind == "sync"
        if self.reset:
            self.reset = False
            return {"events": [], "last": len(self.log), "more": False, "reset": True}
        events = log[fields["after"] :][:2]
        more = fields["after"] + 2 < len(log)
        return {"events": events, "last": len(log), "more": more, "reset": False}

    async def head(self, conversation: str) -> Any:
        assert conversation == WHERE
        self.asked.append("head")
        await asyncio.sleep(0)
        self._fail("head")
        return head(self.log, len(self.log))

    async def history(self, conversation: str) -> list[Any]:
        assert conversation == WHERE
        self.asked.append("history")
        await asyncio.sleep(0)
        return [message_view(event) for event in self.log if event["kind"] == "message.posted"]

    def _fail(self, kind: str) -> None:
        if waiting := self.trouble.get(kind):
            raise waiting.pop(0)


class ServiceLink(Link):
    """The line to the service."""

    def __init__(self, service: Service) -> None:
        self.service = service

    @property
    def is_online(self) -> bool:
        return self.service.up

    async def request(self, kind: str, **fields: Any) -> Frame:
        return await self.service.request(kind, **fields)


class ServiceApi(Api):
    """Its HTTP."""

    def __init__(self, service: Service) -> None:
        self.service = service

    async def head(self, conversation: str) -> Any:
        return await self.service.head(conversation)

    async def history(
        self, conversation: str, *, before: int | None = None, limit: int = 50
    ) -> list[Any]:
        return await self.service.history(conversation)


class Device:
    """A state and what keeps it complete, without waits."""

    def __init__(self, log: list[Frame], upto: int, *, is_loaded: bool = True) -> None:
        self.service = Service(log)
        self.state = State(me=Person(ME, "me", "Me"), cursor="0")
        self.catchup = Catchup(
            ServiceLink(self.service),
            ServiceApi(self.service),
            dispatch=self.dispatch,
            state=lambda: self.state,
            hold=0.01,
            pause=lambda _attempt: 0.0,
        )
        self.state = apply(self.state, {"type": "heads", "heads": [head(log, upto)]})
        if is_loaded:
            page: Frame = {"type": "page", "conversation": WHERE, "upto": upto}
            messages = [message_view(e) for e in log[:upto] if e["kind"] == "message.posted"]
            self.state = apply(self.state, {**page, "messages": messages})

    def dispatch(self, frame: Mapping[str, Any]) -> None:
        before = self.state
        self.state = apply(before, frame)
        self.catchup.follow(frame, before)

    async def rest(self) -> None:
        """Wait until nothing is being asked for."""
        await until(lambda: not self.catchup._jobs)

    @property
    def seqs(self) -> list[int]:
        return [event.seq for event in self.state.conversations[WHERE].events if event.seq]

    @property
    def asked(self) -> list[str]:
        return self.service.asked


LOG = write(["reply"] * 6)


async def test_a_hole_is_asked_for_page_by_page_until_it_is_closed() -> None:
    device = Device(LOG, 1)
    device.dispatch(pushed(LOG[5]))
    await until(lambda: device.seqs == [1, 2, 3, 4, 5, 6])

    assert set(device.asked) == {"sync"}


async def test_a_hole_that_closes_by_itself_costs_no_request() -> None:
    device = Device(LOG[:3], 1)
    device.dispatch(pushed(LOG[2]))
    device.dispatch(pushed(LOG[1]))
    await device.rest()

    assert device.seqs == [1, 2, 3]
    assert device.asked == []


async def test_a_hole_in_a_head_is_closed_by_the_head() -> None:
    device = Device(LOG, 1, is_loaded=False)
    device.dispatch(pushed(LOG[5]))
    await until(lambda: device.state.conversations[WHERE].head.seq == 6)

    assert device.asked == ["head"]


async def test_an_event_of_an_unknown_conversation_brings_its_head() -> None:
    device = Device(LOG, 6)
    device.state = State(me=device.state.me, cursor="0")
    device.dispatch(pushed(LOG[5]))

    await until(lambda: WHERE in device.state.conversations)


async def test_trouble_that_passes_is_tried_again() -> None:
    device = Device(LOG, 1)
    busy = Refused("overloaded", "busy", temporary=True)
    device.service.trouble["sync"] = [busy, NoAnswer("late"), busy]
    device.dispatch(pushed(LOG[5]))

    await until(lambda: device.seqs == [1, 2, 3, 4, 5, 6])


async def test_without_a_line_nothing_is_tried_and_the_next_welcome_asks_for_all() -> None:
    device = Device(LOG, 1)
    device.service.up = False
    device.service.trouble["sync"] = [NoAnswer("lost")]
    device.dispatch(pushed(LOG[5]))
    await until(lambda: device.asked == ["sync"])

    device.service.up = True
    device.dispatch({"type": "welcome", "cursor": "0", "heads": [], "more": False})
    await until(lambda: device.seqs == [1, 2, 3, 4, 5, 6])


async def test_what_is_no_longer_ones_own_is_left() -> None:
    device = Device(LOG, 1)
    device.service.trouble["sync"] = [Refused("not_found", "no")]
    device.dispatch(pushed(LOG[5]))

    await until(lambda: device.state.conversations[WHERE].left)


async def test_a_refusal_for_good_is_not_repeated() -> None:
    device = Device(LOG, 1)
    device.service.trouble["sync"] = [Refused("invalid", "no")] * 9
    device.dispatch(pushed(LOG[5]))
    await device.rest()

    assert device.asked == ["sync"]


async def test_the_end_of_the_session_is_left_to_the_line() -> None:
    device = Device(LOG, 1)
    device.service.trouble["sync"] = [LoggedOut()]
    device.dispatch(pushed(LOG[5]))
    await device.rest()

    assert device.asked == ["sync"]


async def test_after_a_reset_the_newest_page_takes_the_place_of_the_log() -> None:
    device = Device(LOG, 1)
    device.service.reset = True
    device.dispatch(pushed(LOG[5]))
    await until(lambda: device.seqs == [1, 2, 3, 4, 5, 6])

    assert device.asked == ["sync", "head", "history"]


@pytest.mark.parametrize("reason", [{"conversation": WHERE}, {}])
async def test_a_resync_compares_with_the_log(reason: Frame) -> None:
    device = Device(LOG, 2)
    device.dispatch({"type": "resync", "reason": "gap", **reason})

    await until(lambda: device.seqs == [1, 2, 3, 4, 5, 6])


async def test_a_head_push_of_a_large_conversation_brings_what_it_tells_of() -> None:
    device = Device(LOG, 2)
    device.dispatch({"type": "head", "conversation": WHERE, "seq": 6, "offset": 6})
    await until(lambda: device.seqs == [1, 2, 3, 4, 5, 6])

    unread = Device(LOG, 2, is_loaded=False)
    unread.dispatch({"type": "head", "conversation": WHERE, "seq": 6, "offset": 6})
    await until(lambda: unread.state.conversations[WHERE].head.seq == 6)


async def test_a_welcome_brings_everything_since_the_cursor() -> None:
    device = Device(LOG, 2)
    moved: Frame = {"kind": "read.moved", "at": AT}
    device.service.private = [
        {**moved, "offset": n, "data": {"conversation": WHERE, "seq": n}} for n in range(1, 6)
    ]
    device.dispatch({"type": "welcome", "cursor": "0", "heads": [], "more": True})
    await until(lambda: device.seqs == [1, 2, 3, 4, 5, 6])

    assert device.state.cursor == "5"
    assert device.state.conversations[WHERE].head.read == 5


async def test_a_private_event_after_a_hole_brings_its_elders() -> None:
    device = Device(LOG, 6)
    moved: Frame = {"kind": "read.moved", "at": AT}
    device.service.private = [
        {**moved, "offset": n, "data": {"conversation": WHERE, "seq": n}} for n in range(1, 6)
    ]
    device.dispatch({"type": "event.me", **device.service.private[4]})

    await until(lambda: device.state.private_offset == 5)
    assert device.state.conversations[WHERE].head.read == 5


async def test_joining_brings_the_head() -> None:
    device = Device(LOG, 6)
    device.state = State(me=device.state.me, cursor="0")
    joined: Frame = {"offset": 1, "kind": "conversation.joined", "at": AT}
    device.service.private = [{**joined, "data": {"conversation": WHERE}}]
    device.dispatch({"type": "event.me", **device.service.private[0]})

    await until(lambda: WHERE in device.state.conversations)


async def test_a_hole_that_opens_while_another_is_closed_is_closed_too() -> None:
    device = Device(LOG[:1], 1)
    device.service.log = list(LOG[:3])

    async def more_is_said() -> None:
        device.service.log = list(LOG)
        device.dispatch(pushed(LOG[5]))

    device.service.meanwhile = more_is_said
    device.dispatch(pushed(LOG[2]))

    await until(lambda: device.seqs == [1, 2, 3, 4, 5, 6])


async def test_a_new_line_ends_what_an_old_one_began() -> None:
    device = Device(LOG, 6)
    for_ever = asyncio.Event()
    welcome: Frame = {"type": "welcome", "cursor": "0", "heads": [], "more": False}

    async def never_answered() -> None:
        await for_ever.wait()

    device.service.meanwhile = never_answered
    device.dispatch(welcome)
    await until(lambda: device.asked == ["sync.me"])
    device.dispatch(welcome)
    await until(lambda: device.asked == ["sync.me", "sync.me", "sync"])
    for_ever.set()
    await device.rest()
    await asyncio.sleep(0)

    assert device.asked == ["sync.me", "sync.me", "sync"]


async def test_stopping_ends_every_job() -> None:
    device = Device(LOG, 1)
    device.dispatch(pushed(LOG[5]))
    await device.catchup.stop()

    assert device.asked == []
    assert not device.catchup._jobs
