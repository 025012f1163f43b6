"""A hub, two sockets, and a running log reconciler, for the tests of the shell."""

from collections.abc import Iterator

import pytest

from parlour.entrypoints.harness.virtual_time import VirtualTimeLoop
from tests.support import builders as b
from tests.support.hub import Node
from tests.support.reconciled_node import ReconciledNode
from tests.support.sockets import HeardSocket


@pytest.fixture
def node() -> Node:
    """A node without sockets, on a bus that drops every frame."""
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
def here() -> Iterator[ReconciledNode]:
    """Alice and Bob in a group; the reconciler runs on virtual time."""
    loop = VirtualTimeLoop()
    yield ReconciledNode(loop)
    loop.end()
