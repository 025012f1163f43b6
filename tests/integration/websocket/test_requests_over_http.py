"""HTTP at the port of the service: malformed requests are refused, and the connection ends."""

import asyncio

import pytest

from tests.support.site import Site


async def exchange(site: Site, request: bytes) -> bytes:
    """Send a request as it stands; return everything that comes until the connection ends."""
    reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
    writer.write(request)
    try:
        async with asyncio.timeout(20):
            await writer.drain()
            return await reader.read()
    finally:
        writer.close()


GET = b"GET /v1/conversations HTTP/1.1\r\n"
HOST = b"Host: here\r\n"


@pytest.mark.parametrize(
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
async def test_malformed_requests_are_refused_and_the_connection_ends(
    site: Site, request_: bytes, status: int
) -> None:
    answer = await exchange(site, request_)

    assert answer.startswith(b"HTTP/1.1 %d " % status)
    assert b"connection: close\r\n" in answer
    assert answer.count(b"HTTP/1.1 ") == 1


async def test_requests_without_a_version_of_one_point_one_need_no_host(site: Site) -> None:
    answer = await exchange(site, b"GET /v1/conversations HTTP/1.0\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 401 ")
