"""Who gets in, for how long, and what the socket says when it is over."""

import asyncio
import json
from datetime import timedelta

import attrs
import pytest
from websockets.exceptions import InvalidStatus

from adapters.config.settings import Websocket
from adapters.system import SystemClock
from domain.access import Grant, Password
from tests.support.raw import TEXT, RawSocket, frame
from tests.support.site import PASSWORD, SETTINGS, Guest, Site, serving
from tests.support.talker import dial
from tests.support.waiting import until

QUICK = attrs.evolve(
    SETTINGS,
    websocket=Websocket(
        hello_timeout=timedelta(seconds=1),
        heartbeat=timedelta(seconds=1),
        heartbeat_grace=timedelta(seconds=1),
    ),
)
"""The shortest times that may be configured."""


UPGRADE = (
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
)


async def knock(site: Site, line: str, *headers: str) -> bytes:
    """Send one request and hang up; return the head of the answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
    writer.write("\r\n".join([line, "Host: here", *headers, "", ""]).encode())
    try:
        return await reader.readuntil(b"\r\n\r\n")
    finally:
        writer.close()


@pytest.fixture
def alice(site: Site) -> Guest:
    """Somebody."""
    return site.person("alice")


class TestOrigin:
    @pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
    async def test_of_the_own_page_gets_in(self, site: Site, name: str) -> None:
        own = f"http://{name}:{site.port}"
        talker = await dial(own, origin=own)

        assert (await talker.ask({"type": "ping"}))["type"] == "pong"
        await talker.close()

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
    async def test_of_another_page_gets_no_socket(self, site: Site, origin: str) -> None:
        with pytest.raises(InvalidStatus) as refusal:
            await dial(site.url, origin=origin.format(port=site.port))

        assert refusal.value.response.status_code == 403
        await until(lambda: len(site.process.connections) == 0)

    async def test_of_a_name_pointed_here_gets_no_socket(self, site: Site) -> None:
        """DNS rebinding: the page and the service have the same name, and it is not ours."""
        name = f"evil.example:{site.port}"
        with pytest.raises(InvalidStatus) as refusal:
            await dial(site.url, origin=f"http://{name}", headers={"Host": name})

        assert refusal.value.response.status_code == 403

    async def test_that_is_listed_gets_in(self) -> None:
        server = attrs.evolve(SETTINGS.server, origins=("https://app.example",))
        async with serving(attrs.evolve(SETTINGS, server=server)) as site:
            talker = await site.dial(origin="https://app.example")

            assert (await talker.ask({"type": "ping"}))["type"] == "pong"


class TestHandshake:
    @pytest.mark.parametrize("path", ["/v1/ws", "/v1/ws/", "/v1/ws?from=here"])
    async def test_opens_a_socket_at_its_address(self, site: Site, path: str) -> None:
        answer = await knock(site, f"GET {path} HTTP/1.1", *UPGRADE)

        assert answer.startswith(b"HTTP/1.1 101 ")
        assert b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n" in answer
        await until(lambda: len(site.process.connections) == 0)

    @pytest.mark.parametrize(
        ("line", "wrong", "status"),
        [
            ("GET /v1/nothing HTTP/1.1", "", 403),
            ("GET /v1/conversations HTTP/1.1", "", 403),
            ("GET /v1/%77s HTTP/1.1", "", 403),
            ("POST /v1/ws HTTP/1.1", "", 405),
            ("GET /v1/ws HTTP/1.1", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", 400),
            ("GET /v1/ws HTTP/1.1", "Sec-WebSocket-Version: 8", 400),
            ("GET /v1/ws HTTP/1.1", "Host: evil.example", 403),
            ("GET /v1/ws HTTP/1.1", "Origin: https://evil.example", 403),
        ],
    )
    async def test_that_is_doubtful_is_told_so_and_opens_nothing(
        self, site: Site, line: str, wrong: str, status: int
    ) -> None:
        answer = await knock(site, line, *UPGRADE, *filter(None, [wrong]))

        assert answer.startswith(b"HTTP/1.1 %d " % status)
        assert site.service.meters.opened == 0

    async def test_that_lacks_the_upgrade_opens_nothing(self, site: Site) -> None:
        assert (await knock(site, "GET /v1/ws HTTP/1.1")).startswith(b"HTTP/1.1 405 ")

    async def test_may_follow_other_requests(self, site: Site) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
        writer.write(b"GET /v1/ws HTTP/1.1\r\nHost: here\r\n\r\n")
        head = await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(int(head.split(b"content-length: ")[1].split(b"\r\n")[0]))
        writer.write("\r\n".join(["GET /v1/ws HTTP/1.1", "Host: x", *UPGRADE, "", ""]).encode())

        assert (await reader.readline()).startswith(b"HTTP/1.1 101 ")
        writer.close()


class TestSubprotocol:
    async def test_is_agreed_on(self, site: Site) -> None:
        talker = await site.dial(subprotocols=("other.v2", "parlour.v1"))

        assert talker._socket.subprotocol == "parlour.v1"

    async def test_that_is_unknown_ends_the_socket(self, site: Site) -> None:
        talker = await site.dial(subprotocols=("parlour.v2",))

        assert await talker.closed() == (4503, "version_unsupported")

    async def test_may_be_left_out(self, site: Site, alice: Guest) -> None:
        talker = await site.dial(subprotocols=())

        assert (await talker.hello(alice.token))["type"] == "welcome"


class TestHello:
    async def test_of_another_version_ends_the_socket(self, site: Site, alice: Guest) -> None:
        talker = await site.dial()
        await talker.send({"type": "hello", "id": 1, "v": 2, "token": alice.token})

        assert await talker.closed() == (4503, "version_unsupported")

    @pytest.mark.parametrize("token", ["nobody's", "refresh", "x" * 256])
    async def test_of_a_stranger_ends_the_socket(
        self, site: Site, alice: Guest, token: str
    ) -> None:
        talker = await site.dial()
        token = alice.grant.refresh_token if token == "refresh" else token
        await talker.send({"type": "hello", "id": 1, "v": 1, "token": token})

        assert await talker.closed() == (4501, "unauthenticated")

    async def test_of_a_device_that_ended_ends_the_socket(self, site: Site, alice: Guest) -> None:
        site.service.end(site.service.use.end_device(alice.user, alice.grant.device))
        talker = await site.dial()
        await talker.send({"type": "hello", "id": 1, "v": 1, "token": alice.token})

        assert await talker.closed() == (4501, "unauthenticated")

    async def test_is_waited_for_with_patience(self) -> None:
        async with serving(QUICK) as site:
            talker = await site.dial()

            assert await talker.closed() == (4506, "hello_timeout")

    async def test_with_a_cursor_that_was_never_ours_begins_afresh(
        self, site: Site, alice: Guest
    ) -> None:
        room = alice.create_group("Tea")
        for cursor in ("nonsense", "x" * 512, "MQ", "-1", "MQoy"):
            talker = await alice.talker(cursor=cursor)

            assert [head["conversation"] for head in talker.welcome["heads"]] == [room]


class TestManySockets:
    async def test_of_one_user_are_bounded(self) -> None:
        few = attrs.evolve(SETTINGS, websocket=Websocket(sockets_per_user=2))
        async with serving(few) as site:
            alice, bob = site.person("alice"), site.person("bob")
            first = await alice.talker()
            await alice.talker()
            third = await site.dial()
            await third.send({"type": "hello", "id": 1, "v": 1, "token": alice.token})
            assert await third.closed() == (4505, "too_many_connections")

            await bob.talker()
            await first.close()
            await until(lambda: len(site.service.hub.sockets_of(alice.user)) == 1)
            await alice.talker()

    async def test_that_come_at_once_are_bounded_too(self) -> None:
        few = attrs.evolve(SETTINGS, websocket=Websocket(sockets_per_user=3))
        async with serving(few) as site:
            alice = site.person("alice")
            talkers = [await site.dial() for _ in range(10)]
            for talker in talkers:
                await talker.send({"type": "hello", "id": 1, "v": 1, "token": alice.token})
            await until(lambda: [each.is_open for each in talkers].count(True) == 3)

            assert len(site.service.hub.sockets_of(alice.user)) == 3


class TestExpiry:
    async def test_of_the_token_ends_the_socket(self, site: Site, alice: Guest) -> None:
        talker = await alice.talker()
        (connection,) = site.process.connections._open
        assert connection.state.expires is not None
        assert connection.state.expires - connection.now() == pytest.approx(900, abs=5)
        connection.state.expires = connection.now()

        assert await talker.closed() == (4005, "token_expired")

    async def test_before_hello_ends_the_socket(
        self, site: Site, alice: Guest, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        later = site.service.clock() + timedelta(hours=1)
        monkeypatch.setattr(SystemClock, "__call__", lambda _: later)
        talker = await site.dial()
        await talker.send({"type": "hello", "id": 1, "v": 1, "token": alice.token})

        assert await talker.closed() == (4005, "token_expired")

    async def test_is_put_off_by_a_newer_token(self, site: Site, alice: Guest) -> None:
        talker = await alice.talker()
        (connection,) = site.process.connections._open
        connection.state.expires = connection.now() + 2
        grant = site.service.use.refresh(alice.grant.refresh_token)
        assert isinstance(grant, Grant)
        answer = await talker.ask({"type": "auth.refresh", "token": grant.access_token})

        assert (answer["type"], answer["expires_at"][-1]) == ("ok", "Z")
        assert connection.state.expires > connection.now() + 800

    async def test_is_not_put_off_by_the_token_of_another_device(
        self, site: Site, alice: Guest
    ) -> None:
        talker = await alice.talker()
        other = site.log_in("alice", alice.user)
        answer = await talker.ask({"type": "auth.refresh", "token": other.token})
        stranger = await talker.ask({"type": "auth.refresh", "token": "nobody's"})

        assert (answer["code"], stranger["code"]) == ("forbidden", "unauthenticated")


class TestRevocation:
    async def test_ends_the_sockets_of_the_device_within_a_second(
        self, site: Site, alice: Guest
    ) -> None:
        tablet = site.log_in("alice", alice.user)
        one, two, other = await alice.talker(), await alice.talker(), await tablet.talker()
        site.service.end(site.service.use.end_device(alice.user, alice.grant.device))

        assert await one.closed(seconds=1) == (4504, "session_revoked")
        assert await two.closed(seconds=1) == (4504, "session_revoked")
        await other.quiet()

    async def test_by_a_new_password_ends_the_other_devices(
        self, site: Site, alice: Guest
    ) -> None:
        tablet = site.log_in("alice", alice.user)
        here, there = await alice.talker(), await tablet.talker()
        identity = site.service.use.authenticate(alice.token)
        old, new = Password.given(PASSWORD), Password.parse("another good one")
        site.service.end(site.service.use.change_password(identity, old=old, new=new))

        assert await there.closed(seconds=1) == (4504, "session_revoked")
        await here.quiet()

    async def test_that_nobody_told_is_found_in_time(self, site: Site, alice: Guest) -> None:
        """As when another node ended it and the bus was away."""
        tablet = site.log_in("alice", alice.user)
        here, there = await alice.talker(), await tablet.talker()
        site.service.use.end_device(alice.user, tablet.grant.device)
        await site.process.connections.revalidate()

        assert await there.closed(seconds=1) == (4504, "session_revoked")
        await here.quiet()

    async def test_while_the_socket_is_greeted_is_noticed(
        self, site: Site, alice: Guest, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It is told between the look at the token and the moment in which the socket listens."""
        hub = site.service.hub
        attach = hub.attach

        async def slowly(*arguments: object) -> None:
            await attach(*arguments)  # type: ignore[arg-type]
            site.service.use.end_device(alice.user, alice.grant.device)

        monkeypatch.setattr(hub, "attach", slowly)
        talker = await site.dial()
        await talker.send({"type": "hello", "id": 1, "v": 1, "token": alice.token})

        assert await talker.closed() == (4501, "unauthenticated")
        await until(lambda: hub.sockets_of(alice.user) == ())


class TestHeartbeat:
    async def test_keeps_a_quiet_client(self) -> None:
        async with serving(QUICK) as site:
            talker = await site.person("alice").talker()
            await talker.until(lambda: len(talker.heard("ping")) == 2)
            await talker.quiet()

    async def test_ends_a_peer_that_vanished(self) -> None:
        async with serving(QUICK) as site, RawSocket(site.port) as raw:
            alice = site.person("alice")
            hello = {"type": "hello", "id": 1, "v": 1, "token": alice.token}
            await raw.upgrade()
            await raw.send(frame(TEXT, json.dumps(hello).encode()))

            assert await raw.hear_close() == 4003
            await until(lambda: site.service.hub.sockets_of(alice.user) == ())


class TestTrouble:
    async def test_while_greeting_sends_the_client_away_and_leaves_nothing(
        self, site: Site, alice: Guest, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        failed: list[BaseException] = []
        monkeypatch.setattr(site.service, "failed", failed.append)

        async def broken(wish: object) -> None:
            raise ZeroDivisionError

        monkeypatch.setattr(site.service, "take_snapshot", broken)
        talker = await site.dial()
        await talker.send({"type": "hello", "id": 1, "v": 1, "token": alice.token})

        assert await talker.closed() == (4000, "internal")
        assert [type(error) for error in failed] == [ZeroDivisionError]
        await until(lambda: not site.service.hub.users and not site.service.hub._followed_by)

    async def test_of_a_client_that_goes_while_it_is_greeted_leaves_nothing(
        self, site: Site, alice: Guest, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        gate, reached = asyncio.Event(), asyncio.Event()
        take = site.service.take_snapshot

        async def slowly(wish: object) -> object:
            reached.set()
            await gate.wait()
            return await take(wish)  # type: ignore[arg-type]

        monkeypatch.setattr(site.service, "take_snapshot", slowly)
        talker = await site.dial()
        await talker.send({"type": "hello", "id": 1, "v": 1, "token": alice.token})
        await reached.wait()
        talker.abort()
        await until(lambda: len(site.process.connections) == 0)
        gate.set()
        await asyncio.sleep(0)

        assert not site.service.hub._followed_by
        assert site.service.presence._leases == {}
