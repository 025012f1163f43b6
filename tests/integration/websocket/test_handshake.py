"""Opening a socket: origin, handshake, subprotocol, hello, and the number of sockets of a user."""

import asyncio

import attrs
import pytest
from websockets.exceptions import InvalidStatus

from parlour.adapters.config.settings import Websocket
from tests.support.concurrency import until
from tests.support.site import QUICK, SETTINGS, Guest, Serve, Site
from tests.support.socket_client import open_socket

UPGRADE = (
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
)


async def handshake(site: Site, line: str, *headers: str, host: str = "here") -> bytes:
    """Send one request and hang up; return the head of the answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
    body = "hello" if "Content-Length: 5" in headers else ""
    body = "0\r\n\r\n" if "Transfer-Encoding: chunked" in headers else body
    writer.write("\r\n".join([line, f"Host: {host}", *headers, "", body]).encode())
    try:
        return await reader.readuntil(b"\r\n\r\n")
    finally:
        writer.close()


class TestOrigin:
    @pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
    async def test_of_the_own_page_is_accepted(self, site: Site, name: str) -> None:
        own = f"http://{name}:{site.port}"
        client = await open_socket(own, origin=own)

        assert (await client.ask({"type": "ping"}))["type"] == "pong"
        await client.close()

    @pytest.mark.parametrize(
        "origin",
        [
            "null",
            "https://evil.example",
            "http://127.0.0.1",
            "http://127.0.0.1:1",
            "https://127.0.0.1:{port}",
            "http://127.0.0.1:{port}.evil.example",
            "http://localhost:{port}",
        ],
    )
    async def test_of_another_page_is_refused(self, site: Site, origin: str) -> None:
        with pytest.raises(InvalidStatus) as refusal:
            await open_socket(site.url, origin=origin.format(port=site.port))

        assert refusal.value.response.status_code == 403
        await until(lambda: len(site.process.node.connections) == 0)

    async def test_of_a_foreign_name_that_resolves_here_is_refused(self, site: Site) -> None:
        """DNS rebinding: the page and the service have the same name, and it is not ours."""
        name = f"evil.example:{site.port}"
        origin = f"Origin: http://{name}"
        answer = await handshake(site, "GET /v1/ws HTTP/1.1", *UPGRADE, origin, host=name)

        assert answer.startswith(b"HTTP/1.1 403 ")

    async def test_that_is_listed_is_accepted(self, serve: Serve) -> None:
        server = attrs.evolve(SETTINGS.server, origins=("https://app.example",))
        async with serve(attrs.evolve(SETTINGS, server=server)) as site:
            client = await site.open_socket(origin="https://app.example")

            assert (await client.ask({"type": "ping"}))["type"] == "pong"


class TestHandshake:
    @pytest.mark.parametrize("target", ["/v1/ws", "/v1/ws/", "/v1/ws?from=here", "/v1/%77s"])
    async def test_opens_a_socket_at_its_address(self, site: Site, target: str) -> None:
        answer = await handshake(site, f"GET {target} HTTP/1.1", *UPGRADE)

        assert answer.startswith(b"HTTP/1.1 101 ")
        assert b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n" in answer
        await until(lambda: len(site.process.node.connections) == 0)

    @pytest.mark.parametrize(
        ("line", "wrong", "status"),
        [
            ("GET /v1/nothing HTTP/1.1", "", 403),
            ("GET /v1/conversations HTTP/1.1", "", 403),
            ("POST /v1/ws HTTP/1.1", "", 405),
            ("GET /v1/ws HTTP/1.1", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", 400),
            ("GET /v1/ws HTTP/1.1", "Sec-WebSocket-Version: 8", 400),
            ("GET /v1/ws HTTP/1.1", "Host: evil.example", 400),
            ("GET /v1/ws HTTP/1.1", "Content-Length: 5", 400),
            ("GET /v1/ws HTTP/1.1", "Transfer-Encoding: chunked", 400),
            ("GET /v1/ws HTTP/1.1", "Origin: https://evil.example", 403),
        ],
    )
    async def test_that_is_malformed_is_refused_with_a_reason(
        self, site: Site, line: str, wrong: str, status: int
    ) -> None:
        answer = await handshake(site, line, *UPGRADE, *filter(None, [wrong]))

        assert answer.startswith(b"HTTP/1.1 %d " % status)
        assert site.service.meters.opened == 0

    async def test_of_another_version_is_told_the_right_one(self, site: Site) -> None:
        """RFC 6455, section 4.4."""
        others = [each.replace("13", "8") for each in UPGRADE]
        answer = await handshake(site, "GET /v1/ws HTTP/1.1", *others)

        assert answer.startswith(b"HTTP/1.1 426 ")
        assert b"Sec-WebSocket-Version: 13\r\n" in answer
        assert site.service.meters.opened == 0

    async def test_without_a_host_opens_nothing(self, site: Site) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
        writer.write("\r\n".join(["GET /v1/ws HTTP/1.1", *UPGRADE, "", ""]).encode())

        assert (await reader.readline()).startswith(b"HTTP/1.1 400 ")
        assert site.service.meters.opened == 0
        writer.close()

    async def test_without_the_upgrade_is_refused(self, site: Site) -> None:
        """RFC 9110, section 15.5.22: the answer names what to ask for."""
        answer = (await handshake(site, "GET /v1/ws HTTP/1.1")).lower()

        assert answer.startswith(b"http/1.1 426 ")
        assert b"\r\nupgrade: websocket\r\n" in answer
        assert b"\r\nconnection: upgrade\r\n" in answer
        assert b"\r\nsec-websocket-version: 13\r\n" in answer

    async def test_may_follow_other_requests(self, site: Site) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
        writer.write(b"GET /v1/ws HTTP/1.1\r\nHost: here\r\n\r\n")
        head = await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(int(head.split(b"content-length: ")[1].split(b"\r\n")[0]))
        writer.write("\r\n".join(["GET /v1/ws HTTP/1.1", "Host: x", *UPGRADE, "", ""]).encode())

        assert (await reader.readline()).startswith(b"HTTP/1.1 101 ")
        writer.close()


class TestSubprotocol:
    async def test_is_negotiated(self, site: Site) -> None:
        client = await site.open_socket(subprotocols=("other.v2", "parlour.v1"))

        assert client.socket.subprotocol == "parlour.v1"

    async def test_that_is_unknown_ends_the_socket(self, site: Site) -> None:
        client = await site.open_socket(subprotocols=("parlour.v2",))

        assert await client.closed() == (4503, "version_unsupported")

    async def test_may_be_left_out(self, site: Site, alice: Guest) -> None:
        client = await site.open_socket(subprotocols=())

        assert (await client.hello(alice.token))["type"] == "welcome"


class TestHello:
    async def test_of_another_version_ends_the_socket(self, site: Site, alice: Guest) -> None:
        client = await site.open_socket()
        await client.send({"type": "hello", "id": 1, "v": 2, "token": alice.token})

        assert await client.closed() == (4503, "version_unsupported")

    @pytest.mark.parametrize("token", ["nobody's", "refresh", "x" * 256])
    async def test_without_a_valid_token_ends_the_socket(
        self, site: Site, alice: Guest, token: str
    ) -> None:
        client = await site.open_socket()
        token = alice.grant.refresh_token if token == "refresh" else token
        await client.send({"type": "hello", "id": 1, "v": 1, "token": token})

        assert await client.closed() == (4501, "unauthenticated")

    async def test_of_a_device_that_ended_ends_the_socket(self, site: Site, alice: Guest) -> None:
        site.service.disconnect(site.service.use.end_device(alice.user, alice.grant.device))
        client = await site.open_socket()
        await client.send({"type": "hello", "id": 1, "v": 1, "token": alice.token})

        assert await client.closed() == (4501, "unauthenticated")

    async def test_has_a_time_out(self, serve: Serve) -> None:
        async with serve(QUICK) as site:
            client = await site.open_socket()

            assert await client.closed() == (4506, "hello_timeout")

    async def test_with_an_unknown_cursor_returns_a_full_snapshot(
        self, site: Site, alice: Guest
    ) -> None:
        room = alice.create_group("Tea")
        for cursor in ("nonsense", "x" * 512, "MQ", "-1", "MQoy"):
            client = await alice.connect(cursor=cursor)

            assert [head["conversation"] for head in client.welcome["heads"]] == [room]


class TestManySockets:
    async def test_of_one_user_are_bounded(self, serve: Serve) -> None:
        few = attrs.evolve(SETTINGS, websocket=Websocket(sockets_per_user=2))
        async with serve(few) as site:
            alice, bob = site.person("alice"), site.person("bob")
            first = await alice.connect()
            await alice.connect()
            third = await site.open_socket()
            await third.send({"type": "hello", "id": 1, "v": 1, "token": alice.token})
            assert await third.closed() == (4505, "too_many_connections")

            await bob.connect()
            await first.close()
            await until(lambda: len(site.service.hub.sockets_of(alice.user)) == 1)
            await alice.connect()

    async def test_that_open_at_once_are_bounded_too(self, serve: Serve) -> None:
        few = attrs.evolve(SETTINGS, websocket=Websocket(sockets_per_user=3))
        async with serve(few) as site:
            alice = site.person("alice")
            clients = [await site.open_socket() for _ in range(10)]
            for client in clients:
                await client.send({"type": "hello", "id": 1, "v": 1, "token": alice.token})
            await until(lambda: [each.is_open for each in clients].count(True) == 3)

            assert len(site.service.hub.sockets_of(alice.user)) == 3
