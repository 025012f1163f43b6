"""A hub and two sockets, and a running follower, for every test of the shell that wants them."""

from collections.abc import Iterator

import pytest

from parlour.entrypoints.harness.virtual_time import VirtualTimeLoop
from tests.support import builders as b
from tests.support.following import House
from tests.support.hub import Node
from tests.support.sockets import HeardSocket


@pytest.fixture
def node() -> Node:
    """A node without sockets, on a bus that loses everything."""
    return Node()


@pytest.fixture
def alice() -> HeardSocket:
    """A socket of Alice."""
    return HeardSocket(b.ALICE)


@pytest.fixture
def bob() -> HeardSocket:
    """A socket of Bob."""
    return HeardSocket(b.BOB)


@pytest.fixture
def house() -> Iterator[House]:
    """Alice and Bob in a group; the follower runs, and time stands still."""
    loop = VirtualTimeLoop()
    yield House(loop)
    loop.end()
