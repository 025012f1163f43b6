"""Two real nodes on MariaDB and Redis, and two people, one on each."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import attrs
import pytest

from tests.support.accounts import Account, register
from tests.support.addresses import Database, RedisSpace
from tests.support.nodes import Node, on_mysql
from tests.support.servers import RedisServer
from tests.support.talker import AT_ONCE, PATIENCE, Talker


@attrs.frozen
class House:
    """The nodes, the people, their sockets, and the conversation that they have."""

    here: Node
    there: Node
    alice: Account
    bob: Account
    one: Talker
    other: Talker
    room: str


@pytest.fixture
def nodes(database: Database, redis_space: RedisSpace) -> Iterator[list[Node]]:
    """Two nodes that nobody disturbs."""
    yield from _running(database, redis_space)


@pytest.fixture
async def house(nodes: list[Node]) -> AsyncIterator[House]:
    """Alice here and Bob there."""
    async for house in _inhabited(nodes):
        yield house


def _running(database: Database, space: RedisSpace) -> Iterator[list[Node]]:
    settings = {
        **on_mysql(database, space),
        "PRESENCE__LEASE": "6s",
        "WEBSOCKET__HEARTBEAT": "3s",
        "WEBSOCKET__HEARTBEAT_GRACE": "2s",
    }
    with ExitStack() as running, ThreadPoolExecutor(2) as threads:
        nodes = [Node(settings) for _ in range(2)]
        yield list(threads.map(running.enter_context, nodes))


async def _inhabited(nodes: list[Node]) -> AsyncIterator[House]:
    here, there = nodes
    alice, bob = await register(here.url, "alice"), await register(there.url, "bob")
    room = await alice.create_group(here.url, "Tea", bob)
    one, other = await alice.talker(here.url), await bob.talker(there.url)
    yield House(here, there, alice, bob, one, other, room)
    for talker in (one, other):
        await talker.close()


async def _sees_online(talker: Talker, who: Account) -> None:
    watch = {"type": "presence.watch", "users": [who.id]}
    async with asyncio.timeout(PATIENCE):
        while (answer := await talker.ask(watch))["type"] == "error":
            # Redis was away a moment ago: the node asks it again after a rest.
            assert (answer["code"], answer["temporary"]) == ("unavailable", True)
            await asyncio.sleep(0.1)
    (status,) = answer["states"]
    if status["state"] != "online":  # it may just be on its way
        await talker.hears("presence", user=who.id, state="online")


async def _all_of(talker: Talker, room: str, count: int) -> None:
    await talker.until(lambda: len(talker.texts(room)) == count)


class TestConversation:
    async def test_goes_on_between_two_nodes(self, house: House) -> None:
        for number in range(40):
            speaker = (house.one, house.other)[number % 2]
            assert (await speaker.say(house.room, str(number)))["seq"] == number + 1
        await house.one.until(lambda: len(house.one.texts(house.room)) == 20)
        await house.other.until(lambda: len(house.other.texts(house.room)) == 20)

        assert house.one.texts(house.room) == [str(number) for number in range(1, 40, 2)]
        assert house.other.texts(house.room) == [str(number) for number in range(0, 40, 2)]

    async def test_keeps_one_order_when_both_talk_at_once(self, house: House) -> None:
        laptop = await house.alice.talker(house.there.url)

        async def talk(talker: Talker, name: str) -> None:
            for number in range(50):
                await talker.say(house.room, f"{name}{number}")

        await asyncio.gather(talk(house.one, "a"), talk(house.other, "b"))
        await laptop.until(lambda: len(laptop.texts(house.room)) == 100, seconds=20)
        await laptop.close()
        seqs = [frame["seq"] for frame in laptop.heard("event", kind="message.posted")]

        assert seqs == list(range(1, 101))
        for talker in (house.one, house.other):
            await _all_of(talker, house.room, 50)
            heard = set(talker.texts(house.room))
            assert talker.texts(house.room) == [
                text for text in laptop.texts(house.room) if text in heard
            ]

    async def test_shows_receipts_presence_and_typing(self, house: House) -> None:
        await _sees_online(house.one, house.bob)
        await house.one.ask({"type": "focus", "conversation": house.room})
        await house.one.say(house.room, "hi")
        await house.other.hears("event", kind="message.posted")
        await house.other.ask({"type": "read", "conversation": house.room, "seq": 1})
        await house.one.hears("receipt", user=house.bob.id, read=1)
        await house.other.send({"type": "typing", "conversation": house.room, "on": True})
        await house.one.hears("typing", user=house.bob.id, on=True)
        await house.other.ask({"type": "presence.set", "state": "away", "text": "lunch"})
        await house.one.hears("presence", state="away", text="lunch")
        await house.other.close()
        await house.one.hears("presence", state="offline")

    async def test_ends_for_who_is_removed(self, house: House) -> None:
        await house.one.say(house.room, "to both")
        await house.other.hears("event", kind="message.posted")
        path = f"/v1/conversations/{house.room}/members/{house.bob.id}"
        await house.alice.ask(house.here.url, "DELETE", path)
        await house.one.say(house.room, "a secret")
        await house.other.hears("event", kind="member.removed")
        await house.other.quiet()

        assert house.other.texts(house.room) == ["to both"]

    async def test_ends_for_a_device_that_is_logged_out_elsewhere(self, house: House) -> None:
        laptop = await house.bob.talker(house.here.url)
        await house.bob.ask(house.here.url, "POST", "/v1/auth/logout")

        assert await house.other.closed(seconds=AT_ONCE) == (4504, "session_revoked")
        assert await laptop.closed(seconds=AT_ONCE) == (4504, "session_revoked")


class TestDeath:
    async def test_of_a_node_is_survived_on_the_other(self, house: House) -> None:
        await house.one.ask({"type": "presence.watch", "users": [house.bob.id]})
        await house.one.say(house.room, "one")
        await house.other.hears("event", kind="message.posted")
        cursor = house.other.welcome["cursor"]
        house.there.kill()
        await house.one.say(house.room, "two")
        back = await house.bob.talker(house.here.url, cursor=cursor)
        page = await back.ask({"type": "sync", "conversation": house.room, "after": 2})
        await house.one.say(house.room, "three")
        await back.hears("event", kind="message.posted")

        assert [event["data"]["body"]["text"] for event in page["events"]] == ["two"]
        assert back.texts(house.room) == ["three"]
        await back.close()
        await house.one.hears("presence", user=house.bob.id, state="offline")

    async def test_while_it_commits_leaves_nothing_unheard(self, house: House) -> None:
        """Whatever the dead node has committed, the other tells within the head check."""
        acknowledged: list[int] = []

        async def talk() -> None:
            while True:
                acknowledged.append((await house.other.say(house.room, "hi"))["seq"])

        talking = asyncio.create_task(talk())
        await house.one.until(lambda: len(house.one.texts(house.room)) > 30)
        house.there.kill()
        await asyncio.wait([talking])
        head = await house.alice.ask(house.here.url, "GET", f"/v1/conversations/{house.room}")
        # Its last commit may come after this look: the database ends what it was told.
        await house.one.until(lambda: len(house.one.texts(house.room)) >= head["seq"])
        seqs = [frame["seq"] for frame in house.one.heard("event", kind="message.posted")]

        assert seqs == list(range(1, len(seqs) + 1))
        assert head["seq"] >= len(acknowledged)
        assert talking.exception() is not None


class TestRedis:
    @pytest.fixture
    def nodes(self, database: Database, own_redis: RedisServer) -> Iterator[list[Node]]:
        """Two nodes whose Redis this test may stop."""
        yield from _running(database, own_redis.space())

    async def test_that_is_away_costs_time_and_nothing_else(
        self, house: House, own_redis: RedisServer
    ) -> None:
        await house.one.say(house.room, "before")
        await house.other.hears("event", kind="message.posted")
        own_redis.kill()
        await house.one.say(house.room, "without")
        await house.other.until(lambda: "without" in house.other.texts(house.room))
        await house.other.say(house.room, "all the same")
        await house.one.until(lambda: "all the same" in house.one.texts(house.room))
        own_redis.start()
        for number in range(5):
            await house.one.say(house.room, f"after {number}")
        await house.other.until(lambda: "after 4" in house.other.texts(house.room))
        laptop = await house.alice.talker(house.there.url)
        await _sees_online(laptop, house.bob)
        await laptop.close()

        texts = ["before", "without", *(f"after {number}" for number in range(5))]
        assert house.other.texts(house.room) == texts
        assert house.one.is_open
        assert house.other.is_open
