"""Two real nodes on MariaDB and Redis with two users, one on each."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import attrs
import pytest

from tests.support.addresses import Database, RedisSpace
from tests.support.http_client import HttpClient, HttpUser
from tests.support.nodes import Node, on_mysql
from tests.support.servers import RedisServer
from tests.support.socket_client import SHORT_TIMEOUT, TIMEOUT, SocketClient


@attrs.frozen
class Chat:
    """Two nodes, a user on each with a socket, and their conversation."""

    here: Node
    there: Node
    alice: HttpUser
    bob: HttpUser
    one: SocketClient
    other: SocketClient
    room: str


@pytest.fixture
def nodes(database: Database, redis_space: RedisSpace) -> Iterator[list[Node]]:
    """Two nodes that nobody disturbs."""
    yield from _running(database, redis_space)


@pytest.fixture
async def chat(nodes: list[Node]) -> AsyncIterator[Chat]:
    """Alice here and Bob there."""
    async for chat in _inhabited(nodes):
        yield chat


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


async def _inhabited(nodes: list[Node]) -> AsyncIterator[Chat]:
    here, there = nodes
    alice = await HttpClient(here.url).register("alice")
    bob = await HttpClient(there.url).register("bob")
    room = await alice.create_group("Tea", bob)
    one, other = await alice.connect(), await bob.connect()
    yield Chat(here, there, alice, bob, one, other, room)
    for client in (one, other):
        await client.close()


async def _sees_online(client: SocketClient, who: HttpUser) -> None:
    watch = {"type": "presence.watch", "users": [who.id]}
    async with asyncio.timeout(TIMEOUT):
        while (answer := await client.ask(watch))["type"] == "error":
            # Redis was away a moment ago: the node asks it again after a rest.
            assert (answer["code"], answer["temporary"]) == ("unavailable", True)
            await asyncio.sleep(0.1)
    (status,) = answer["states"]
    if status["state"] != "online":  # it may just be on its way
        await client.hears("presence", user=who.id, state="online")


async def _all_of(client: SocketClient, room: str, count: int) -> None:
    await client.until(lambda: len(client.texts(room)) == count)


class TestConversation:
    async def test_spans_two_nodes(self, chat: Chat) -> None:
        for number in range(40):
            speaker = (chat.one, chat.other)[number % 2]
            assert (await speaker.say(chat.room, str(number)))["seq"] == number + 1
        await chat.one.until(lambda: len(chat.one.texts(chat.room)) == 20)
        await chat.other.until(lambda: len(chat.other.texts(chat.room)) == 20)

        assert chat.one.texts(chat.room) == [str(number) for number in range(1, 40, 2)]
        assert chat.other.texts(chat.room) == [str(number) for number in range(0, 40, 2)]

    async def test_keeps_one_order_when_both_send_at_once(self, chat: Chat) -> None:
        laptop = await chat.alice.connect(chat.there.url)

        async def talk(client: SocketClient, name: str) -> None:
            for number in range(50):
                await client.say(chat.room, f"{name}{number}")

        await asyncio.gather(talk(chat.one, "a"), talk(chat.other, "b"))
        await laptop.until(lambda: len(laptop.texts(chat.room)) == 100, seconds=20)
        await laptop.close()
        seqs = [frame["seq"] for frame in laptop.heard("event", kind="message.posted")]

        assert seqs == list(range(1, 101))
        for client in (chat.one, chat.other):
            await _all_of(client, chat.room, 50)
            heard = set(client.texts(chat.room))
            assert client.texts(chat.room) == [
                text for text in laptop.texts(chat.room) if text in heard
            ]

    async def test_shows_receipts_presence_and_typing(self, chat: Chat) -> None:
        await _sees_online(chat.one, chat.bob)
        await chat.one.ask({"type": "focus", "conversation": chat.room})
        await chat.one.say(chat.room, "hi")
        await chat.other.hears("event", kind="message.posted")
        await chat.other.ask({"type": "read", "conversation": chat.room, "seq": 1})
        await chat.one.hears("receipt", user=chat.bob.id, read=1)
        await chat.other.send({"type": "typing", "conversation": chat.room, "on": True})
        await chat.one.hears("typing", user=chat.bob.id, on=True)
        await chat.other.ask({"type": "presence.set", "state": "away", "text": "lunch"})
        await chat.one.hears("presence", state="away", text="lunch")
        await chat.other.close()
        await chat.one.hears("presence", state="offline")

    async def test_ends_for_a_removed_member(self, chat: Chat) -> None:
        await chat.one.say(chat.room, "to both")
        await chat.other.hears("event", kind="message.posted")
        path = f"/v1/conversations/{chat.room}/members/{chat.bob.id}"
        await chat.alice.call("DELETE", path)
        await chat.one.say(chat.room, "a secret")
        await chat.other.hears("event", kind="member.removed")
        await chat.other.quiet()

        assert chat.other.texts(chat.room) == ["to both"]

    async def test_ends_for_a_device_that_is_logged_out_elsewhere(self, chat: Chat) -> None:
        laptop = await chat.bob.connect(chat.here.url)
        await chat.bob.at(chat.here.url).call("POST", "/v1/auth/logout")

        assert await chat.other.closed(seconds=SHORT_TIMEOUT) == (4504, "session_revoked")
        assert await laptop.closed(seconds=SHORT_TIMEOUT) == (4504, "session_revoked")


class TestNodeFailure:
    async def test_leaves_clients_of_the_other_node_working(self, chat: Chat) -> None:
        await chat.one.ask({"type": "presence.watch", "users": [chat.bob.id]})
        await chat.one.say(chat.room, "one")
        await chat.other.hears("event", kind="message.posted")
        cursor = chat.other.welcome["cursor"]
        chat.there.kill()
        await chat.one.say(chat.room, "two")
        back = await chat.bob.connect(chat.here.url, cursor=cursor)
        page = await back.ask({"type": "sync", "conversation": chat.room, "after": 2})
        await chat.one.say(chat.room, "three")
        await back.hears("event", kind="message.posted")

        assert [event["data"]["body"]["text"] for event in page["events"]] == ["two"]
        assert back.texts(chat.room) == ["three"]
        await back.close()
        await chat.one.hears("presence", user=chat.bob.id, state="offline")

    async def test_during_a_commit_leaves_no_event_undelivered(self, chat: Chat) -> None:
        """Whatever the dead node has committed, the other tells within the head check."""
        acknowledged: list[int] = []

        async def talk() -> None:
            while True:
                acknowledged.append((await chat.other.say(chat.room, "hi"))["seq"])

        talking = asyncio.create_task(talk())
        await chat.one.until(lambda: len(chat.one.texts(chat.room)) > 30)
        chat.there.kill()
        await asyncio.wait([talking])
        head = await chat.alice.head(chat.room)
        # Its last commit may come after this look: the database ends what it was told.
        await chat.one.until(lambda: len(chat.one.texts(chat.room)) >= head["seq"])
        seqs = [frame["seq"] for frame in chat.one.heard("event", kind="message.posted")]

        assert seqs == list(range(1, len(seqs) + 1))
        assert head["seq"] >= len(acknowledged)
        assert talking.exception() is not None


class TestRedisOutage:
    @pytest.fixture
    def nodes(self, database: Database, own_redis: RedisServer) -> Iterator[list[Node]]:
        """Two nodes whose Redis this test may stop."""
        yield from _running(database, own_redis.space())

    async def test_delays_events_and_loses_none(self, chat: Chat, own_redis: RedisServer) -> None:
        await chat.one.say(chat.room, "before")
        await chat.other.hears("event", kind="message.posted")
        own_redis.kill()
        await chat.one.say(chat.room, "without")
        await chat.other.until(lambda: "without" in chat.other.texts(chat.room))
        await chat.other.say(chat.room, "all the same")
        await chat.one.until(lambda: "all the same" in chat.one.texts(chat.room))
        own_redis.start()
        for number in range(5):
            await chat.one.say(chat.room, f"after {number}")
        await chat.other.until(lambda: "after 4" in chat.other.texts(chat.room))
        laptop = await chat.alice.connect(chat.there.url)
        await _sees_online(laptop, chat.bob)
        await laptop.close()

        texts = ["before", "without", *(f"after {number}" for number in range(5))]
        assert chat.other.texts(chat.room) == texts
        assert chat.one.is_open
        assert chat.other.is_open
