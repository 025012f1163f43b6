"""Fixtures for tests of the HTTP door."""

from collections.abc import AsyncIterator

import pytest

from tests.support.http import House, Person, open_house


@pytest.fixture
async def house() -> AsyncIterator[House]:
    """A service in memory, over HTTP."""
    async with open_house() as opened:
        yield opened
        # No input of a client is a bug of ours: whatever a test sends, nothing may have failed.
        assert opened.failures == []


@pytest.fixture
async def alice(house: House) -> Person:
    """Alice, registered."""
    return await house.person("alice")


@pytest.fixture
async def bob(house: House) -> Person:
    """Bob, registered."""
    return await house.person("bob")


@pytest.fixture
async def talk(house: House, alice: Person, bob: Person) -> str:
    """The direct conversation of Alice and Bob."""
    return await house.direct(alice, bob)
