"""The event store and the private log store: what happened, in the order of offsets."""

from typing import Any

import pytest

from parlour.domain.kernel.errors import AlreadyExists
from parlour.domain.kernel.transaction import UnitOfWork
from parlour.domain.logs import Event, PrivateEvent
from parlour.entrypoints.use_cases import Stores
from tests.support import builders as b

Uow = UnitOfWork[Stores]

MOST = 2**53 - 1
DATA: dict[str, Any] = {
    "nothing": None,
    "yes": True,
    "no": False,
    "number": MOST,
    "less": -MOST,
    "half": 0.5,
    "text": "é 👩‍🚀 \u2028 <b> \" ' \\ \n \t end ",
    "list": [1, "two", [], {}, None],
    "map": {"": "", "ключ": {"deep": [{"deeper": True}]}},
}


def keep(uow: Uow, *events: Event) -> None:
    uow(lambda stores: stores.events.add(events))


def after(uow: Uow, offset: int, limit: int = 100) -> list[int]:
    found = uow.read(lambda stores: stores.events.after(b.LOBBY, offset, limit))
    return [event.offset for event in found]


class TestEventStore:
    def test_returns_what_was_stored(self, uow: Uow) -> None:
        event = b.event(1, "member.added", seq=0, data=DATA)
        keep(uow, event)

        assert uow.read(lambda stores: stores.events.after(b.LOBBY, 0, 1)) == [event]
        assert uow.read(lambda stores: stores.events.last_until(b.LOBBY, 1)) == event

    def test_returns_events_after_an_offset_in_order(self, uow: Uow) -> None:
        keep(uow, b.event(5), b.event(1))
        keep(uow, b.event(2), b.event(9))

        assert [1, 2, 5, 9] == after(uow, 0)
        assert [5, 9] == after(uow, 2)
        assert [5, 9] == after(uow, 4)
        assert [] == after(uow, 9)

    def test_returns_at_most_the_limit(self, uow: Uow) -> None:
        keep(uow, *(b.event(offset) for offset in range(1, 11)))

        assert [3, 4, 5] == after(uow, 2, limit=3)
        assert [9, 10] == after(uow, 8, limit=3)

    def test_returns_the_last_event_until_an_offset(self, uow: Uow) -> None:
        keep(uow, b.event(2, seq=0), b.event(5, seq=2))

        def last(offset: int) -> Event | None:
            return uow.read(lambda stores: stores.events.last_until(b.LOBBY, offset))

        assert last(1) is None
        assert [b.event(2), b.event(2), b.event(5, seq=2)] == [last(2), last(4), last(5)]
        assert last(MOST) == b.event(5, seq=2)

    def test_separates_the_logs_of_conversations(self, uow: Uow) -> None:
        keep(uow, b.event(1), b.event(1, of=b.KITCHEN), b.event(2, of=b.KITCHEN))

        assert [1] == after(uow, 0)
        assert uow.read(lambda stores: stores.events.last_until(b.LOBBY, 2)) == b.event(1)

    def test_holds_the_largest_numbers(self, uow: Uow) -> None:
        event = b.event(MOST, seq=MOST)
        keep(uow, event)

        assert uow.read(lambda stores: stores.events.after(b.LOBBY, MOST - 1, 1)) == [event]

    def test_keeps_each_offset_once(self, uow: Uow) -> None:
        keep(uow, b.event(1), b.event(2))

        with pytest.raises(AlreadyExists):
            keep(uow, b.event(3), b.event(1, "conversation.renamed"))
        assert [1, 2] == after(uow, 0)

    def test_adds_nothing_for_no_events(self, uow: Uow) -> None:
        keep(uow)

        assert [] == after(uow, 0)


@pytest.fixture
def opened(uow: Uow) -> Uow:
    def work(stores: Stores) -> None:
        stores.private_logs.open(b.ALICE)
        stores.private_logs.open(b.BOB)

    uow(work)
    return uow


def note(uow: Uow, *events: PrivateEvent) -> None:
    def work(stores: Stores) -> None:
        stores.private_logs.lock({event.user for event in events})
        stores.private_logs.add(events)

    uow(work)


class TestPrivateLogStore:
    def test_starts_at_offset_0(self, opened: Uow) -> None:
        both = {b.ALICE: 0, b.BOB: 0}

        assert both == opened(lambda stores: dict(stores.private_logs.lock({b.ALICE, b.BOB})))
        assert both == opened.read(lambda stores: dict(stores.private_logs.heads([*both])))
        assert opened.read(lambda stores: stores.private_logs.after(b.ALICE, 0, 10)) == []

    def test_leaves_out_logs_that_do_not_exist(self, opened: Uow) -> None:
        some = {b.ALICE, b.CAROL}

        assert {b.ALICE: 0} == opened(lambda stores: dict(stores.private_logs.lock(some)))
        assert {b.ALICE: 0} == opened.read(lambda stores: dict(stores.private_logs.heads(some)))
        assert not opened(lambda stores: stores.private_logs.lock([]))
        assert not opened.read(lambda stores: stores.private_logs.heads([]))

    def test_returns_what_was_stored(self, opened: Uow) -> None:
        event = b.private(1, data=DATA)
        note(opened, event)

        assert opened.read(lambda stores: stores.private_logs.after(b.ALICE, 0, 1)) == [event]

    def test_moves_the_heads_of_the_logs_added_to(self, opened: Uow) -> None:
        note(opened, b.private(1), b.private(2), b.private(1, b.BOB))
        note(opened, b.private(3))
        both = [b.ALICE, b.BOB]

        heads = {b.ALICE: 3, b.BOB: 1}
        assert heads == opened.read(lambda stores: dict(stores.private_logs.heads(both)))
        assert heads == opened(lambda stores: dict(stores.private_logs.lock(both)))

    def test_returns_events_after_an_offset_in_order(self, opened: Uow) -> None:
        note(opened, *(b.private(offset) for offset in range(1, 6)), b.private(1, b.BOB))

        def after(offset: int, limit: int) -> list[int]:
            found = opened.read(lambda stores: stores.private_logs.after(b.ALICE, offset, limit))
            return [event.offset for event in found]

        assert [1, 2, 3, 4, 5] == after(0, 100)
        assert [3, 4] == after(2, 2)
        assert [] == after(5, 100)

    def test_adds_nothing_for_no_events(self, opened: Uow) -> None:
        note(opened)

        assert {b.ALICE: 0} == opened.read(
            lambda stores: dict(stores.private_logs.heads([b.ALICE]))
        )
