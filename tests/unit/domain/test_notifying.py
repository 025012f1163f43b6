"""Who is notified of a message, however often and by how many workers it is processed."""

from datetime import timedelta

import attrs
import pytest

from parlour.domain.kernel.errors import Invalid
from parlour.domain.kernel.ids import DeviceId, UserId
from parlour.domain.notifications import (
    LEASE,
    MAX_KEPT,
    MAX_MARKED,
    MAX_TOLD,
    MAX_TRIES,
    DeliveryStatus,
    Push,
    PushKeys,
    parse_endpoint,
    parse_key,
)
from tests.support import builders as b
from tests.support.world import World, new_world

KEYS = PushKeys(b"\x04" + bytes(64), bytes(16))


@pytest.fixture
def world() -> World:
    return new_world()


def subscribed(world: World, user: UserId) -> DeviceId:
    """Subscribe a device of *user* to pushes."""
    device = b.device(DeviceId(b.next_id()), user)
    world.storage.uow(lambda stores: stores.devices.add(device))
    endpoint = f"https://push.example.org/{device.id}"
    world.do.subscribe(user, device.id, endpoint, KEYS, preview=False)
    return device.id


def due(world: World, limit: int = 99) -> list[Push]:
    return [each.push for each in world.do.take_pushes(limit)]


class TestSelectMessages:
    def test_selects_mentions_and_direct_messages_to_subscribers(self, world: World) -> None:
        alice, bob, carol = world.people("alice", "bob", "carol")
        subscribed(world, bob)
        messages = [
            b.message(1, of=world.direct(alice, bob), by=alice),
            b.message(1, of=world.direct(alice, carol), by=alice),
            b.message(1, by=alice, mentions=(carol,)),
            b.message(2, by=alice, everyone=True),
            b.message(3, by=alice),
        ]

        assert {each.seq for each in world.do.select_messages(messages[2:])} == {1, 2}
        assert world.do.select_messages(messages[:2]) == messages[:1]

    def test_reads_nothing_where_pushes_are_off(self, world: World) -> None:
        mention, plain = b.message(1, mentions=(b.BOB,)), b.message(2)
        silent = attrs.evolve(world.do.select_messages, is_pushing=False)

        assert silent([mention, plain]) == [mention]
        assert world.do.select_messages([mention]) == [mention]


class TestNotify:
    def test_twice_notifies_once(self, world: World) -> None:
        alice, bob = world.people("alice", "bob")
        room = world.group(alice, bob)
        message = world.say(alice, room, "hi", mentions=[str(bob)])
        first, second = world.do.notify(message), world.do.notify(message)

        assert [event.kind for event in first.changes.private] == ["notification.added"]
        assert second.changes.private == ()
        assert len(world.do.list_notifications(bob).notifications) == 1

    def test_of_everybody_continues_until_all_are_notified(self, world: World) -> None:
        alice, *others = world.people(
            "alice", *(f"user{number}" for number in range(MAX_TOLD + 5))
        )
        room = world.group(alice, *others)
        message = world.say(alice, room, "hi", mentions=["all"])
        told, after = [], None
        while True:
            noted = world.do.notify(message, after=after)
            told += [event.user for event in noted.changes.private]
            after = noted.next
            if after is None:
                break

        assert sorted(told) == sorted(others)

    def test_keeps_a_bounded_number(self, world: World) -> None:
        alice, bob = world.people("alice", "bob")
        room = world.group(alice, bob)
        for _ in range(MAX_KEPT + 100):
            world.do.notify(world.say(alice, room, "hi", mentions=[str(bob)]))
        uow = world.storage.uow
        kept = uow.read(lambda stores: stores.notifications.page(bob, None, MAX_KEPT * 2))

        assert MAX_KEPT <= len(kept) <= MAX_KEPT + 32

    def test_pushes_nothing_to_users_who_have_the_conversation_open(self, world: World) -> None:
        alice, bob = world.people("alice", "bob")
        subscribed(world, bob)
        room = world.direct(alice, bob)
        message = world.say(alice, room, "hi")

        assert world.do.notify(message, watching={bob: [room]}).pushes == 0
        assert world.do.notify(message).pushes == 1

    def test_pushes_only_mentions_and_direct_messages(self, world: World) -> None:
        alice, bob, carol = world.people("alice", "bob", "carol")
        subscribed(world, bob)
        group = world.group(alice, bob)
        plain = world.say(alice, group, "hi")
        mention = world.say(alice, group, "hi", mentions=[str(bob)])
        pushed = world.say(alice, world.direct(alice, bob), "hi")
        unpushed = world.say(alice, world.direct(alice, carol), "hi")

        assert world.do.select_messages([plain, mention, pushed, unpushed]) == [mention, pushed]


class TestPushes:
    @pytest.fixture
    def push(self, world: World) -> Push:
        alice, bob = world.people("alice", "bob")
        subscribed(world, bob)
        world.do.notify(world.say(alice, world.direct(alice, bob), "hi"))
        assert due(world) == []
        world.clock.advance(timedelta(seconds=3))
        (push,) = due(world)
        return push

    def test_belong_to_one_worker_until_its_lease_expires(self, world: World, push: Push) -> None:
        assert due(world) == []
        world.clock.advance(LEASE)
        (again,) = due(world)
        assert (again.id, again.tries) == (push.id, 2)

    def test_are_dropped_after_the_last_try(self, world: World, push: Push) -> None:
        tries = 1
        while True:
            world.do.settle_pushes([(push, DeliveryStatus.LATER)])
            world.clock.advance(timedelta(days=1))
            found = due(world)
            if not found:
                break
            (push,), tries = found, tries + 1

        assert tries == MAX_TRIES

    @pytest.mark.parametrize(
        "carried", [DeliveryStatus.DONE, DeliveryStatus.REFUSED, DeliveryStatus.GONE]
    )
    def test_are_deleted_after_a_final_result(
        self, world: World, push: Push, carried: DeliveryStatus
    ) -> None:
        world.do.settle_pushes([(push, carried)])
        world.clock.advance(timedelta(days=1))

        assert due(world) == []
        left = world.do.list_subscriptions(push.user)
        assert bool(left) == (carried is not DeliveryStatus.GONE)


class TestParsing:
    def test_the_id_of_a_notification_is_its_conversation_and_number(self) -> None:
        assert parse_key(f"{b.LOBBY}/12") == (b.LOBBY, 12)
        for raw in ("", "12", f"{b.LOBBY}", f"{b.LOBBY}/", f"{b.LOBBY}/-1", f"{b.LOBBY}/٣", "x/1"):
            with pytest.raises(Invalid):
                parse_key(raw)

    def test_marks_are_bounded(self, world: World) -> None:
        keys = {(b.LOBBY, seq) for seq in range(MAX_MARKED + 1)}
        with pytest.raises(Invalid):
            world.do.mark_notifications(b.ALICE, keys)

    def test_plain_http_is_for_this_machine_only(self) -> None:
        assert parse_endpoint("http://127.0.0.1:9/x", allow_plain=True)
        for raw in ("http://127.0.0.1:9/x", "http://localhost.example.org/"):
            with pytest.raises(Invalid):
                parse_endpoint(raw, allow_plain="example" in raw)

    @pytest.mark.parametrize(
        ("p256dh", "auth"),
        [("B" + "A" * 86, "A" * 21), ("A" * 87, "A" * 22), ("é", "A" * 22), ("", "")],
    )
    def test_malformed_keys_are_refused(self, p256dh: str, auth: str) -> None:
        with pytest.raises(Invalid):
            PushKeys.parse(p256dh, auth)
