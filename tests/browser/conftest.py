"""A service of one's own for each test of the page, and people who were there before."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.residents import Town, town
from tests.support.terminals import Server, serving

# Hashing costs seconds on a busy machine, and what a page shows doesn't depend on it.
# People who were there before say much in a short time.
SETTINGS = (
    *("access.hash_memory=8MiB", "access.hash_time=1"),
    *("limits.logins_per_account=1000/m", "limits.logins_per_address=1000/m"),
    *("limits.registrations=1000/m", "limits.password_changes=1000/m"),
    *("limits.messages=20/s burst 1000", "limits.conversation_messages=50/s burst 1000"),
)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A running service that a test may stop and start."""
    with serving(tmp_path, *SETTINGS) as running:
        yield running


@pytest.fixture
def people(server: Server) -> Iterator[Town]:
    """Where people come from who talk without a page."""
    with town(server.url) as place:
        yield place
