"""Notifications, subscriptions, the outbox of pushes, and the keys of the service."""

from datetime import timedelta
from uuid import UUID

import attrs
import pytest

from parlour.domain.kernel.errors import AlreadyExists
from parlour.domain.kernel.ids import UserId
from parlour.domain.kernel.transaction import UnitOfWork
from parlour.domain.notifications import (
    Notification,
    Push,
    PushId,
    PushKeys,
    Reason,
    Subscription,
    SubscriptionId,
)
from parlour.entrypoints.use_cases import Stores
from tests.support import builders as b
from tests.support.fakes import START

Uow = UnitOfWork[Stores]


def notification(number: int, *, user: UserId = b.ALICE, seq: int | None = None) -> Notification:
    return Notification(
        user=user,
        conversation=b.LOBBY,
        seq=seq or number,
        number=number,
        by=b.BOB,
        reason=Reason.MENTION,
        excerpt="é 'x' \\ 50 % 😀",
        at=START,
    )


def subscription(
    number: int, *, user: UserId = b.ALICE, endpoint: str | None = None
) -> Subscription:
    return Subscription(
        id=SubscriptionId(UUID(int=number)),
        user=user,
        device=b.PHONE,
        endpoint=endpoint or f"https://push.example.org/{number}",
        keys=PushKeys(b"\x04" + b"\xff" * 64, bytes(range(16))),
        preview=number % 2 == 0,
        created_at=START,
    )


def push(number: int, *, due: int = 0) -> Push:
    return Push(
        id=PushId(UUID(int=number)),
        subscription=SubscriptionId(UUID(int=1)),
        user=b.ALICE,
        conversation=b.LOBBY,
        seq=number,
        reason=Reason.MESSAGE,
        tries=0,
        due_at=START + timedelta(seconds=due),
    )


class TestNotifications:
    @pytest.fixture
    def kept(self, uow: Uow) -> Uow:
        both = [notification(number) for number in (2, 1, 3)]
        uow(lambda stores: stores.notifications.add([*both, notification(1, user=b.BOB)]))
        return uow

    def test_are_listed_the_last_first_page_by_page(self, kept: Uow) -> None:
        def work(stores: Stores) -> list[list[Notification]]:
            page = stores.notifications.page
            return [page(b.ALICE, None, 2), page(b.ALICE, 2, 2), page(b.CAROL, None, 2)]

        assert kept.read(work) == [[notification(3), notification(2)], [notification(1)], []]

    def test_exist_once_for_each_message(self, kept: Uow) -> None:
        with pytest.raises(AlreadyExists):
            kept(lambda stores: stores.notifications.add([notification(9, seq=2)]))

    def test_are_found_by_message_and_by_user(self, kept: Uow) -> None:
        def work(stores: Stores) -> tuple[object, object]:
            return (
                stores.notifications.find(b.BOB, [(b.LOBBY, 1), (b.LOBBY, 2), (b.KITCHEN, 1)]),
                stores.notifications.known((b.LOBBY, 2), [b.ALICE, b.BOB, b.CAROL]),
            )

        assert kept.read(work) == ({(b.LOBBY, 1): notification(1, user=b.BOB)}, {b.ALICE})

    def test_are_marked_as_read(self, kept: Uow) -> None:
        missing = notification(7)
        kept(lambda stores: stores.notifications.mark([notification(2), missing]))

        page = kept.read(lambda stores: stores.notifications.page(b.ALICE, None, 9))
        assert [(each.number, each.read) for each in page] == [(3, False), (2, True), (1, False)]

    def test_are_taken_back_by_message_and_by_user(self, kept: Uow) -> None:
        kept(lambda stores: stores.notifications.remove((b.LOBBY, 2), [b.ALICE, b.BOB]))
        kept(lambda stores: stores.notifications.remove((b.KITCHEN, 1), [b.ALICE]))

        def work(stores: Stores) -> list[list[int]]:
            pages = [stores.notifications.page(user, None, 9) for user in (b.ALICE, b.BOB)]
            return [[each.seq for each in page] for page in pages]

        assert kept.read(work) == [[3, 1], [1]]
        kept(lambda stores: stores.notifications.add([notification(9, seq=2)]))
        assert kept.read(work) == [[2, 3, 1], [1]]

    def test_are_deleted_from_the_oldest_on(self, kept: Uow) -> None:
        kept(lambda stores: stores.notifications.trim(b.ALICE, 5))
        kept(lambda stores: stores.notifications.trim(b.ALICE, 2))
        kept(lambda stores: stores.notifications.trim(b.CAROL, 2))

        def work(stores: Stores) -> list[list[int]]:
            pages = [stores.notifications.page(user, None, 9) for user in (b.ALICE, b.BOB)]
            return [[each.number for each in page] for page in pages]

        assert kept.read(work) == [[3, 2], [1]]

    def test_are_unchanged_after_a_rollback(self, kept: Uow) -> None:
        def work(stores: Stores) -> None:
            stores.notifications.mark([notification(3)])
            stores.notifications.trim(b.ALICE, 1)
            stores.notifications.add([notification(4)])
            raise RuntimeError

        with pytest.raises(RuntimeError):
            kept(work)
        page = kept.read(lambda stores: stores.notifications.page(b.ALICE, None, 9))
        assert page == [notification(number) for number in (3, 2, 1)]


class TestSubscriptions:
    @pytest.fixture
    def kept(self, uow: Uow) -> Uow:
        def work(stores: Stores) -> None:
            for each in (subscription(1), subscription(2), subscription(3, user=b.BOB)):
                stores.subscriptions.put(each)

        uow(work)
        return uow

    def test_are_found_by_id_and_by_user(self, kept: Uow) -> None:
        def work(stores: Stores) -> tuple[list[Subscription], list[Subscription]]:
            ids = [SubscriptionId(UUID(int=number)) for number in (3, 1, 9)]
            return stores.subscriptions.find(ids), stores.subscriptions.of_users([b.ALICE])

        found, own = kept.read(work)
        assert found == [subscription(1), subscription(3, user=b.BOB)]
        assert own == [subscription(2), subscription(1)]

    def test_belong_to_the_user_who_subscribed_last(self, kept: Uow) -> None:
        taken = subscription(4, user=b.BOB, endpoint=subscription(1).endpoint)
        kept(lambda stores: stores.subscriptions.put(taken))

        def work(stores: Stores) -> list[list[Subscription]]:
            return [stores.subscriptions.of_users([user]) for user in (b.ALICE, b.BOB)]

        assert kept.read(work) == [[subscription(2)], [taken, subscription(3, user=b.BOB)]]

    def test_keep_the_longest_endpoint(self, uow: Uow) -> None:
        long = subscription(5, endpoint="https://push.example.org/" + "x" * 999)
        uow(lambda stores: stores.subscriptions.put(long))

        assert uow.read(lambda stores: stores.subscriptions.find([long.id])) == [long]

    def test_can_be_deleted(self, kept: Uow) -> None:
        gone = [subscription(1).id, SubscriptionId(UUID(int=77))]
        kept(lambda stores: stores.subscriptions.remove(gone))
        kept(lambda stores: stores.subscriptions.remove([]))

        own = kept.read(lambda stores: stores.subscriptions.of_users([b.ALICE]))
        assert own == [subscription(2)]


class TestOutbox:
    def test_returns_due_pushes_the_longest_due_first(self, uow: Uow) -> None:
        pushes = [push(1, due=2), push(2, due=1), push(3, due=3), push(4, due=1)]
        uow(lambda stores: stores.outbox.add(pushes))
        now = START + timedelta(seconds=2)

        assert uow(lambda stores: stores.outbox.due(now, 9)) == [pushes[1], pushes[3], pushes[0]]
        assert uow(lambda stores: stores.outbox.due(now, 1)) == [pushes[1]]
        assert uow(lambda stores: stores.outbox.due(START, 9)) == []

    def test_leases_and_deletes(self, uow: Uow) -> None:
        leased = attrs.evolve(push(1), tries=1, due_at=START + timedelta(minutes=1))

        def work(stores: Stores) -> None:
            stores.outbox.add([push(1), push(2)])
            stores.outbox.save([leased, push(8)])
            stores.outbox.remove([push(2).id, push(9).id])

        uow(work)

        assert uow(lambda stores: stores.outbox.due(START, 9)) == []
        assert uow(lambda stores: stores.outbox.due(leased.due_at, 9)) == [leased]


class TestKeys:
    def test_exist_once_for_each_name(self, uow: Uow) -> None:
        assert uow.read(lambda stores: stores.service_keys.find("vapid")) is None
        uow(lambda stores: stores.service_keys.add("vapid", b"\x00\xff" * 100))
        with pytest.raises(AlreadyExists):
            uow(lambda stores: stores.service_keys.add("vapid", b"another"))

        assert uow.read(lambda stores: stores.service_keys.find("vapid")) == b"\x00\xff" * 100
