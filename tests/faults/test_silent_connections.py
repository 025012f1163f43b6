"""Connections that send nothing, or never finish a request, are closed in time."""

import asyncio
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
from websockets.exceptions import InvalidMessage

from tests.faults.conftest import Start
from tests.faults.test_resources import allow_descriptors
from tests.support.http_client import register_all
from tests.support.nodes import Node
from tests.support.socket_client import open_socket
from tests.support.stranger import ADDRESS

HEAD = b"POST /v1/auth/login HTTP/1.1\r\nHost: here\r\nContent-Type: application/json\r\n"

UNFINISHED = {
    "nothing": b"",
    "half a line": b"GET /v1/me HT",
    "half a head": b"GET /v1/me HTTP/1.1\r\nHost: he",
    "no body": HEAD + b"Content-Length: 20\r\n\r\n",
    "half a body": HEAD + b"Content-Length: 20\r\n\r\n{",
    "half a chunk": HEAD + b"Transfer-Encoding: chunked\r\n\r\n8\r\n{",
    "a body that nobody reads": b"GET / HTTP/1.1\r\nHost: here\r\nContent-Length: 20\r\n\r\n",
    "a second request that ends early": b"GET / HTTP/1.1\r\nHost: here\r\n\r\nGET / HT",
    "an upgrade without a hello": (
        b"GET /v1/ws HTTP/1.1\r\nHost: here\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    ),
}


@contextmanager
def connections(node: Node, number: int, sent: bytes = b"") -> Iterator[list[socket.socket]]:
    """Connect so many times from the address of strangers, and send the same over each."""
    with ExitStack() as held:
        made = [held.enter_context(socket.socket()) for _ in range(number)]
        for each in made:
            each.settimeout(30)
            each.bind((ADDRESS, 0))
            each.connect(("127.0.0.1", node.port))
            each.sendall(sent)
        yield made


def ends(peer: socket.socket) -> bool:
    """Read until the connection has ended."""
    try:
        while peer.recv(1 << 16):
            pass
    except ConnectionError:
        pass
    return True


async def test_what_is_never_finished_is_closed_after_the_time_out(start: Start) -> None:
    node = start({"SERVER__READ_TIMEOUT": "1s", "WEBSOCKET__HELLO_TIMEOUT": "1s"})
    with ExitStack() as held:
        peers = [
            peer
            for sent in UNFINISHED.values()
            for peer in held.enter_context(connections(node, 1, sent))
        ]
        began = time.monotonic()
        all_end = asyncio.gather(*(asyncio.to_thread(ends, each) for each in peers))

        assert all(await asyncio.wait_for(all_end, 20))
        assert time.monotonic() - began > 0.5
    assert "connections refused" in node.log


async def test_a_drip_of_bytes_does_not_keep_a_head_open(start: Start) -> None:
    node = start({"SERVER__READ_TIMEOUT": "1s"})
    with connections(node, 1) as (peer,):
        began = time.monotonic()
        for byte in HEAD * 10:
            try:
                await asyncio.to_thread(peer.sendall, bytes([byte]))
            except ConnectionError:
                break
            await asyncio.sleep(0.1)

        assert time.monotonic() - began < 20


async def test_silent_connections_of_one_address_leave_room_for_others(start: Start) -> None:
    """With 300 descriptors, one address holds no more than it may; another one gets in."""
    node = start({"LIMITS__CONNECTIONS_PER_ADDRESS": "50"})
    allow_descriptors(node, 300)
    with connections(node, 400):
        alice, bob = await register_all(node.url, "alice", "bob")
        room = await alice.open_direct(bob)
        steady = await alice.connect()

        assert (await steady.say(room, "still there"))["type"] == "ok"
        steady.abort()
    assert "too_many" in node.log


async def test_sockets_that_logged_in_are_not_counted(start: Start) -> None:
    node = start({"LIMITS__CONNECTIONS_PER_ADDRESS": "2"})
    (alice,) = await register_all(node.url, "alice")
    sockets = [await alice.connect() for _ in range(10)]

    assert all(each.is_open for each in sockets)
    for each in sockets:
        each.abort()


async def test_wrong_tokens_are_bounded_for_each_address(start: Start) -> None:
    """Whoever goes on guessing is turned away before another token is looked up."""
    node = start({"LIMITS__REFUSALS": "1/m burst 3"})
    for _ in range(4):
        guess = await open_socket(node.url)
        await guess.begin({"type": "hello", "v": 1, "token": "wrong"})
        assert await guess.closed() == (4501, "unauthenticated")

    with pytest.raises((OSError, InvalidMessage)):
        await open_socket(node.url)
    with connections(node, 1, UNFINISHED["a second request that ends early"]) as (other,):
        assert other.recv(12) == b"HTTP/1.1 200"
