"""Bugs that a chat service may have, to be put into a node by tests: the checker must see each.

Every plant replaces a part of a service in memory, where work runs on the event loop itself.
"""

import asyncio
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from itertools import count
from random import Random
from typing import Any, TypeVar
from uuid import UUID

import attrs

from domain.conversations import Tip
from domain.kernel.errors import DomainError, NotFound, Unavailable
from domain.kernel.ids import ConversationId, UserId
from domain.messages import Message, Outcome, SendContext, Where
from domain.sync import EventPage, Question
from entrypoints.shell.hub import Subscriber
from entrypoints.shell.lanes import encoding
from entrypoints.shell.service import Service
from entrypoints.shell.signals import NOBODY, Signal
from entrypoints.shell.tail import Tail

T = TypeVar("T")
OFTEN = 6
"""One commit of so many goes wrong where a bug needs that."""


def ack_before_commit(service: Service) -> None:
    """Senders are told before the commit, which now and then fails."""
    for lane in service.lanes.posts:
        settle, tell = lane._settle, lane._tell
        waiting: list[Any] = []

        async def _settle(batch: list[Any], settle: Any = settle, waiting: Any = waiting) -> None:
            waiting[:] = batch
            await settle(batch)

        def early(outcomes: Any, tell: Any = tell, waiting: Any = waiting) -> None:
            tell(waiting, outcomes)

        _patch(lane, _settle=_settle, _tell=lambda _batch, _outcomes: None)
        lane._commit = _hasty(service, early)


def publish_before_commit(service: Service) -> None:
    """Everybody is told before the commit, which now and then fails."""
    tell = service._posted
    for lane in service.lanes.posts:
        lane._commit = _hasty(service, tell)
        lane._committed = lambda _outcomes: None


def _hasty(service: Service, tell: Callable[[Any], None]) -> Any:
    """Post so that *tell* hears the outcomes first and one commit of some fails after that."""
    post: Any = service.use.post_messages
    turn = count(1)

    def uow(work: Callable[[Any], T], *, idempotent: bool = False) -> T:
        def hasty(stores: Any) -> T:
            outcomes = work(stores)
            tell(outcomes)
            if next(turn) % OFTEN == 0:
                raise Unavailable
            return outcomes

        result: T = post.uow(hasty, idempotent=idempotent)
        return result

    return attrs.evolve(post, uow=uow)


@attrs.define
class _Careless:
    """The stores, with other messages."""

    stores: Any
    messages: Any

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stores, name)


@attrs.define
class _StaleHeads:
    """Conversations that are read without a lock: now and then somebody was faster."""

    seen: dict[ConversationId, Tip]
    turn: Any

    def __call__(self, context: SendContext) -> SendContext:
        found = dict(context.tips)
        stale = {id_: self.seen.get(id_, each) for id_, each in found.items()}
        self.seen.update(found)
        return attrs.evolve(context, tips=stale if next(self.turn) % OFTEN == 0 else found)


def _forgotten_keys(context: SendContext) -> SendContext:
    return attrs.evolve(context, sent={})


@attrs.define
class _NoKeys:
    """Messages without unique keys, neither of their numbers nor of their sends."""

    store: Any
    spoil: Callable[[SendContext], SendContext]

    def lock_for(self, sends: Any) -> SendContext:
        return self.spoil(self.store.lock_for(sends))

    def add(self, messages: Sequence[Message]) -> None:
        for message in messages:
            identity = (message.conversation, message.sender, message.key)
            self.store._sent[identity] = message
            log = self.store._logs[message.conversation]
            self.store._journal.insert(log, message, lambda each: each.seq)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)


def _carelessly(service: Service, careless: Callable[[Any], _Careless]) -> None:
    post: Any = service.use.post_messages

    def uow(work: Callable[[Any], T], *, idempotent: bool = False) -> T:
        result: T = post.uow(lambda stores: work(careless(stores)), idempotent=idempotent)
        return result

    spoiled = attrs.evolve(post, uow=uow)
    for lane in service.lanes.posts:
        lane._commit = spoiled


def number_without_lock(service: Service) -> None:
    """The next number is the greatest plus one, and nobody holds the row meanwhile."""
    seen: dict[ConversationId, Tip] = {}
    turn = count(1)
    _carelessly(
        service,
        lambda stores: _Careless(stores, _NoKeys(stores.messages, _StaleHeads(seen, turn))),
    )


def no_dedupe(service: Service) -> None:
    """A key says nothing: every send is a message."""
    _carelessly(
        service,
        lambda stores: _Careless(stores, _NoKeys(stores.messages, _forgotten_keys)),
    )


def cursor_by_time(service: Service) -> None:
    """Catching up goes by the minute in which things happened."""
    real = service.use.read_logs

    def read_logs(questions: Sequence[Question]) -> list[EventPage | DomainError]:
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
    tell, turn = service.hub.tell, count(1)

    def forgetful(topic: str, signal: Signal) -> None:
        if next(turn) % OFTEN:
            tell(topic, signal)

    async def nothing() -> None:
        pass

    _patch(service.hub, tell=forgetful)
    _patch(service.follower, check=nothing, close_gaps=nothing)


def no_member_check(service: Service) -> None:
    """Whoever was removed goes on hearing."""
    hears_on: Any = lambda *_removal: None  # noqa: E731 - a part to put in
    _patch(service.hub, drop=hears_on, _take_out=hears_on)


def out_of_order(service: Service) -> None:
    """Signals go out as they come, and some come late."""
    tell, chance = service.hub.tell, Random(1)

    def later(topic: str, signal: Signal) -> None:
        asyncio.get_running_loop().call_later(chance.random() * 0.05, tell, topic, signal)

    _patch(service.hub, tell=later)
    _untailed(service)


def told_twice(service: Service) -> None:
    """Whatever is told is told again."""
    tell = service.hub.tell

    def twice(topic: str, signal: Signal) -> None:
        tell(topic, signal)
        tell(topic, signal)

    _patch(service.hub, tell=twice)
    _untailed(service)


def echo(service: Service) -> None:
    """The socket that sends hears the event of its own message."""
    push = service.hub._push
    _patch(service.hub, _push=lambda sockets, frame, _but: push(sockets, frame, NOBODY))


def marks_go_back(service: Service) -> None:
    """A read mark is where somebody says it is."""
    mark, chance = service.mark, Random(1)

    async def backward(asked: Any) -> int:
        return max(0, await mark(asked) - chance.randrange(3))

    _patch(service, mark=backward)


def late_replica(service: Service) -> None:
    """Pages are read where the newest messages are not yet."""
    real = service.use.page_history

    def page_history(
        actor: UserId, conversation: ConversationId, where: Where, limit: int | None = None
    ) -> Any:
        page = real(actor, conversation, where, limit)
        then = service.clock() - timedelta(seconds=0.4)
        known = tuple(each for each in page.messages if each.at < then)
        return attrs.evolve(page, messages=known)

    _replace(service, page_history=page_history)


def lost_update(service: Service) -> None:
    """Now and then a message that was acknowledged is overwritten by nothing."""
    tell, turn = service._posted, count(1)

    def forget(outcomes: Sequence[Outcome]) -> None:
        tell(outcomes)
        if next(turn) % OFTEN == 0:
            service.storage.uow(_forget_the_last)

    for lane in service.lanes.posts:
        lane._committed = forget


def _forget_the_last(stores: Any) -> None:
    for log in stores.messages._logs.values():
        if len(log) > 3:
            log.pop(-2)


def talkative_refusal(service: Service) -> None:
    """Whoever may not read a conversation is told what it is called."""
    real = service.use.page_history

    def page_history(
        actor: UserId, conversation: ConversationId, where: Where, limit: int | None = None
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
            for socket in tuple(service.hub._followed_by):
                socket.push(b'{"type":"trace","of":%s}' % frame)

    _patch(service.hub, _push=spill)


class _NoTail(Tail):
    """Passes everything on as it comes."""

    __slots__ = ()

    def offer(self, signal: Signal) -> list[Signal]:
        return [signal]


def _untailed(service: Service) -> None:
    settle = service.hub.settle

    def settled(*args: Any, **more: Any) -> None:
        for topic in service.hub.conversations.values():
            if not isinstance(topic.tail, _NoTail):
                topic.tail = _NoTail()
        settle(*args, **more)

    _patch(service.hub, settle=settled)


def _patch(target: Any, **parts: Any) -> None:
    for name, part in parts.items():
        setattr(target, name, part)


def _replace(service: Service, **deeds: Any) -> None:
    service.use = attrs.evolve(service.use, **deeds)


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
    )
}
