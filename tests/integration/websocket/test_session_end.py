"""When a socket is closed (expiry, revocation, lost peer, failure), and its close code."""

import asyncio
import json
from datetime import timedelta

import pytest

from parlour.adapters.system import SystemClock
from parlour.domain.access import Grant, Password
from tests.support.concurrency import until
from tests.support.raw_socket import TEXT, RawSocket, frame
from tests.support.site import PASSWORD, QUICK, Guest, Serve, Site
from tests.support.socket_client import SHORT_TIMEOUT


class TestExpiry:
    async def test_of_the_token_ends_the_socket(self, site: Site, alice: Guest) -> None:
        client = await alice.connect()
        (connection,) = site.process.node.connections._open
        assert connection.state.expires is not None
        assert connection.state.expires - connection.now() == pytest.approx(900, abs=5)
        connection.state.expires = connection.now()

        assert await client.closed() == (4005, "token_expired")

    async def test_before_hello_ends_the_socket(
        self, site: Site, alice: Guest, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        later = site.service.clock() + timedelta(hours=1)
        monkeypatch.setattr(SystemClock, "__call__", lambda _: later)
        client = await site.open_socket()
        await client.send({"type": "hello", "id": 1, "v": 1, "token": alice.token})

        assert await client.closed() == (4005, "token_expired")

    async def test_is_postponed_by_a_newer_token(self, site: Site, alice: Guest) -> None:
        client = await alice.connect()
        (connection,) = site.process.node.connections._open
        connection.state.expires = connection.now() + 30
        grant = site.service.use.refresh(alice.grant.refresh_token)
        assert isinstance(grant, Grant)
        answer = await client.ask({"type": "auth.refresh", "token": grant.access_token})

        assert (answer["type"], answer["expires_at"][-1]) == ("ok", "Z")
        assert connection.state.expires > connection.now() + 800

    async def test_is_not_postponed_by_the_token_of_another_device(
        self, site: Site, alice: Guest
    ) -> None:
        client = await alice.connect()
        other = site.log_in("alice", alice.user)
        answer = await client.ask({"type": "auth.refresh", "token": other.token})
        stranger = await client.ask({"type": "auth.refresh", "token": "nobody's"})

        assert (answer["code"], stranger["code"]) == ("forbidden", "unauthenticated")


class TestRevocation:
    async def test_ends_the_sockets_of_the_device_within_a_second(
        self, site: Site, alice: Guest
    ) -> None:
        tablet = site.log_in("alice", alice.user)
        one, two, other = await alice.connect(), await alice.connect(), await tablet.connect()
        site.service.disconnect(site.service.use.end_device(alice.user, alice.grant.device))

        assert await one.closed(seconds=SHORT_TIMEOUT) == (4504, "session_revoked")
        assert await two.closed(seconds=SHORT_TIMEOUT) == (4504, "session_revoked")
        await other.quiet()

    async def test_by_a_new_password_ends_the_other_devices(
        self, site: Site, alice: Guest
    ) -> None:
        tablet = site.log_in("alice", alice.user)
        here, there = await alice.connect(), await tablet.connect()
        identity = site.service.use.authenticate(alice.token)
        old, new = Password.given(PASSWORD), Password.parse("another good one")
        site.service.disconnect(site.service.use.change_password(identity, old=old, new=new))

        assert await there.closed(seconds=SHORT_TIMEOUT) == (4504, "session_revoked")
        await here.quiet()

    async def test_whose_signal_was_lost_is_found_by_polling(
        self, site: Site, alice: Guest
    ) -> None:
        """As when another node ended it and the bus was away."""
        tablet = site.log_in("alice", alice.user)
        here, there = await alice.connect(), await tablet.connect()
        site.service.use.end_device(alice.user, tablet.grant.device)
        await site.process.node.connections.revalidate()

        assert await there.closed(seconds=SHORT_TIMEOUT) == (4504, "session_revoked")
        await here.quiet()

    async def test_during_hello_closes_the_socket(
        self, site: Site, alice: Guest, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It is told between the look at the token and the moment in which the socket listens."""
        hub = site.service.hub
        attach = hub.subscribe

        async def slowly(*arguments: object) -> None:
            await attach(*arguments)  # type: ignore[arg-type]
            site.service.use.end_device(alice.user, alice.grant.device)

        monkeypatch.setattr(hub, "subscribe", slowly)
        client = await site.open_socket()
        await client.send({"type": "hello", "id": 1, "v": 1, "token": alice.token})

        assert await client.closed() == (4501, "unauthenticated")
        await until(lambda: hub.sockets_of(alice.user) == ())


class TestHeartbeat:
    async def test_keeps_an_idle_client_connected(self, serve: Serve) -> None:
        async with serve(QUICK) as site:
            client = await site.person("alice").connect()
            await client.until(lambda: len(client.heard("ping")) >= 2)
            await client.quiet()

    async def test_closes_the_socket_of_a_vanished_peer(self, serve: Serve) -> None:
        async with serve(QUICK) as site, RawSocket(site.port) as raw:
            alice = site.person("alice")
            hello = {"type": "hello", "id": 1, "v": 1, "token": alice.token}
            await raw.upgrade()
            await raw.send(frame(TEXT, json.dumps(hello).encode()))

            assert await raw.hear_close() == 4003
            await until(lambda: site.service.hub.sockets_of(alice.user) == ())


class TestFailure:
    async def test_during_hello_closes_the_socket_and_leaves_nothing_behind(
        self, site: Site, alice: Guest, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        failed: list[BaseException] = []
        monkeypatch.setattr(site.service, "failed", failed.append)

        async def broken(request: object) -> None:
            raise ZeroDivisionError

        monkeypatch.setattr(site.service, "take_snapshot", broken)
        client = await site.open_socket()
        await client.send({"type": "hello", "id": 1, "v": 1, "token": alice.token})

        assert await client.closed() == (4000, "internal")
        assert [type(error) for error in failed] == [ZeroDivisionError]
        await until(lambda: not site.service.hub.users and not site.service.hub._subscriptions)

    async def test_of_a_client_during_hello_leaves_nothing_behind(
        self, site: Site, alice: Guest, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        gate, reached = asyncio.Event(), asyncio.Event()
        take = site.service.take_snapshot

        async def slowly(request: object) -> object:
            reached.set()
            await gate.wait()
            return await take(request)  # type: ignore[arg-type]

        monkeypatch.setattr(site.service, "take_snapshot", slowly)
        client = await site.open_socket()
        await client.send({"type": "hello", "id": 1, "v": 1, "token": alice.token})
        await reached.wait()
        client.abort()
        await until(lambda: len(site.process.node.connections) == 0)
        gate.set()
        await asyncio.sleep(0)

        assert not site.service.hub._subscriptions
        assert site.service.presence._leases == {}
