"""Fixtures for tests of the HTTP API."""

from collections.abc import AsyncIterator

import pytest

from tests.support.http_client import HttpUser
from tests.support.http_service import HttpService, http_service


@pytest.fixture
async def http() -> AsyncIterator[HttpService]:
    """A service in memory, over HTTP."""
    async with http_service() as opened:
        yield opened
        # No input of a client is a bug of ours: whatever a test sends, nothing may have failed.
        assert opened.failures == []


@pytest.fixture
async def alice(http: HttpService) -> HttpUser:
    """Alice, registered."""
    return await http.register("alice")


@pytest.fixture
async def bob(http: HttpService) -> HttpUser:
    """Bob, registered."""
    return await http.register("bob")


@pytest.fixture
async def talk(http: HttpService, alice: HttpUser, bob: HttpUser) -> str:
    """The direct conversation of Alice and Bob."""
    return await alice.open_direct(bob)
