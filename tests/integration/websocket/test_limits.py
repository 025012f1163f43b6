"""Memory, queues, rates and frame sizes are bounded for each socket, user and conversation."""

import asyncio
import contextlib
import json
from time import monotonic
from typing import Any
from uuid import UUID

import attrs
import pytest
from websockets.exceptions import ConnectionClosed

from parlour.adapters.config.settings import LimitSettings, Websocket
from parlour.adapters.config.units import Size
from parlour.domain.kernel.ids import ConversationId
from parlour.domain.kernel.limits import Rate
from parlour.entrypoints.websocket import asgi_transport, direct_transport
from parlour.entrypoints.websocket.connection import Connection
from parlour.entrypoints.websocket.direct_transport import DirectTransport
from tests.support.concurrency import until
from tests.support.raw_socket import PING, TEXT, RawSocket, frame
from tests.support.shell import HeldWorkers
from tests.support.site import SETTINGS, Guest, Serve, Site
from tests.support.socket_client import message

KIB = 1024


def hello(guest: Guest) -> bytes:
    """Return the frame with which somebody says hello."""
    said = {"type": "hello", "id": 1, "v": 1, "token": guest.token}
    return frame(TEXT, json.dumps(said).encode())


def kept_for(connection: Connection) -> int:
    """Return how many bytes the service keeps for a socket."""
    link: Any = connection._transport
    if isinstance(link, DirectTransport):
        below = link.transport.get_write_buffer_size() + link._gathered
    else:
        below = link._waiting_bytes
    return connection._outbox._bytes + below


class TestSlowReaders:
    async def test_are_closed_and_delay_no_other_client(
        self, site: Site, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for module in (asgi_transport, direct_transport):
            monkeypatch.setattr(module, "CLOSE_TIMEOUT", 0.5)
        alice, bob, carol = (site.person(name) for name in ("alice", "bob", "carol"))
        room = alice.create_group("Tea", bob, carol)
        one, other = await alice.connect(), await carol.connect()
        async with RawSocket(site.port, receive_buffer=4 * KIB) as stalled:
            await stalled.upgrade()
            await stalled.send(hello(bob))
            await until(lambda: site.service.hub.sockets_of(bob.user))
            (connection,) = site.service.hub.sockets_of(bob.user)
            assert isinstance(connection, Connection)
            await until(lambda: connection.state.is_welcomed)
            most = sent = 0
            while connection.is_open:
                await one.say(room, "x" * 8_000)
                sent += 1
                most = max(most, kept_for(connection))
                assert sent < 1_000
            await other.until(lambda: len(other.texts(room)) == sent)
            await stalled.ends()

            assert 1_000 * KIB < most < 1_300 * KIB
            assert site.service.hub.sockets_of(bob.user) == ()

        async with RawSocket(site.port) as back:  # it comes back by its offsets
            await back.upgrade()
            await back.send(hello(bob))
            heard = await back.hear()
            assert heard is not None
            assert json.loads(heard.payload)["heads"][0]["seq"] == sent

    async def test_receive_the_close_code_when_they_read_again(self, site: Site) -> None:
        alice, bob = site.person("alice"), site.person("bob")
        room = alice.open_direct(bob)
        one = await alice.connect()
        async with RawSocket(site.port, receive_buffer=4 * KIB) as stalled:
            await stalled.upgrade()
            await stalled.send(hello(bob))
            await until(lambda: site.service.hub.sockets_of(bob.user))
            while site.service.hub.sockets_of(bob.user):
                await one.say(room, "x" * 8_000)

            assert await stalled.hear_close() == 4002

    async def test_of_any_number_use_bounded_memory(self, site: Site) -> None:
        alice = site.person("alice")
        guests = [site.person(f"guest{number}") for number in range(20)]
        room = alice.create_group("Tea", *guests)
        one, other = await alice.connect(), await guests[0].connect()
        stalled = [RawSocket(site.port, receive_buffer=4 * KIB) for _ in guests[1:]]
        for raw, guest in zip(stalled, guests[1:], strict=True):
            await raw.__aenter__()
            await raw.upgrade()
            await raw.send(hello(guest))
        await until(lambda: len(site.service.hub.sockets_in(ConversationId(UUID(room)))) == 21)
        kept, connections = 0, list(site.process.node.connections._open)
        while len(site.service.hub.sockets_in(ConversationId(UUID(room)))) > 2:
            await one.say(room, "x" * 8_000)
            kept = max(kept, sum(kept_for(each) for each in connections if each.is_open))
        await other.quiet()
        for raw in stalled:
            await raw.__aexit__(None, None, None)

        assert kept < 19 * 1_300 * KIB


class TestFloods:
    # ASGI servers answer pings by themselves and do not tell.
    @pytest.mark.parametrize("path", ["direct"], indirect=True)
    @pytest.mark.parametrize("reads", [True, False], ids=["read", "unread"])
    async def test_of_pings_close_the_socket(self, site: Site, alice: Guest, reads: bool) -> None:
        async with RawSocket(site.port, receive_buffer=4 * KIB) as raw:
            await raw.upgrade()
            await raw.send(hello(alice))
            await raw.hear()  # the welcome
            for _ in range(1_001):
                await raw.send(frame(PING, b"x" * 100))
                if reads:
                    await raw.hear()

            assert await raw.hear_close() == 4006
        await until(lambda: len(site.process.node.connections) == 0)

    async def test_that_continue_after_the_close_are_disconnected(
        self, site: Site, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for module in (asgi_transport, direct_transport):
            monkeypatch.setattr(module, "CLOSE_TIMEOUT", 600)
        async with RawSocket(site.port, receive_buffer=4 * KIB) as raw:
            await raw.upgrade()
            await until(lambda: len(site.process.node.connections) == 1)
            (connection,) = site.process.node.connections._open
            most, pings = 0, frame(PING, b"x" * 125) * 100
            with contextlib.suppress(ConnectionError):
                while True:
                    await raw.send(pings)
                    most = max(most, kept_for(connection))

        assert most < 400 * KIB

    async def test_of_requests_close_the_socket(self, serve: Serve) -> None:
        few = attrs.evolve(SETTINGS, limits=LimitSettings(requests=Rate(1, burst=5)))
        async with serve(few) as site:
            client = await site.person("alice").connect()
            with contextlib.suppress(ConnectionClosed):  # before the last of them is sent
                for number in range(1_100):
                    await client.send({"type": "conversations", "id": number})

            assert await client.closed() == (4006, "rate_limited")

    async def test_of_new_sockets_are_refused(self, serve: Serve) -> None:
        few = attrs.evolve(SETTINGS, limits=LimitSettings(connections=Rate(0.001, burst=2)))
        async with serve(few) as site:
            alice, bob = site.person("alice"), site.person("bob")
            await alice.connect()
            await alice.connect()
            third = await site.open_socket()
            await third.send({"type": "hello", "v": 1, "id": 1, "token": alice.token})

            assert await third.closed() == (4006, "rate_limited")
            await bob.connect()

    async def test_of_typing_signals_are_dropped(self, site: Site) -> None:
        alice, bob = site.person("alice"), site.person("bob")
        room = alice.open_direct(bob)
        one, other = await alice.connect(), await bob.connect()
        begun = monotonic()
        for number in range(200):
            await one.send({"type": "typing", "conversation": room, "on": number % 2 == 0})
        await one.quiet()
        took = monotonic() - begun
        await other.quiet()

        # Eight at once and two every second.
        assert 8 <= len(other.heard("typing")) <= 9 + 2 * took
        assert site.service.lanes.marks.batches == site.service.lanes.commands[0].batches == 0


class TestRates:
    async def test_of_a_user_are_answered_with_the_time_to_wait(self, serve: Serve) -> None:
        few = attrs.evolve(SETTINGS, limits=LimitSettings(messages=Rate(1, burst=5)))
        async with serve(few) as site:
            alice, bob = site.person("alice"), site.person("bob")
            room = alice.open_direct(bob)
            phone, laptop = await alice.connect(), await alice.connect()
            accepted = 0
            while (answer := await phone.say(room, "once more"))["type"] == "ok":
                accepted += 1
            refused = await laptop.say(room, "one too many")

            # Each device by the same bucket, which gains one every second.
            assert accepted >= 5
            assert answer["code"] == refused["code"] == "rate_limited"
            assert refused["temporary"]
            assert 0 < refused["retry_after_ms"] <= 1_000
            await (await bob.connect()).say(room, "somebody else")

            await asyncio.sleep(refused["retry_after_ms"] / 1_000)
            assert (await laptop.say(room, "in time"))["seq"] == accepted + 2

    async def test_of_a_conversation_are_shared_by_its_members(self, serve: Serve) -> None:
        few = attrs.evolve(SETTINGS, limits=LimitSettings(conversation_messages=Rate(1, burst=4)))
        async with serve(few) as site:
            alice, bob = site.person("alice"), site.person("bob")
            room, elsewhere = alice.open_direct(bob), alice.create_group("Tea")
            one, other = await alice.connect(), await bob.connect()
            said = 0
            while (answer := await (one, other)[said % 2].say(room, "hi"))["type"] == "ok":
                said += 1

            assert said >= 4
            assert answer["code"] == "rate_limited"
            assert (await one.say(elsewhere, "hi"))["type"] == "ok"

    async def test_of_a_conversation_are_not_consumed_by_non_members(self, serve: Serve) -> None:
        few = attrs.evolve(SETTINGS, limits=LimitSettings(conversation_messages=Rate(1, burst=4)))
        async with serve(few) as site:
            alice, mallory = site.person("alice"), site.person("mallory")
            room = alice.create_group("Tea")
            one, stranger = await alice.connect(), await mallory.connect()
            codes = [(await stranger.say(room, "hi"))["code"] for _ in range(10)]

            assert codes == ["not_found"] * 10
            assert (await one.say(room, "hi"))["type"] == "ok"

    async def test_of_requests_are_answered_with_the_time_to_wait(self, serve: Serve) -> None:
        few = attrs.evolve(SETTINGS, limits=LimitSettings(requests=Rate(1, burst=3)))
        async with serve(few) as site:
            client = await site.person("alice").connect()
            answers = [await client.ask({"type": "presence.set", "state": "busy"})]
            while answers[-1]["type"] == "ok":
                answers.append(await client.ask({"type": "presence.set", "state": "busy"}))

            assert len(answers) > 3
            assert answers[-1]["code"] == "rate_limited"
            assert 0 < answers[-1]["retry_after_ms"] <= 1_000


class TestInFlight:
    async def test_requests_are_bounded(self, site: Site) -> None:
        alice = site.person("alice")
        room = alice.create_group("Tea")
        client = await alice.connect()
        held = HeldWorkers()
        site.service.lanes.commands[0]._workers = held
        ids = [await client.begin(message(room, str(number))) for number in range(32)]
        refused = await client.ask(message(room, "one too many"))
        assert (refused["code"], refused["retry_after_ms"]) == ("rate_limited", 100)

        await held.close()
        assert [(await client.answer(id_))["seq"] for id_ in ids] == list(range(1, 33))

    async def test_commits_are_bounded(self, serve: Serve) -> None:
        few = attrs.evolve(SETTINGS, commits=attrs.evolve(SETTINGS.commits, queue=3))
        async with serve(few) as site:
            alice = site.person("alice")
            room = alice.create_group("Tea")
            client = await alice.connect()
            held = HeldWorkers()
            site.service.lanes.commands[0]._workers = held
            first = await client.begin(message(room, "under way"))
            await until(lambda: held.waiting)
            waiting = [await client.begin(message(room, str(number))) for number in range(3)]
            refused = await client.ask(message(room, "too much"))
            assert (refused["code"], refused["temporary"]) == ("overloaded", True)

            await held.close()
            seqs = [(await client.answer(id_))["seq"] for id_ in (first, *waiting)]
            assert seqs == [1, 2, 3, 4]


class TestFrames:
    async def test_are_as_long_as_configured(self, serve: Serve) -> None:
        wide = attrs.evolve(SETTINGS, websocket=Websocket(frame=Size(4 * KIB)))
        async with serve(wide) as site:
            client = await site.person("alice").connect()
            assert client.welcome["limits"]["frame"] == 4 * KIB
            await client.send(json.dumps({"type": "ping", "id": 0}).ljust(4 * KIB))
            await client.send(json.dumps({"type": "ping", "id": 0}).ljust(4 * KIB + 1))

            assert (await client.closed())[0] == 1009
