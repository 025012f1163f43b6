"""Seeing one's notifications, subscribing browsers, and what becomes of pushes."""

from base64 import urlsafe_b64encode
from datetime import timedelta
from uuid import UUID

import pytest

from domain.conversations import Settings
from domain.kernel.errors import AlreadyExists, DomainError, Invalid, NotFound
from domain.kernel.ids import ConversationId, DeviceId, UserId
from domain.kernel.paging import pack_cursor
from domain.notifications import (
    MOST_MARKED,
    MOST_SUBSCRIPTIONS,
    Carried,
    NotificationPage,
    Notify,
    Push,
    PushKeys,
    Subscription,
    SubscriptionId,
    parse_key,
)
from domain.notifications.model import TooManySubscriptions
from tests.support import builders as b
from tests.support.world import World, new_world

KEYS = PushKeys(b"\x04" + bytes(64), bytes(16))


@pytest.fixture
def world() -> World:
    return new_world()


def subscribe(world: World, user: UserId, name: str = "") -> tuple[DeviceId, Subscription]:
    """Let a new device of *user* be pushed to."""
    device = b.device(DeviceId(b.next_id()), user)
    world.storage.uow(lambda stores: stores.devices.add(device))
    endpoint = f"https://push.example.org/{name or device.id}"
    return device.id, world.do.subscribe(user, device.id, endpoint, KEYS, preview=False)


def mention(world: World, by: UserId, of: UserId, room: ConversationId, times: int = 1) -> None:
    """Mention somebody and tell them."""
    for _ in range(times):
        world.do.notify(world.say(by, room, "hi", mentions=[str(of)]))


def numbers(page: NotificationPage) -> list[int]:
    return [each.seq for each in page.notifications]


class TestListNotifications:
    def test_goes_back_page_by_page(self, world: World) -> None:
        alice, bob = world.people("alice", "bob")
        mention(world, alice, bob, world.group(alice, bob), times=3)
        first = world.do.list_notifications(bob, limit=2)
        second = world.do.list_notifications(bob, limit=2, cursor=first.next)

        assert [[3, 2], [1]] == [numbers(first), numbers(second)]
        assert second.next is None

    def test_leaves_out_what_was_left(self, world: World) -> None:
        alice, bob = world.people("alice", "bob")
        room = world.group(alice, bob)
        mention(world, alice, bob, room)
        world.do.remove_member(bob, room, bob)

        assert [] == numbers(world.do.list_notifications(bob))

    def test_counts_as_read_what_the_mark_has_passed(self, world: World) -> None:
        alice, bob = world.people("alice", "bob")
        room = world.group(alice, bob)
        mention(world, alice, bob, room, times=2)
        world.read(bob, room, 1)

        assert [False, True] == [
            each.read for each in world.do.list_notifications(bob).notifications
        ]

    @pytest.mark.parametrize("cursor", ["nonsense", pack_cursor("-1"), pack_cursor("9" * 17)])
    def test_refuses_cursors_that_it_did_not_make(self, world: World, cursor: str) -> None:
        with pytest.raises(Invalid):
            world.do.list_notifications(b.ALICE, cursor=cursor)


class TestMarkNotifications:
    def test_by_name_tells_every_device_once(self, world: World) -> None:
        alice, bob = world.people("alice", "bob")
        room = world.group(alice, bob)
        mention(world, alice, bob, room, times=2)
        changes = world.do.mark_notifications(bob, [(room, 1), (room, 99)])
        again = world.do.mark_notifications(bob, [(room, 1)])

        assert [{"ids": [f"{room}/1"]}] == [event.data for event in changes.private]
        assert () == again.private

    def test_all_of_them(self, world: World) -> None:
        alice, bob = world.people("alice", "bob")
        mention(world, alice, bob, world.group(alice, bob), times=2)
        changes = world.do.mark_notifications(bob, "all")

        assert [{"all": True}] == [event.data for event in changes.private]
        assert all(each.read for each in world.do.list_notifications(bob).notifications)

    def test_names_only_so_many(self, world: World) -> None:
        keys = [(b.LOBBY, seq) for seq in range(MOST_MARKED + 1)]
        with pytest.raises(Invalid):
            world.do.mark_notifications(b.ALICE, keys)


class TestSubscriptions:
    def test_are_listed_while_their_device_is_logged_in(self, world: World) -> None:
        (alice,) = world.people("alice")
        _, kept = subscribe(world, alice)
        gone, _ = subscribe(world, alice)
        world.do.end_device(alice, gone)

        assert [kept] == world.do.list_subscriptions(alice)

    def test_are_so_many_and_no_more(self, world: World) -> None:
        (alice,) = world.people("alice")
        for number in range(MOST_SUBSCRIPTIONS):
            subscribe(world, alice, f"browser{number}")
        subscribe(world, alice, "browser0")

        with pytest.raises(TooManySubscriptions):
            subscribe(world, alice, "one-more")

    def test_end_when_asked_to_by_their_owner(self, world: World) -> None:
        alice, mallory = world.people("alice", "mallory")
        _, subscription = subscribe(world, alice)
        for user, id_ in [(mallory, subscription.id), (alice, SubscriptionId(b.next_id()))]:
            with pytest.raises(NotFound):
                world.do.unsubscribe(user, id_)
        world.do.unsubscribe(alice, subscription.id)

        assert [] == world.do.list_subscriptions(alice)

    def test_have_keys_that_a_browser_makes(self) -> None:
        point, secret = KEYS.p256dh, KEYS.auth

        assert KEYS == PushKeys.parse(
            urlsafe_b64encode(point).decode(), urlsafe_b64encode(secret).decode().rstrip("=")
        )

    @pytest.mark.parametrize(
        ("p256dh", "auth"),
        [
            (b"\x04" + bytes(63), bytes(16)),
            (b"\x02" + bytes(64), bytes(16)),
            (b"\x04" + bytes(64), bytes(15)),
            (bytes(200), bytes(16)),
        ],
        ids=["short point", "compressed point", "short secret", "long point"],
    )
    def test_refuse_other_keys(self, p256dh: bytes, auth: bytes) -> None:
        with pytest.raises(Invalid):
            PushKeys.parse(urlsafe_b64encode(p256dh).decode(), urlsafe_b64encode(auth).decode())

    @pytest.mark.parametrize("raw", ["é", "A"], ids=["not ASCII", "not base64"])
    def test_refuse_what_is_not_base64url(self, raw: str) -> None:
        with pytest.raises(Invalid):
            PushKeys.parse(raw, "AAAA")


class TestNotify:
    def test_passes_over_who_muted_the_conversation(self, world: World) -> None:
        alice, bob = world.people("alice", "bob")
        room = world.group(alice, bob)
        until = world.clock.now + timedelta(hours=1)
        world.do.change_settings(bob, room, Settings(muted_until=until, pinned=False))
        message = world.say(alice, room, "hi", mentions=[str(bob)])

        assert () == world.do.notify(message).changes.private

    def test_of_a_conversation_that_is_gone_tells_nobody(self, world: World) -> None:
        alice, bob = world.people("alice", "bob")
        message = world.say(alice, world.direct(alice, bob), "hi")
        elsewhere = b.message(message.seq, by=alice, of=ConversationId(b.next_id()))

        assert () == world.do.notify(elsewhere).changes.private

    def test_begins_again_where_another_node_was_faster(self, world: World) -> None:
        alice, bob = world.people("alice", "bob")
        message = world.say(alice, world.group(alice, bob), "hi", mentions=[str(bob)])
        uow = FasterElsewhere(world)
        notify = Notify(
            uow=uow,
            clock=world.clock,
            new_id=world.new_id,
            delay=timedelta(0),
            is_pushing=False,
        )

        assert 1 == len(notify(message).changes.private)
        assert 2 == uow.runs


class FasterElsewhere:
    """A unit of work that loses its first race."""

    def __init__(self, world: World) -> None:
        self.uow = world.storage.uow
        self.runs = 0

    def __call__(self, work, *, idempotent=False):  # type: ignore[no-untyped-def]
        self.runs += 1
        if self.runs == 1:
            raise AlreadyExists
        return self.uow(work, idempotent=idempotent)

    def read(self, work):  # type: ignore[no-untyped-def]
        return self.uow.read(work)


class TestPushes:
    @pytest.fixture
    def people(self, world: World) -> tuple[UserId, UserId, DeviceId, ConversationId]:
        """Alice wrote to Bob, who has a subscription; the push is due."""
        alice, bob = world.people("alice", "bob")
        device, _ = subscribe(world, bob)
        room = world.direct(alice, bob)
        world.do.notify(world.say(alice, room, "hi"))
        world.clock.advance(timedelta(seconds=3))
        return alice, bob, device, room

    def due(self, world: World) -> list[Push]:
        return [each.push for each in world.do.take_pushes(9)]

    def test_say_who_wrote(
        self, world: World, people: tuple[UserId, UserId, DeviceId, ConversationId]
    ) -> None:
        (found,) = world.do.take_pushes(9)

        assert ("Alice", None, "hi") == (found.author, found.title, found.message.content.excerpt)

    def test_are_dropped_where_it_was_read(
        self, world: World, people: tuple[UserId, UserId, DeviceId, ConversationId]
    ) -> None:
        _, bob, _, room = people
        world.read(bob, room, 1)

        assert [] == self.due(world)

    def test_are_dropped_with_their_device(
        self, world: World, people: tuple[UserId, UserId, DeviceId, ConversationId]
    ) -> None:
        _, bob, device, _ = people
        world.do.end_device(bob, device)

        assert [] == self.due(world)
        assert [] == world.do.list_subscriptions(bob)

    def test_are_dropped_where_their_user_has_left(self, world: World) -> None:
        alice, bob = world.people("alice", "bob")
        subscribe(world, bob)
        room = world.group(alice, bob)
        mention(world, alice, bob, room)
        world.do.remove_member(bob, room, bob)
        world.clock.advance(timedelta(seconds=3))

        assert [] == self.due(world)

    def test_wait_longer_each_time(
        self, world: World, people: tuple[UserId, UserId, DeviceId, ConversationId]
    ) -> None:
        (push,) = self.due(world)
        world.do.settle_pushes([(push, Carried.LATER)])
        assert [] == self.due(world)
        world.clock.advance(timedelta(seconds=15))

        assert [2] == [each.tries for each in self.due(world)]

    @pytest.mark.parametrize(
        ("carried", "subscriptions"),
        [(Carried.DONE, 1), (Carried.REFUSED, 1), (Carried.GONE, 0)],
    )
    def test_are_forgotten_when_settled(
        self,
        world: World,
        people: tuple[UserId, UserId, DeviceId, ConversationId],
        carried: Carried,
        subscriptions: int,
    ) -> None:
        (push,) = self.due(world)
        world.do.settle_pushes([(push, carried)])
        world.clock.advance(timedelta(days=1))

        assert [] == self.due(world)
        assert subscriptions == len(world.do.list_subscriptions(people[1]))


class TestServiceKey:
    def test_is_made_once(self, world: World) -> None:
        first = world.do.service_key("vapid", lambda: b"one")
        second = world.do.service_key("vapid", lambda: b"two")

        assert (b"one", b"one") == (first, second)

    def test_is_that_of_whoever_was_faster(self, world: World) -> None:
        def make() -> bytes:
            world.storage.uow(lambda stores: stores.service_keys.add("vapid", b"theirs"))
            return b"mine"

        assert b"theirs" == world.do.service_key("vapid", make)


class TestParseKey:
    @pytest.mark.parametrize("raw", ["", "x/1", f"{UUID(int=7)}/", f"{UUID(int=7)}/-1"])
    def test_refuses_what_names_no_notification(self, raw: str) -> None:
        with pytest.raises(DomainError):
            parse_key(raw)
