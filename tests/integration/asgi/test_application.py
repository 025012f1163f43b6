"""The application starts and stops a node by its lifespan, and says why where it cannot."""

import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from parlour.adapters.config import ConfigError
from parlour.entrypoints.asgi import Application, create_app

QUIET = {"STORAGE__BACKEND": "memory", "OPS__PORT": "0"}


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A configuration that keeps nothing and listens nowhere."""
    monkeypatch.chdir(tmp_path)
    for name, value in QUIET.items():
        monkeypatch.setenv(f"PARLOUR__{name}", value)


@contextmanager
def no_host_log() -> Iterator[None]:
    """Make this a process whose logging nobody has configured."""
    root = logging.getLogger()
    handlers, root.handlers = root.handlers, []
    try:
        yield
    finally:
        root.handlers = handlers


@asynccontextmanager
async def client_of(app: Application) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        yield client


async def lifespan_messages(app: Application) -> list[dict[str, Any]]:
    """Run the lifespan as a server does, from its start to its end; return what was sent."""
    events = iter(["lifespan.startup", "lifespan.shutdown"])
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, str]:
        return {"type": next(events)}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await app({"type": "lifespan", "asgi": {"version": "3.0"}}, receive, send)
    return sent


async def test_serves_while_its_lifespan_lasts() -> None:
    app = create_app()
    async with client_of(app) as client:
        before = await client.get("/")
        async with app.lifespan():
            during = await client.get("/")
        after = await client.get("/v1/me")

    assert (before.status_code, before.json()["code"]) == (503, "unavailable")
    assert before.headers["content-type"] == "application/problem+json"
    assert (during.status_code, after.status_code) == (200, 503)


async def test_starts_again_after_it_has_stopped() -> None:
    app = create_app()
    for _ in range(2):
        async with app.lifespan(), client_of(app) as client:
            assert (await client.get("/")).status_code == 200


async def test_does_not_start_twice() -> None:
    app = create_app()
    async with app.lifespan():
        with pytest.raises(RuntimeError, match="runs already"):
            await app.lifespan().__aenter__()


async def test_tells_the_server_of_its_start_and_its_end() -> None:
    assert await lifespan_messages(create_app()) == [
        {"type": "lifespan.startup.complete"},
        {"type": "lifespan.shutdown.complete"},
    ]


async def test_refuses_sockets_before_its_start() -> None:
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, str]:
        return {"type": "websocket.connect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await create_app()({"type": "websocket", "path": "/v1/ws"}, receive, send)

    assert [message["type"] for message in sent] == ["websocket.close"]


class TestStartThatFails:
    async def test_says_why_in_one_line(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PARLOUR__SERVER__PORT", "eight")
        monkeypatch.setenv("PARLOUR__COMMITS__LANES", "0")
        (message,) = await lifespan_messages(create_app())

        assert message["type"] == "lifespan.startup.failed"
        assert "\n" not in message["message"]
        assert "PARLOUR__SERVER__PORT" in message["message"]
        assert "PARLOUR__COMMITS__LANES" in message["message"]

    async def test_names_a_file_that_is_not_there(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setenv("PARLOUR_CONFIG", str(tmp_path / "nowhere.toml"))
        (message,) = await lifespan_messages(create_app())

        assert "nowhere.toml" in message["message"]

    async def test_is_raised_where_a_host_enters_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PARLOUR__SERVER__PORT", "eight")
        with pytest.raises(ConfigError):
            await create_app().lifespan().__aenter__()

    async def test_because_of_a_second_process_says_so_and_may_be_tried_again(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PARLOUR__STORAGE__BACKEND", "sqlite")
        first, second = create_app(), create_app()
        async with first.lifespan():
            (message,) = await lifespan_messages(second)
        again = await lifespan_messages(second)

        assert "Another process serves" in message["message"]
        assert again[0]["type"] == "lifespan.startup.complete"


class TestLogging:
    async def test_goes_to_the_handlers_of_a_host_that_has_some(
        self, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
    ) -> None:
        caplog.set_level(logging.INFO)
        async with create_app().lifespan():
            pass

        (record,) = [each for each in caplog.records if each.msg == "serving"]
        assert record.getMessage().endswith("sockets=asgi")
        assert capfd.readouterr().err == ""

    async def test_is_ours_for_our_own_lines_where_a_host_has_none(
        self, capfd: pytest.CaptureFixture[str]
    ) -> None:
        library = logging.getLogger("somebody.else")
        library.addHandler(logging.NullHandler())
        level = logging.getLogger().level
        with no_host_log():
            async with create_app().lifespan():
                assert logging.getLogger().handlers == []
                assert len(library.handlers) == 1

        assert '"event":"serving"' in capfd.readouterr().err
        assert logging.getLogger().level == level
