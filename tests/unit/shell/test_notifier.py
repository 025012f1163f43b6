"""The notifier gathers messages for a moment, but not mentions, and not when it is drained."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import attrs
import pytest

from parlour.domain.kernel.ids import UserId
from parlour.domain.logs import Changes
from parlour.domain.messages import ContentChange, Message
from parlour.domain.notifications import NotifyResult
from parlour.entrypoints.harness.virtual_time import VirtualTimeLoop
from parlour.entrypoints.shell.notifier import GATHER_TIMEOUT, MAX_IN_BATCH, Notifier
from parlour.entrypoints.shell.workers import InlineWorkers
from tests.support import builders as b
from tests.support.hub import Node

Users = tuple[UserId, ...]


class NotifierOnVirtualTime:
    """A notifier, and the batches that it handled; every message concerns somebody."""

    def __init__(self) -> None:
        self.loop = VirtualTimeLoop()
        self.looked: list[tuple[float, int]] = []
        self.notified: list[int | tuple[int, int]] = []
        self.withdrawn: list[tuple[int, UserId | None]] = []
        self.notifier = Notifier(
            Node().hub,
            InlineWorkers(),
            select=self.select,  # type: ignore[arg-type] # a use case is a callable
            notify=self.notify,  # type: ignore[arg-type]
            withdraw=self.withdraw,  # type: ignore[arg-type]
            publish=lambda _changes: None,
            failed=lambda _error: None,
        )
        self.running = self.loop.create_task(self.notifier.run())
        self.loop.settle()

    def select(self, messages: Sequence[Message]) -> list[Message]:
        self.looked.append((self.loop.time(), len(messages)))
        return list(messages)

    def notify(
        self,
        message: Message,
        *,
        watching: Mapping[Any, Any],
        after: Any,
        before: Message | None = None,
    ) -> NotifyResult:
        assert not watching
        assert after is None
        self.notified.append(message.seq if before is None else (message.seq, before.revision))
        return NotifyResult(Changes())

    def withdraw(self, before: Message, *, after: Any) -> NotifyResult:
        self.withdrawn.append((before.seq, after))
        return NotifyResult(Changes(), next=b.BOB if after is None else None)


@pytest.fixture
def notes() -> Iterator[NotifierOnVirtualTime]:
    """An idle notifier."""
    notes = NotifierOnVirtualTime()
    yield notes
    notes.running.cancel()
    notes.loop.end()


class TestNotifier:
    def test_handles_messages_of_the_same_moment_together(
        self, notes: NotifierOnVirtualTime
    ) -> None:
        notes.notifier.enqueue([b.message(1)])
        notes.loop.advance(GATHER_TIMEOUT / 2)
        notes.notifier.enqueue([b.message(2)])
        assert not notes.looked
        notes.loop.advance(GATHER_TIMEOUT)

        assert notes.looked == [(GATHER_TIMEOUT, 2)]
        assert notes.notified == [1, 2]

    def test_handles_a_mention_at_once(self, notes: NotifierOnVirtualTime) -> None:
        notes.notifier.enqueue([b.message(1)])
        notes.loop.settle()
        notes.notifier.enqueue([b.message(2, mentions=(b.BOB,))])
        notes.loop.settle()
        assert notes.looked == [(0, 2)]

        notes.notifier.enqueue([b.message(3)])
        notes.loop.settle()
        assert notes.looked == [(0, 2)]

    def test_tells_of_changes_in_order_and_of_those_that_mention_somebody_alone(
        self, notes: NotifierOnVirtualTime
    ) -> None:
        def change(seq: int, before: Users, after: Users) -> ContentChange:
            posted = b.message(seq, mentions=before)
            edited = attrs.evolve(b.message(seq, mentions=after), revision=2)
            return ContentChange(posted, edited)

        notes.notifier.enqueue([b.message(1)])
        notes.notifier.enqueue_changes([change(2, (), ())])
        notes.loop.settle()
        assert not notes.looked

        notes.notifier.enqueue_changes([change(3, (b.BOB,), ()), change(4, (), (b.BOB,))])
        notes.notifier.enqueue_changes([change(5, (b.BOB,), (b.CAROL,))])
        notes.loop.settle()

        assert notes.notified == [1, (4, 1), (5, 1)]
        assert notes.withdrawn == [(3, None), (3, b.BOB), (5, None), (5, b.BOB)]

    def test_needs_no_posted_message(self, notes: NotifierOnVirtualTime) -> None:
        mention = b.message(1, mentions=(b.BOB,))
        notes.notifier.enqueue_changes([ContentChange(mention, b.message(1))])
        notes.loop.settle()

        assert (notes.looked, notes.withdrawn) == ([], [(1, None), (1, b.BOB)])

    def test_handles_a_full_batch_at_once(self, notes: NotifierOnVirtualTime) -> None:
        notes.notifier.enqueue(b.message(seq) for seq in range(1, MAX_IN_BATCH + 2))
        notes.loop.settle()
        assert notes.looked == [(0, MAX_IN_BATCH)]

        notes.loop.advance(GATHER_TIMEOUT)
        assert notes.looked == [(0, MAX_IN_BATCH), (GATHER_TIMEOUT, 1)]

    def test_handles_everything_when_it_is_drained(self, notes: NotifierOnVirtualTime) -> None:
        notes.notifier.enqueue([b.message(1), b.message(2)])
        notes.loop.create_task(notes.notifier.drain())
        notes.loop.settle()

        assert notes.notified == [1, 2]
        assert notes.loop.time() == 0
