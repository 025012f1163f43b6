"""Bugs around the commit: what is told too early, numbered wrongly, written twice or lost."""

from collections.abc import Callable, Sequence
from itertools import count
from typing import Any, TypeVar

import attrs

from parlour.domain.conversations import LogPosition
from parlour.domain.kernel.errors import Unavailable
from parlour.domain.kernel.ids import ConversationId
from parlour.domain.messages import Committed, Message, SendContext
from parlour.entrypoints.shell.service import Service

T = TypeVar("T")


OFTEN = 6
"""One commit of so many goes wrong where a bug needs that."""


def ack_before_commit(service: Service) -> None:
    """Senders are told before the commit, which now and then fails."""
    for lane in service.lanes.commands:
        settle, tell = lane._commit_batch, lane._answer
        waiting: list[Any] = []

        async def _settle(batch: list[Any], settle: Any = settle, waiting: Any = waiting) -> None:
            waiting[:] = batch
            await settle(batch)

        def early(committed: Committed, tell: Any = tell, waiting: Any = waiting) -> None:
            tell(waiting, committed.outcomes)

        patch(lane, _commit_batch=_settle, _answer=lambda _batch, _outcomes: None)
        lane._commit = _hasty(service, early)


def publish_before_commit(service: Service) -> None:
    """Everybody is told before the commit, which now and then fails."""
    tell = service._committed
    for lane in service.lanes.commands:
        lane._commit = _hasty(service, tell)
        lane._committed = lambda _committed: None


def _hasty(service: Service, tell: Callable[[Any], None]) -> Any:
    """Commit so that *tell* hears the result first and one commit of some fails after that."""
    execute: Any = service.use.execute_commands
    turn = count(1)

    def uow(work: Callable[[Any], T], **options: Any) -> T:
        def hasty(stores: Any) -> T:
            committed = work(stores)
            tell(committed)
            if next(turn) % OFTEN == 0:
                raise Unavailable
            return committed

        result: T = execute.uow(hasty, **options)
        return result

    return attrs.evolve(execute, uow=uow)


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

    seen: dict[ConversationId, LogPosition]
    turn: Any

    def __call__(self, context: SendContext) -> SendContext:
        found = dict(context.positions)
        stale = {id_: self.seen.get(id_, each) for id_, each in found.items()}
        self.seen.update(found)
        return attrs.evolve(context, positions=stale if next(self.turn) % OFTEN == 0 else found)


def _forgotten_keys(context: SendContext) -> SendContext:
    return attrs.evolve(context, sent={})


@attrs.define
class _NoKeys:
    """Messages without unique keys, neither of their numbers nor of their sends."""

    store: Any
    spoil: Callable[[SendContext], SendContext]

    def lock_for(self, sends: Any, mentions: Any = None) -> SendContext:
        return self.spoil(self.store.lock_for(sends, mentions))

    def add(self, messages: Sequence[Message]) -> None:
        for message in messages:
            identity = (message.conversation, message.sender, message.key)
            self.store._sent[identity] = message
            log = self.store._logs[message.conversation]
            self.store._undo_log.insert(log, message, lambda each: each.seq)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)


def _carelessly(service: Service, careless: Callable[[Any], _Careless]) -> None:
    execute: Any = service.use.execute_commands

    def uow(work: Callable[[Any], T], **options: Any) -> T:
        result: T = execute.uow(lambda stores: work(careless(stores)), **options)
        return result

    spoiled = attrs.evolve(execute, uow=uow)
    for lane in service.lanes.commands:
        lane._commit = spoiled


def number_without_lock(service: Service) -> None:
    """The next number is the greatest plus one, and nobody holds the row meanwhile."""
    seen: dict[ConversationId, LogPosition] = {}
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


def lost_update(service: Service) -> None:
    """Now and then a message that was acknowledged is overwritten by nothing."""
    tell, turn = service._committed, count(1)

    def forget(committed: Committed) -> None:
        tell(committed)
        if next(turn) % OFTEN == 0:
            service.storage.uow(_forget_the_last)

    for lane in service.lanes.commands:
        lane._committed = forget


def _forget_the_last(stores: Any) -> None:
    for log in stores.messages._logs.values():
        if len(log) > 3:
            log.pop(-2)


def patch(target: Any, **parts: Any) -> None:
    """Replace parts of something."""
    for name, part in parts.items():
        getattr(target, name)  # a plant that replaces nothing would be no bug
        setattr(target, name, part)
