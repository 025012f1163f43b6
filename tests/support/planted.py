"""Bugs that a chat service may have, to be put into a node by tests: the checker must see each.

Every plant replaces a part of a service in memory, where work runs on the event loop itself.
"""

import asyncio
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from itertools import count
from random import Random
from typing import Any
from uuid import UUID

import attrs

from parlour.domain.kernel.errors import DomainError, NotFound
from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.messages import PageWindow
from parlour.domain.sync import EventPage, LogQuery
from parlour.entrypoints.shell.lanes import encoding
from parlour.entrypoints.shell.service import Service
from parlour.entrypoints.shell.signals import NOBODY, Published, Signal
from parlour.entrypoints.shell.tail import Tail
from parlour.entrypoints.shell.topic import Subscriber
from tests.support.planted_changes import CHANGE_PLANTS
from tests.support.planted_commits import (
    OFTEN,
    ack_before_commit,
    lost_update,
    no_dedupe,
    number_without_lock,
    patch,
    publish_before_commit,
)


def cursor_by_time(service: Service) -> None:
    """Catching up goes by the minute in which things happened."""
    real = service.use.read_logs

    def read_logs(questions: Sequence[LogQuery]) -> list[EventPage | DomainError]:
        before = [attrs.evolve(each, after=max(0, each.after - 1), limit=1) for each in questions]
        return [
            _later(page, known) if asked.after else page
            for asked, page, known in zip(questions, real(questions), real(before), strict=True)
        ]

    service.lanes.logs._commit = encoding(read_logs)


def _later(page: EventPage | DomainError, known: EventPage | DomainError) -> Any:
    if isinstance(page, DomainError) or isinstance(known, DomainError) or not known.events:
        return page
    since = _minute(known.events[0].at)
    return attrs.evolve(
        page, events=tuple(each for each in page.events if _minute(each.at) > since)
    )


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def no_head_check(service: Service) -> None:
    """Some hints are lost, and nobody asks the database."""
    tell, turn = service.hub.publish, count(1)

    def forgetful(*announced: Published) -> None:
        tell(*(each for each in announced if next(turn) % OFTEN))

    async def nothing() -> None:
        pass

    patch(service.hub, publish=forgetful)
    patch(service.reconciler, check=nothing, close_gaps=nothing)


def no_member_check(service: Service) -> None:
    """Whoever was removed goes on hearing."""
    hears_on: Any = lambda *_removal: None  # noqa: E731 - a part to put in
    patch(service.hub, unsubscribe=hears_on, _remove_member=hears_on)


def out_of_order(service: Service) -> None:
    """Signals go out as they come, and some come late."""
    tell, chance = service.hub.publish, Random(1)

    def later(*announced: Published) -> None:
        for each in announced:
            asyncio.get_running_loop().call_later(chance.random() * 0.05, tell, each)

    patch(service.hub, publish=later)
    _untailed(service)


def told_twice(service: Service) -> None:
    """Whatever is told is told again."""
    tell = service.hub.publish

    def twice(*announced: Published) -> None:
        tell(*announced)
        tell(*announced)

    patch(service.hub, publish=twice)
    _untailed(service)


def echo(service: Service) -> None:
    """The socket that sends hears the event of its own message."""
    push = service.hub._push
    patch(service.hub, _push=lambda sockets, frame, _but: push(sockets, frame, NOBODY))


def marks_go_back(service: Service) -> None:
    """A read mark is where somebody says it is."""
    mark, chance = service.mark, Random(1)

    async def backward(asked: Any) -> int:
        return max(0, await mark(asked) - chance.randrange(3))

    patch(service, mark=backward)


def late_replica(service: Service) -> None:
    """Pages are read where the newest messages are not yet."""
    real = service.use.page_history

    def page_history(
        actor: UserId, conversation: ConversationId, where: PageWindow, limit: int | None = None
    ) -> Any:
        page = real(actor, conversation, where, limit)
        then = service.clock() - timedelta(seconds=0.4)
        known = tuple(each for each in page.messages if each.message.at < then)
        return attrs.evolve(page, messages=known)

    _replace(service, page_history=page_history)


def talkative_refusal(service: Service) -> None:
    """Whoever may not read a conversation is told what it is called."""
    real = service.use.page_history

    def page_history(
        actor: UserId, conversation: ConversationId, where: PageWindow, limit: int | None = None
    ) -> Any:
        try:
            return real(actor, conversation, where, limit)
        except NotFound as refusal:
            known = service.storage.uow.read(
                lambda stores: stores.conversations.find_many([conversation])
            )
            raise NotFound(f"You do not belong to {known}") from refusal

    _replace(service, page_history=page_history)


def wrong_wires(service: Service) -> None:
    """Now and then a frame goes to everybody, in a shape that clients pass over."""
    push, turn = service.hub._push, count(1)

    def spill(sockets: Collection[Subscriber], frame: bytes, but: UUID) -> None:
        push(sockets, frame, but)
        if next(turn) % OFTEN == 0:
            for socket in tuple(service.hub._subscriptions):
                socket.push(b'{"type":"trace","of":%s}' % frame)

    patch(service.hub, _push=spill)


class _NoTail(Tail):
    """Passes everything on as it comes."""

    __slots__ = ()

    def receive(self, signal: Signal) -> list[Signal]:
        return [signal]


def _untailed(service: Service) -> None:
    settle = service.hub.complete_subscription

    def settled(*args: Any, **more: Any) -> None:
        for topic in service.hub.conversations.values():
            if not isinstance(topic.tail, _NoTail):
                topic.tail = _NoTail()
        settle(*args, **more)

    patch(service.hub, complete_subscription=settled)


def _replace(service: Service, **use_cases: Any) -> None:
    service.use = attrs.evolve(service.use, **use_cases)


PLANTS: dict[str, Callable[[Service], None]] = {
    plant.__name__: plant
    for plant in (
        ack_before_commit,
        publish_before_commit,
        number_without_lock,
        no_dedupe,
        cursor_by_time,
        no_head_check,
        no_member_check,
        out_of_order,
        told_twice,
        echo,
        marks_go_back,
        late_replica,
        lost_update,
        talkative_refusal,
        wrong_wires,
        *CHANGE_PLANTS,
    )
}
