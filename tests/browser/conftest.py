"""A server for each test of the page, and an HTTP client to create users and messages."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.chat_processes import Server, running_server
from tests.support.http_client import HttpClient

# Fast password hashes for busy machines, and limits for users who post many messages over HTTP.
SETTINGS = (
    *("access.hash_memory=8MiB", "access.hash_time=1"),
    *("limits.logins_per_account=1000/m", "limits.logins_per_address=1000/m"),
    *("limits.registrations=1000/m", "limits.password_changes=1000/m"),
    *("limits.messages=20/s burst 1000", "limits.conversation_messages=50/s burst 1000"),
)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A running server that a test may stop and start."""
    with running_server(tmp_path, *SETTINGS) as running:
        yield running


@pytest.fixture
def people(server: Server) -> HttpClient:
    """Creates users who act over HTTP, without the page."""
    return HttpClient(server.url)
