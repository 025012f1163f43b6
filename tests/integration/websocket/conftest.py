"""A node on a real port, for every test of the socket."""

from collections.abc import AsyncIterator

import pytest

from tests.support.site import Guest, Site, serving


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    """A node that keeps nothing."""
    async with serving() as site:
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
