"""The application under other ASGI servers: real processes, real sockets."""

import re
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from websockets.exceptions import InvalidStatus

from tests.support.asgi_servers import COMMANDS, AsgiServer
from tests.support.http_client import HttpClient, HttpUser
from tests.support.socket_client import open_socket


@pytest.fixture(scope="module", params=COMMANDS)
def server(request: pytest.FixtureRequest) -> Iterator[AsgiServer]:
    """Parlour in memory under each of the servers."""
    with AsgiServer(request.param) as running:
        yield running


@pytest.fixture
async def client(server: AsgiServer) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=server.url, trust_env=False) as client:
        yield client


@pytest.fixture
async def alice(server: AsgiServer, request: pytest.FixtureRequest) -> HttpUser:
    return await HttpClient(server.url).register(f"alice{abs(hash(request.node.name)) % 10**9}")


class TestHttp:
    async def test_serves_the_page_with_all_its_files(self, client: httpx.AsyncClient) -> None:
        page = await client.get("/")
        named = re.findall(r'(?:href|src)="([^"]*)"', page.text)

        assert len(named) > 50
        for path in (*named, "worker.js"):
            assert (await client.get(f"/{path}")).status_code == 200, path

    async def test_serves_the_reference(self, client: httpx.AsyncClient) -> None:
        document = (await client.get("/openapi.json")).json()

        assert document["servers"] == [{"url": "/"}]
        assert (await client.get("/docs")).headers["content-type"].startswith("text/html")
        assert (await client.get("/docs/")).headers["location"] == "../docs"

    async def test_answers_as_documented(self, client: httpx.AsyncClient, alice: HttpUser) -> None:
        known = await client.get("/v1/me", headers={"Authorization": f"Bearer {alice.token}"})
        unknown = await client.get("/v1/me")

        assert known.json()["handle"] == alice.handle
        assert (unknown.status_code, unknown.json()["code"]) == (401, "unauthenticated")


class TestSockets:
    async def test_carry_messages(self, server: AsgiServer, alice: HttpUser) -> None:
        bob = await HttpClient(server.url).register(f"{alice.handle}-bob")
        room = await alice.open_direct(bob)
        one, other = await alice.connect(), await bob.connect()
        answers = [await one.say(room, text) for text in ("hi", "ä" * 8_000, "☃")]
        await other.until(lambda: len(other.texts(room)) == 3)

        assert [answer["seq"] for answer in answers] == [1, 2, 3]
        assert other.texts(room) == ["hi", "ä" * 8_000, "☃"]
        await one.close()
        await other.close()

    async def test_negotiate_the_subprotocol(self, server: AsgiServer) -> None:
        socket = await open_socket(server.url, subprotocols=("other.v2", "parlour.v1"))

        assert socket.socket.subprotocol == "parlour.v1"
        await socket.close()

    @pytest.mark.parametrize(
        ("sent", "code"),
        [("nonsense", 4500), (b"binary", 4500), ("x" * 131_073, 1009), ("ä" * 65_537, 1009)],
        ids=["no JSON", "binary", "too long", "too many bytes"],
    )
    async def test_end_with_the_close_code_of_the_error(
        self, server: AsgiServer, sent: str | bytes, code: int
    ) -> None:
        socket = await open_socket(server.url)
        await socket.send(sent)

        assert (await socket.closed())[0] == code

    async def test_of_another_subprotocol_end_with_a_code(self, server: AsgiServer) -> None:
        socket = await open_socket(server.url, subprotocols=("parlour.v2",))

        assert await socket.closed() == (4503, "version_unsupported")

    async def test_without_a_valid_token_end_with_a_code(self, server: AsgiServer) -> None:
        socket = await open_socket(server.url)
        await socket.send({"type": "hello", "id": 1, "v": 1, "token": "nobody's"})

        assert await socket.closed() == (4501, "unauthenticated")

    async def test_of_pages_of_other_sites_are_refused(self, server: AsgiServer) -> None:
        with pytest.raises(InvalidStatus) as refusal:
            await open_socket(server.url, origin="https://evil.example")

        assert refusal.value.response.status_code == 403

    async def test_of_the_own_page_are_accepted(self, server: AsgiServer) -> None:
        socket = await open_socket(server.url, origin=server.url)
        await socket.quiet()
        await socket.close()


@pytest.mark.parametrize("name", COMMANDS)
class TestLife:
    async def test_ends_without_an_error(self, name: str) -> None:
        with AsgiServer(name) as server:
            alice = await HttpClient(server.url).register("alice")
            room = await alice.create_group("Tea")
            socket = await alice.connect()
            await socket.say(room, "hi")
            server.stop()
            code, _ = await socket.closed()

            # Each server closes with a code of its own; all tell a client to come back.
            assert code is not None
            assert code < 4500
            assert '"event":"stopped"' in server.log
            assert "/parlour/" not in server.log  # no traceback of ours

    def test_that_cannot_start_prints_the_reason_in_one_line(self, name: str) -> None:
        with pytest.raises(RuntimeError, match="did not start") as failure:
            AsgiServer(name, settings={"SERVER__HOST": "0.0.0.0"}).start()  # noqa: S104

        said = [line for line in str(failure.value).splitlines() if "server.host" in line]
        assert len(said) == 1
        assert "put a proxy with TLS in front" in said[0]
