"""Many clients that connect at once get what each would have got alone."""

from datetime import timedelta

from parlour.domain.access import TokenExpired
from parlour.domain.kernel.errors import Unauthenticated
from parlour.domain.logs import Cursor
from parlour.domain.sync import Connected, Snapshot, SnapshotRequest
from tests.support.world import OPERATOR, World


class TestConnect:
    def test_returns_the_identity_and_the_conversations(self, world: World) -> None:
        alice, bob = world.register("alice"), world.register("bob")
        room = world.direct(alice.user.id, bob.user.id)
        notes = world.direct(bob.user.id, bob.user.id)
        found = world.do.connect_clients([bob.access_token, alice.access_token, bob.access_token])

        assert all(isinstance(each, Connected) for each in found)
        assert [{room, notes}, {room}, {room, notes}] == [
            set(each.conversations) for each in found if isinstance(each, Connected)
        ]

    def test_refuses_each_bad_token_alone(self, world: World) -> None:
        alice, bob = world.register("alice"), world.register("bob")
        world.do.log_out_everywhere(OPERATOR, bob.user.id)
        found = world.do.connect_clients(["nobody's", bob.access_token, alice.access_token])

        assert isinstance(found[0], Unauthenticated)
        assert isinstance(found[1], Unauthenticated)
        assert isinstance(found[2], Connected)

    def test_says_that_a_token_has_expired(self, world: World) -> None:
        alice = world.register("alice")
        world.clock.advance(timedelta(hours=1))

        assert [TokenExpired] == [
            type(each) for each in world.do.connect_clients([alice.access_token])
        ]

    def test_of_bad_tokens_alone_queries_no_conversations(self, world: World) -> None:
        (found,) = world.do.connect_clients(["nobody's"])

        assert isinstance(found, Unauthenticated)


class TestTakeSnapshots:
    def test_gives_each_client_the_snapshot_that_it_would_get_alone(self, world: World) -> None:
        alice, bob, carol = world.people("alice", "bob", "carol")
        room = world.direct(alice, bob)
        group = world.group(alice, bob, carol)
        world.say(alice, room, "one", "two")
        world.say(carol, group, "hi @bob")
        world.read(bob, room, 1)
        beginning = Cursor(0)
        requests = [
            SnapshotRequest(alice),
            SnapshotRequest(bob),
            SnapshotRequest(carol, beginning),
            SnapshotRequest(bob, beginning),
        ]
        together = world.do.take_snapshots(requests)
        of_bob = together[1]

        assert together == [
            each for request in requests for each in world.do.take_snapshots([request])
        ]
        assert isinstance(of_bob, Snapshot)
        assert [1, 1] == [head.unread for head in of_bob.heads]
        assert [1, 0] == [head.mentions for head in of_bob.heads]
        assert {room, group} == of_bob.conversations.keys()

    def test_refuses_a_device_that_was_logged_out(self, world: World) -> None:
        alice, bob = world.register("alice"), world.register("bob")
        world.do.log_out_everywhere(OPERATOR, bob.user.id)
        grants = (alice, bob)
        requests = [SnapshotRequest(grant.user.id, None, grant.device) for grant in grants]

        assert [Snapshot, Unauthenticated] == [
            type(each) for each in world.do.take_snapshots(requests)
        ]
