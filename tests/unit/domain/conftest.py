"""Rules and deeds are tried on the memory backend, with a clock that stands."""

import pytest

from tests.support.world import World, new_world


@pytest.fixture
def world() -> World:
    """A service where nobody lives yet."""
    return new_world()
