"""HTTP at the port of the service: malformed requests are refused, and the connection ends."""

import asyncio
from collections.abc import AsyncIterator

import attrs
import pytest

from parlour.adapters.config.settings import Ops
from tests.support.processes import free_port
from tests.support.site import SETTINGS, Site, serving


async def exchange(port: int, request: bytes) -> bytes:
    """Send a request as it stands; return everything that comes until the connection ends."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    try:
        async with asyncio.timeout(20):
            await writer.drain()
            return await reader.read()
    finally:
        writer.close()


GET = b"GET /v1/conversations HTTP/1.1\r\n"
HOST = b"Host: here\r\n"


MALFORMED = pytest.mark.parametrize(
    ("request_", "status"),
    [
        pytest.param(GET + b"\r\n", 400, id="no host"),
        pytest.param(GET + HOST + HOST + b"\r\n", 400, id="two hosts"),
        pytest.param(b"GET /v1/conversations\r\n\r\n", 505, id="no version"),
        pytest.param(
            GET + HOST + b"".join(b"x-%d: 1\r\n" % each for each in range(20_000)) + b"\r\n",
            431,
            id="20,000 headers",
        ),
        pytest.param(GET + HOST + b"x: " + b"x" * 1_000_000 + b"\r\n\r\n", 431, id="1 MB header"),
        pytest.param(GET + HOST + b"x: " + b"x" * 40_000 + b"\r\n\r\n", 431, id="40 kB header"),
        pytest.param(b"nonsense\r\n\r\n", 400, id="nonsense"),
    ],
)


@MALFORMED
async def test_malformed_requests_are_refused_and_the_connection_ends(
    site: Site, request_: bytes, status: int
) -> None:
    answer = await exchange(site.port, request_)

    assert answer.startswith(b"HTTP/1.1 %d " % status)
    assert b"connection: close\r\n" in answer
    assert answer.count(b"HTTP/1.1 ") == 1


@pytest.fixture
async def ops_port() -> AsyncIterator[int]:
    """The port for operators of a node."""
    port = free_port()
    async with serving(attrs.evolve(SETTINGS, ops=Ops(port=port))):
        yield port


@MALFORMED
async def test_operators_are_refused_malformed_requests_too(
    ops_port: int, request_: bytes, status: int
) -> None:
    answer = await exchange(ops_port, request_)

    assert answer.startswith(b"HTTP/1.1 %d " % status)
    assert b"connection: close\r\n" in answer


async def test_operators_are_answered_head_as_get(ops_port: int) -> None:
    answer = await exchange(
        ops_port, b"HEAD /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    )

    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 ")
    assert b"content-length: 14\r\n" in head
    assert body == b""


@pytest.mark.parametrize("framing", ["length", "chunks"])
async def test_a_body_that_is_too_long_is_refused_readably(site: Site, framing: str) -> None:
    """The answer arrives although the client sends the body whole before it reads."""
    body = b"x" * 1_000_000
    head = b"POST /v1/auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
    if framing == "length":
        whole = head + b"Content-Length: %d\r\n\r\n" % len(body) + body
    else:
        chunk = b"%x\r\n%b\r\n" % (len(body), body)
        whole = head + b"Transfer-Encoding: chunked\r\n\r\n" + chunk + b"0\r\n\r\n"
    answer = await exchange(site.port, whole)

    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b'"code":"too_large"' in answer


async def test_pipelined_requests_are_answered_one_after_the_other(site: Site) -> None:
    """In their order, and each is read once the one before it is answered."""
    asked = b"".join(b"GET /%d HTTP/1.1\r\nHost: a\r\n\r\n" % each for each in range(50))
    last = b"GET /v1/me HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    answer = await exchange(site.port, asked + last)

    assert answer.count(b"HTTP/1.1 404 ") == 50
    assert answer.rpartition(b"HTTP/1.1 ")[2].startswith(b"401 ")


async def test_a_body_and_the_next_request_may_come_in_any_pieces(site: Site) -> None:
    body = b'{"handle":"nobody"}'
    first = (
        b"POST /v1/auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
        b"Content-Length: %d\r\n\r\n" % len(body)
    )
    last = b"GET /v1/nothing HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
    for byte in first + body + last:
        writer.write(bytes([byte]))
        await asyncio.sleep(0)
    async with asyncio.timeout(20):
        answer = await reader.read()
    writer.close()

    assert [part[:3] for part in answer.split(b"HTTP/1.1 ")[1:]] == [b"400", b"404"]


async def test_an_upgrade_to_something_else_is_answered_as_if_it_asked_for_nothing(
    site: Site,
) -> None:
    """RFC 9110, section 7.8."""
    upgrade = b"Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n"
    answer = await exchange(site.port, b"GET /v1/me HTTP/1.1\r\nHost: a\r\n" + upgrade)

    assert answer.startswith(b"HTTP/1.1 401 ")


async def test_requests_without_a_version_of_one_point_one_need_no_host(site: Site) -> None:
    answer = await exchange(site.port, b"GET /v1/conversations HTTP/1.0\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 401 ")
