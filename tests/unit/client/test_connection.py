"""The connection: hello, answers, heartbeats, close codes, drain, and connecting again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import attrs
import pytest

from parlour.entrypoints.client.connection import Connection, Hooks, Phase
from parlour.entrypoints.client.errors import ConnectionEnded, LoggedOut, NoAnswer, Refused
from parlour.entrypoints.client.models import Frame
from parlour.entrypoints.client.protocol import SocketProtocol
from parlour.entrypoints.client.reconnect import Backoff, ReconnectPolicy
from tests.support.scripted_service import Guest, Part, scripted, stay, until


@attrs.define
class Ears:
    """What a client heard of its line."""

    welcomes: list[Frame] = attrs.field(factory=list)
    frames: list[Frame] = attrs.field(factory=list)
    phases: list[Phase] = attrs.field(factory=list)
    asked: list[bool] = attrs.field(factory=list)
    trouble: Exception | None = None

    async def token(self, fresh: bool) -> str:
        self.asked.append(fresh)
        if self.trouble is not None:
            raise self.trouble
        return "token"

    def hooks(self) -> Hooks:
        return Hooks(
            token=self.token,
            hello=lambda: {"cursor": "before"},
            on_welcome=self.welcomes.append,
            on_frame=self.frames.append,
            on_phase=self.phases.append,
        )

    @property
    def names(self) -> list[str]:
        return [phase.name for phase in self.phases]


def connection_to(server: str, ears: "Ears", *, grace: float = 10.0) -> Connection:
    """Return a connection whose waits are the shortest, half a second."""
    return Connection(
        [server],
        ears.hooks(),
        policy=ReconnectPolicy(Backoff(chance=lambda: 0.0)),
        protocol=partial(SocketProtocol, grace=grace, chance=lambda: 0.0),
    )


@asynccontextmanager
async def linked(
    *parts: Part, ears: Ears | None = None, grace: float = 10.0
) -> AsyncIterator[tuple[Connection, Ears, "asyncio.Task[Any]"]]:
    """Give a link to a scripted service; every wait is the shortest, half a second."""
    ears = ears or Ears()
    async with scripted(*parts) as server:
        link = connection_to(server, ears, grace=grace)
        running: asyncio.Task[Any] = asyncio.create_task(link.run())
        try:
            yield link, ears, running
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


async def test_hello_has_the_token_and_the_cursor() -> None:
    hellos: list[Frame] = []

    async def service(guest: Guest) -> None:
        hellos.append(await guest.welcome())
        await guest.gone()

    async with linked(service) as (link, ears, _):
        await until(lambda: link.is_online)

    assert {"type": "hello", "v": 1, "token": "token", "cursor": "before"}.items() <= hellos[
        0
    ].items()
    assert ears.names == ["connecting", "online"]
    assert [welcome["cursor"] for welcome in ears.welcomes] == ["c"]


async def test_answers_are_matched_to_requests_in_any_order() -> None:
    async def service(guest: Guest) -> None:
        await guest.welcome()
        first, second = await guest.hear(), await guest.hear()
        await guest.say({"type": "ok", "id": second["id"], "for": second["type"]})
        await guest.say({"type": "event", "offset": 1})
        await guest.say({"type": "ok", "id": first["id"], "for": first["type"]})
        await guest.gone()

    async with linked(service) as (link, ears, _):
        await until(lambda: link.is_online)
        one, two = await asyncio.gather(link.request("sync"), link.request("focus"))

    assert (one["for"], two["for"]) == ("sync", "focus")
    assert [frame["type"] for frame in ears.frames] == ["event"]


async def test_a_request_longer_than_the_service_takes_is_refused_and_not_sent() -> None:
    heard: list[Frame] = []

    async def service(guest: Guest) -> None:
        await guest.welcome(limits={"frame": 100})
        heard.append(await guest.hear())
        await guest.say({"type": "ok", "id": heard[0]["id"]})
        await guest.gone()

    async with linked(service) as (link, _, _running):
        await until(lambda: link.is_online)
        with pytest.raises(Refused) as refusal:
            await link.request("message.send", text="x" * 100)
        await link.request("message.send", text="short")

    assert (refusal.value.code, refusal.value.temporary) == ("too_large", False)
    assert [frame["text"] for frame in heard] == ["short"]


async def test_an_error_frame_raises_refused_with_code_and_retry_after() -> None:
    async def service(guest: Guest) -> None:
        await guest.welcome()
        asked = await guest.hear()
        problem = {"code": "rate_limited", "title": "Too many", "temporary": True}
        await guest.say({"type": "error", "id": asked["id"], **problem, "retry_after_ms": 1500})
        await guest.gone()

    async with linked(service) as (link, _, _running):
        await until(lambda: link.is_online)
        with pytest.raises(Refused, match="That was too fast") as refusal:
            await link.request("message.send")

    assert (refusal.value.code, refusal.value.temporary) == ("rate_limited", True)
    assert refusal.value.retry_after == 1.5


async def test_a_request_without_a_connection_raises_no_answer() -> None:
    link = connection_to("http://127.0.0.1:9", Ears())
    with pytest.raises(NoAnswer):
        await link.request("sync")

    await link.tell("typing")


async def test_a_lost_connection_fails_its_requests_and_is_opened_again() -> None:
    async def cut(guest: Guest) -> None:
        await guest.welcome()
        await guest.hear()
        await guest.close(1011)

    async with linked(cut, stay) as (link, ears, _):
        await until(lambda: link.is_online)
        with pytest.raises(NoAnswer):
            await link.request("sync")
        await until(lambda: ears.names.count("online") == 2)

    assert ears.names == ["connecting", "online", "waiting", "connecting", "online"]
    assert ears.phases[2].seconds == 0.5


async def test_a_ping_is_answered() -> None:
    async def service(guest: Guest) -> None:
        await guest.welcome()
        await guest.say({"type": "ping"})
        assert await guest.hear() == {"type": "pong"}
        await guest.say({"type": "heard"})
        await guest.gone()

    async with linked(service) as (_, ears, _running):
        await until(lambda: [frame["type"] for frame in ears.frames] == ["heard"])


async def test_silence_is_pinged_and_a_pong_keeps_the_connection() -> None:
    async def service(guest: Guest) -> None:
        await guest.welcome(heartbeat_ms=50)
        for _ in range(3):
            assert await guest.hear() == {"type": "ping"}
            await guest.say({"type": "pong"})
        await guest.say({"type": "alive"})
        await guest.gone()

    async with linked(service) as (_, ears, _running):
        await until(lambda: any(frame["type"] == "alive" for frame in ears.frames))

    assert ears.names == ["connecting", "online"]


async def test_a_connection_without_a_pong_is_replaced() -> None:
    async def dead(guest: Guest) -> None:
        await guest.welcome(heartbeat_ms=50)
        await guest.gone()

    async with linked(dead, stay, grace=0.05) as (_, ears, _running):
        await until(lambda: ears.names.count("online") == 2)


async def test_an_expired_token_is_replaced_and_the_connection_opened_at_once() -> None:
    async def expired(guest: Guest) -> None:
        await guest.hear()
        await guest.close(4005)

    async with linked(expired, stay) as (link, ears, _):
        await until(lambda: link.is_online)

    assert ears.asked == [False, True]
    assert "waiting" not in ears.names


async def test_tokens_that_expire_again_and_again_are_waited_for() -> None:
    async def expired(guest: Guest) -> None:
        await guest.hear()
        await guest.close(4005)

    async with linked(expired) as (_, ears, _running):
        await until(lambda: "waiting" in ears.names)

    assert ears.asked == [False, True]


async def test_a_refused_token_is_replaced_once() -> None:
    async def refused(guest: Guest) -> None:
        await guest.hear()
        await guest.close(4501)

    async with linked(refused, stay) as (link, ears, _):
        await until(lambda: link.is_online)
    assert ears.asked == [False, True]

    async with linked(refused) as (_, ears, running):
        with pytest.raises(ConnectionEnded):
            await asyncio.wait_for(running, 10)
    assert ears.asked == [False, True]


@pytest.mark.parametrize("code", [4500, 4502, 4503, 4504, 4505])
async def test_a_final_close_code_ends_the_connection(code: int) -> None:
    async def service(guest: Guest) -> None:
        await guest.hear()
        await guest.close(code)

    async with linked(service) as (_, _ears, running):
        with pytest.raises(ConnectionEnded) as stopped:
            await asyncio.wait_for(running, 10)

    assert stopped.value.code == code


async def test_a_draining_node_is_left_within_the_spread_without_a_wait() -> None:
    went = asyncio.Event()

    async def drains(guest: Guest) -> None:
        await guest.welcome()
        await guest.say({"type": "drain", "after_ms": 50, "spread_ms": 10_000})
        await guest.gone()
        went.set()

    async with linked(drains, stay) as (_, ears, _running):
        await until(lambda: ears.names.count("online") == 2)

    assert went.is_set()
    assert "waiting" not in ears.names


async def test_a_logged_out_client_does_not_connect_again() -> None:
    async with linked(stay, ears=Ears(trouble=LoggedOut())) as (_, _ears, running):
        with pytest.raises(LoggedOut):
            await asyncio.wait_for(running, 10)


async def test_a_token_that_is_finally_refused_ends_the_connection() -> None:
    ears = Ears(trouble=Refused("forbidden", "no"))
    async with linked(stay, ears=ears) as (_, _ears, running):
        with pytest.raises(ConnectionEnded):
            await asyncio.wait_for(running, 10)


async def test_a_token_that_cannot_be_got_now_is_tried_again() -> None:
    ears = Ears(trouble=NoAnswer("down"))
    async with linked(stay, ears=ears) as (link, _, _running):
        await until(lambda: "waiting" in ears.names)
        ears.trouble = None
        await until(lambda: link.is_online)


async def test_a_service_that_does_not_answer_is_tried_again() -> None:
    ears = Ears()
    async with scripted(stay) as server:
        pass
    link = connection_to(server, ears)
    running: asyncio.Task[Any] = asyncio.create_task(link.run())
    await until(lambda: ears.names.count("connecting") == 2)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)

    assert ears.names[:3] == ["connecting", "waiting", "connecting"]


@pytest.mark.parametrize("text", ["not json", "[]", "{}", "7"])
async def test_a_text_that_is_no_frame_is_ignored(text: str) -> None:
    async def service(guest: Guest) -> None:
        await guest.welcome()
        await guest.say_text(text)
        await guest.say({"type": "event"})
        await guest.gone()

    async with linked(service) as (_, ears, _running):
        await until(lambda: len(ears.frames) == 1)

    assert ears.frames == [{"type": "event"}]
