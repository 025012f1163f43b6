"""A failure in one request, event, socket or task is contained, reported and recovered from."""

import asyncio
import contextlib
import os
import resource
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from parlour.entrypoints.server import Process, ServerEnded
from parlour.entrypoints.shell.supervisor import Supervisor
from parlour.entrypoints.websocket.connection import Connection
from tests.support.concurrency import until
from tests.support.http_client import register_all
from tests.support.nodes import Node
from tests.support.site import SETTINGS, Serve, Site
from tests.support.socket_client import SHORT_TIMEOUT


@pytest.fixture
def failed(site: Site, monkeypatch: pytest.MonkeyPatch) -> list[BaseException]:
    """What was reported."""
    failed: list[BaseException] = []
    for part in (site.service, *site.service.lanes.commands, site.service.lanes.marks):
        name = "failed" if part is site.service else "_failed"
        monkeypatch.setattr(part, name, failed.append)
    monkeypatch.setattr(site.service.hub, "on_failed", failed.append)
    return failed


class TestFailures:
    async def test_of_one_request_are_answered_and_affect_no_other(
        self, site: Site, failed: list[BaseException], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        client = await site.person("alice").connect()

        async def broken(*_: object, **__: object) -> None:
            raise ZeroDivisionError

        with monkeypatch.context() as patch:
            patch.setattr(site.service, "run", broken)
            answer = await client.ask({"type": "conversations"})

        assert (answer["code"], answer["temporary"]) == ("internal", True)
        assert "detail" not in answer
        assert [type(error) for error in failed] == [ZeroDivisionError]
        assert (await client.ask({"type": "conversations"}))["type"] == "ok"

    async def test_of_one_event_skip_that_event_only(
        self, site: Site, failed: list[BaseException], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        alice, bob = site.person("alice"), site.person("bob")
        room = alice.open_direct(bob)
        one, other = await alice.connect(), await bob.connect()
        publish = site.service.publisher.message
        faults = [ValueError("it cannot be published")]

        def poisoned(message: Any) -> Any:
            # Once: the log is read through the same method.
            if message.content.body["text"] == "poison" and faults:
                raise faults.pop()
            return publish(message)

        monkeypatch.setattr(site.service.publisher, "message", poisoned)
        answers = [await one.say(room, text) for text in ("one", "poison", "two")]
        await other.until(lambda: "two" in other.texts(room))

        assert [answer["seq"] for answer in answers] == [1, 2, 3]
        assert other.texts(room) == ["one", "poison", "two"]  # the log had it
        assert [type(error) for error in failed] == [ValueError]

    async def test_of_one_socket_delay_no_other(
        self, site: Site, failed: list[BaseException], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        alice, bob, carol = (site.person(name) for name in ("alice", "bob", "carol"))
        room = alice.create_group("Tea", bob, carol)
        one, _, other = [await each.connect() for each in (alice, bob, carol)]
        (broken,) = site.service.hub.sockets_of(bob.user)

        def push(self: Connection, frame: bytes) -> None:
            if self is broken:
                raise ZeroDivisionError
            keep(self, frame)

        keep = Connection.push
        monkeypatch.setattr(Connection, "push", push)
        await one.say(room, "hi")
        await other.until(lambda: other.texts(room) == ["hi"])

        assert [type(error) for error in failed] == [ZeroDivisionError]

    async def test_of_one_socket_stop_no_heartbeat_of_others(
        self, site: Site, failed: list[BaseException], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await site.person("alice").connect()
        (broken,) = site.process.node.connections._open
        client = await site.person("bob").connect()
        ticked: list[Connection] = []

        def tick(self: Connection, now: float) -> None:
            if self is broken:
                raise ZeroDivisionError
            ticked.append(self)

        monkeypatch.setattr(Connection, "tick", tick)
        await until(lambda: len(ticked) > 1)
        await client.quiet()

        assert {type(error) for error in failed} == {ZeroDivisionError}

    async def test_of_one_send_are_answered_and_do_not_block_the_next(
        self, site: Site, failed: list[BaseException], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        alice = site.person("alice")
        room = alice.create_group("Tea")
        client = await alice.connect()

        def broken(*_: object) -> None:
            raise ZeroDivisionError

        with monkeypatch.context() as patch:
            patch.setattr(site.service, "submit", broken)
            answer = await client.say(room, "poison")

        assert answer["code"] == "internal"
        assert [type(error) for error in failed] == [ZeroDivisionError]
        assert (await client.say(room, "one"))["seq"] == 1
        assert (await client.ask({"type": "read", "conversation": room, "seq": 1}))["seq"] == 1


class TestBackgroundTask:
    @pytest.mark.parametrize("name", ["log_reconciler", "presence", "sockets", "devices"])
    async def test_that_dies_is_restarted_and_reported(self, serve: Serve, name: str) -> None:
        """One after the other dies in its first moment, and the node says that it is not well."""
        begun: list[str] = []

        def poison(process: Process) -> None:
            supervisor: Supervisor = process.node.service.supervisor
            keep = supervisor.keep

            def keeping(each: str, work: Any, **more: Any) -> None:
                async def dying() -> None:
                    begun.append(each)
                    if each == name and begun.count(each) == 1:
                        raise ZeroDivisionError
                    await work()

                keep(each, dying, **more)

            supervisor.keep = keeping  # type: ignore[method-assign, assignment]

        async with serve(SETTINGS, patch=poison) as site:
            await until(lambda: begun.count(name) == 2)
            assert site.service.supervisor.unhealthy == [name]
            client = await site.person("alice").connect()
            await client.quiet()

        assert [each for each in set(begun) if begun.count(each) != 1] == [name]


class TestProcess:
    async def test_whose_server_stops_unexpectedly_ends_with_an_error(self) -> None:
        process = Process(SETTINGS, lambda _: process.servers._servers[0].handle_exit(2, None))
        with pytest.raises(ServerEnded):
            await asyncio.wait_for(process.run(), 30)

    async def test_that_is_stopped_before_it_serves_ends_without_an_error(self) -> None:
        process = Process(SETTINGS, lambda _: None)
        process.stop()
        await asyncio.wait_for(process.run(), 30)

    async def test_closes_its_sockets_before_it_stops(self, serve: Serve) -> None:
        async with serve() as site:
            client = await site.person("alice").connect()
            site.process.stop()
            drain = await client.hears("drain")

            assert drain == {"type": "drain", "after_ms": 0, "spread_ms": 0}
            assert await client.closed() == (4001, "draining")

    async def test_acknowledges_stored_messages_while_it_stops(self) -> None:
        with Node({"SERVER__DRAIN": "1s"}) as node:
            alice, bob = await register_all(node.url, "alice", "bob")
            room = await alice.open_direct(bob)
            client = await alice.connect()
            acknowledged: list[int] = []

            async def talk() -> None:
                with contextlib.suppress(AssertionError, ConnectionClosed):
                    while True:
                        acknowledged.append((await client.say(room, "hi"))["seq"])

            talking = asyncio.create_task(talk())
            await until(lambda: len(acknowledged) > 20)
            assert node.process is not None
            node.process.terminate()
            await client.hears("drain", spread_ms=1_000)
            assert await client.closed() == (4001, "draining")
            await talking
            assert await asyncio.to_thread(node.process.wait, 20) == 0
            node.restart()
            back = await alice.connect()
            await back.close()

            assert acknowledged == list(range(1, len(acknowledged) + 1))
            assert back.welcome["heads"][0]["seq"] >= len(acknowledged)

    async def test_stops_at_once_on_the_second_signal(self) -> None:
        with Node({"SERVER__DRAIN": "25s", "STORAGE__BACKEND": "memory"}) as node:
            (alice,) = await register_all(node.url, "alice")
            client = await alice.connect()
            assert node.process is not None
            node.process.terminate()
            await client.hears("drain")
            node.process.terminate()

            assert await client.closed(seconds=SHORT_TIMEOUT) == (4001, "draining")
            assert await asyncio.to_thread(node.process.wait, 10) == 0


class TestFileDescriptors:
    async def test_that_run_out_keep_open_sockets_working(self) -> None:
        with Node({"STORAGE__BACKEND": "memory"}) as node:
            (alice,) = await register_all(node.url, "alice")
            client = await alice.connect()
            used = len(list(Path(f"/proc/{node.pid}/fd").iterdir()))
            soft, hard = resource.prlimit(node.pid, resource.RLIMIT_NOFILE)
            resource.prlimit(node.pid, resource.RLIMIT_NOFILE, (used + 5, hard))
            extra = [await _connect(node.port) for _ in range(40)]
            for _ in range(20):
                await client.quiet()
            before = _cpu_seconds(node.pid)
            await asyncio.sleep(1.0)
            assert _cpu_seconds(node.pid) - before < 0.5  # it does not spin

            resource.prlimit(node.pid, resource.RLIMIT_NOFILE, (soft, hard))
            again = await alice.connect()
            for each in (again, client):
                await each.quiet()
                await each.close()
            for writer in extra:
                writer.close()


async def _connect(port: int) -> asyncio.StreamWriter:
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    return writer


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
