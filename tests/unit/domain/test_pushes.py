"""Push subscriptions, the key of the service, and the queue of pushes."""

from base64 import urlsafe_b64encode
from datetime import timedelta

import pytest

from parlour.domain.kernel.errors import Invalid, NotFound
from parlour.domain.kernel.ids import ConversationId, DeviceId, UserId
from parlour.domain.notifications import (
    MAX_SUBSCRIPTIONS,
    DeliveryStatus,
    Push,
    PushKeys,
    Subscription,
    SubscriptionId,
)
from parlour.domain.notifications.model import TooManySubscriptions
from tests.support import builders as b
from tests.support.world import World, new_world

KEYS = PushKeys(b"\x04" + bytes(64), bytes(16))


@pytest.fixture
def world() -> World:
    return new_world()


def subscribe(world: World, user: UserId, name: str = "") -> tuple[DeviceId, Subscription]:
    """Subscribe a new device of *user* to pushes."""
    device = b.device(DeviceId(b.next_id()), user)
    world.storage.uow(lambda stores: stores.devices.add(device))
    endpoint = f"https://push.example.org/{name or device.id}"
    return device.id, world.do.subscribe(user, device.id, endpoint, KEYS, preview=False)


class TestSubscriptions:
    def test_are_listed_while_their_device_is_logged_in(self, world: World) -> None:
        (alice,) = world.people("alice")
        _, kept = subscribe(world, alice)
        gone, _ = subscribe(world, alice)
        world.do.end_device(alice, gone)

        assert [kept] == world.do.list_subscriptions(alice)

    def test_are_limited_in_number(self, world: World) -> None:
        (alice,) = world.people("alice")
        for number in range(MAX_SUBSCRIPTIONS):
            subscribe(world, alice, f"browser{number}")
        subscribe(world, alice, "browser0")

        with pytest.raises(TooManySubscriptions):
            subscribe(world, alice, "one-more")

    def test_are_deleted_by_their_owner_only(self, world: World) -> None:
        alice, mallory = world.people("alice", "mallory")
        _, subscription = subscribe(world, alice)
        for user, id_ in [(mallory, subscription.id), (alice, SubscriptionId(b.next_id()))]:
            with pytest.raises(NotFound):
                world.do.unsubscribe(user, id_)
        world.do.unsubscribe(alice, subscription.id)

        assert [] == world.do.list_subscriptions(alice)

    def test_have_the_keys_of_a_browser(self) -> None:
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
    def test_refuse_keys_that_are_not_base64url(self, raw: str) -> None:
        with pytest.raises(Invalid):
            PushKeys.parse(raw, "AAAA")


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

    def test_contain_the_author(
        self, world: World, people: tuple[UserId, UserId, DeviceId, ConversationId]
    ) -> None:
        (found,) = world.do.take_pushes(9)

        assert ("Alice", None, "hi") == (found.author, found.title, found.message.content.excerpt)

    def test_are_dropped_where_the_message_was_read(
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
        world.do.notify(world.say(alice, room, "hi", mentions=[str(bob)]))
        world.remove_member(bob, room, bob)
        world.clock.advance(timedelta(seconds=3))

        assert [] == self.due(world)

    def test_wait_longer_each_time(
        self, world: World, people: tuple[UserId, UserId, DeviceId, ConversationId]
    ) -> None:
        (push,) = self.due(world)
        world.do.settle_pushes([(push, DeliveryStatus.LATER)])
        assert [] == self.due(world)
        world.clock.advance(timedelta(seconds=15))

        assert [2] == [each.tries for each in self.due(world)]

    @pytest.mark.parametrize(
        ("carried", "subscriptions"),
        [(DeliveryStatus.DONE, 1), (DeliveryStatus.REFUSED, 1), (DeliveryStatus.GONE, 0)],
    )
    def test_are_deleted_when_settled(
        self,
        world: World,
        people: tuple[UserId, UserId, DeviceId, ConversationId],
        carried: DeliveryStatus,
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

    def test_is_that_of_the_faster_node(self, world: World) -> None:
        def make() -> bytes:
            world.storage.uow(lambda stores: stores.service_keys.add("vapid", b"theirs"))
            return b"mine"

        assert b"theirs" == world.do.service_key("vapid", make)
