"""The examples of docs/how-to/embed.md: Parlour below a path of another application."""

import re
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from tests.support.asgi_servers import AsgiServer
from tests.support.chat_processes import PARLOUR, environment
from tests.support.http_client import PASSWORD, HttpClient
from tests.support.socket_client import open_socket


@pytest.fixture(scope="module", params=["embed_starlette", "embed_litestar"])
def host(request: pytest.FixtureRequest) -> Iterator[AsgiServer]:
    """An application that has mounted Parlour at /chat, under uvicorn."""
    with AsgiServer("uvicorn", app=f"examples.{request.param}:app") as running:
        yield running


@pytest.fixture
async def client(host: AsgiServer) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=host.url, trust_env=False) as client:
        yield client


async def test_the_page_is_at_its_path_with_all_its_files(client: httpx.AsyncClient) -> None:
    page = await client.get("/chat/")
    named = re.findall(r'(?:href|src)="([^"]*)"', page.text)

    assert len(named) > 50
    for path in (*named, "worker.js"):
        assert (await client.get(f"/chat/{path}")).status_code == 200, path
    assert "Talk to us" in (await client.get("/")).text


async def test_the_path_without_a_slash_redirects_to_the_page(client: httpx.AsyncClient) -> None:
    answer = await client.get("/chat", follow_redirects=True)

    assert answer.url.path == "/chat/"
    assert "Parlour" in answer.text


async def test_the_manifest_and_the_style_have_no_address_outside_the_path(
    client: httpx.AsyncClient,
) -> None:
    manifest = (await client.get("/chat/manifest.webmanifest")).json()
    style = (await client.get("/chat/assets/x/styles/base.css")).text

    assert manifest["start_url"] == "."
    assert not manifest["icons"][0]["src"].startswith("/")
    assert not re.findall(r"url\(\"?/", style)


async def test_the_reference_contains_the_path(client: httpx.AsyncClient) -> None:
    document = (await client.get("/chat/openapi.json")).json()
    socket = (await client.get("/chat/asyncapi.json")).json()
    page = await client.get("/chat/docs")

    assert document["servers"] == [{"url": "/chat"}]
    assert socket["servers"]["node"]["pathname"] == "/chat"
    assert 'href="docs/reference.css"' in page.text
    assert (await client.get("/chat/docs/reference.css")).status_code == 200


async def test_the_cookie_is_limited_to_the_path(
    host: AsgiServer, client: httpx.AsyncClient
) -> None:
    await HttpClient(f"{host.url}/chat").register("carol")
    answer = await client.post(
        "/chat/v1/auth/login",
        json={"handle": "carol", "password": PASSWORD, "cookie": True},
        headers={"Origin": host.url},
    )
    again = await client.post("/chat/v1/auth/refresh", json={}, headers={"Origin": host.url})

    assert "path=/chat" in answer.headers["set-cookie"].lower()
    assert (answer.status_code, again.status_code) == (200, 200)


async def test_users_exchange_messages_over_sockets(host: AsgiServer) -> None:
    url = f"{host.url}/chat"
    alice, bob = await HttpClient(url).register("alice"), await HttpClient(url).register("bob")
    room = await alice.open_direct(bob)
    one, other = await alice.connect(), await bob.connect()
    await one.say(room, "hi")
    await other.until(lambda: other.texts(room) == ["hi"])
    await one.close()
    await other.close()


async def test_sockets_of_the_own_page_are_accepted(host: AsgiServer) -> None:
    socket = await open_socket(f"{host.url}/chat", origin=host.url)
    await socket.quiet()
    await socket.close()


def test_the_terminal_client_reaches_it_below_the_path(host: AsgiServer, tmp_path: Path) -> None:
    options = ["--server", f"{host.url}/chat/", "--register", "--password-stdin"]
    ran = _run(tmp_path, "chat", "--as", "dora", *options, typed=f"{PASSWORD}\n/list\n")

    assert (ran.returncode, ran.stderr) == (0, "")
    assert "No conversations yet" in ran.stdout


def test_the_verify_command_reaches_it_below_the_path(host: AsgiServer, tmp_path: Path) -> None:
    ran = _run(tmp_path, "verify", "--url", f"{host.url}/chat", "--seconds", "3")

    assert (0, "pass: ") == (ran.returncode, ran.stdout[:6]), ran.stdout + ran.stderr


def _run(home: Path, *options: str, typed: str = "") -> "subprocess.CompletedProcess[str]":
    """Run `parlour` to its end with *typed* as its input."""
    return subprocess.run(
        [PARLOUR, *options],
        env=environment(home),
        input=typed,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
