"""A node on a real port, for every test of the socket, once for each path that sockets take."""

from collections.abc import AsyncIterator
from functools import partial

import pytest

from tests.support.site import Guest, Serve, Site, serving


@pytest.fixture(scope="session", params=["direct", "asgi"])
def path(request: pytest.FixtureRequest) -> str:
    """The path that sockets take: beside the ASGI application, or through it."""
    return str(request.param)


@pytest.fixture(scope="session")
def serve(path: str) -> Serve:
    """Runs nodes whose sockets take that path."""
    return partial(serving, direct=path == "direct")


@pytest.fixture
async def site(serve: Serve) -> AsyncIterator[Site]:
    """A node that keeps nothing."""
    async with serve() as site:
        yield site


@pytest.fixture
def alice(site: Site) -> Guest:
    """Somebody."""
    return site.person("alice")


@pytest.fixture
def bob(site: Site) -> Guest:
    """Somebody else."""
    return site.person("bob")


@pytest.fixture
def room(alice: Guest, bob: Guest) -> str:
    """Their conversation."""
    return alice.open_direct(bob)
