"""Use cases are tested on the memory backend, with a held clock."""

import pytest

from tests.support.world import World, new_world


@pytest.fixture
def world() -> World:
    """A service where nobody lives yet."""
    return new_world()
