"""A hub and two sockets, for every test of the shell that wants them."""

import pytest

from tests.support import builders as b
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
