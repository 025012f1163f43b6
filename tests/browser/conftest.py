"""
One Chromium for all tests of the page, a server for each, and an HTTP client to create users.

The tests run in one event loop, that of the Chromium: async fixtures need `loop_scope="session"`.
"""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.support.browser_user import open_chromium
from tests.support.chat_processes import Server, running_server
from tests.support.http_client import HttpClient
from tests.support.programs import ROOT, unless_waived

# Fast password hashes for busy machines, and limits for users who post many messages over HTTP.
SETTINGS = (
    *("access.hash_memory=8MiB", "access.hash_time=1"),
    *("limits.logins_per_account=1000/m", "limits.logins_per_address=1000/m"),
    *("limits.registrations=1000/m", "limits.password_changes=1000/m"),
    *("limits.messages=20/s burst 1000", "limits.conversation_messages=50/s burst 1000"),
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the tests of this folder in one event loop."""
    for item in items:
        if item.path.is_relative_to(ROOT / "tests" / "browser"):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def only_chromium() -> AsyncIterator[Browser]:
    """The Chromium of all tests: starting one takes as long as a short test."""
    unless_waived("browser")
    async with open_chromium() as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="session")
async def chromium(only_chromium: Browser) -> AsyncIterator[Browser]:
    """A browser without profiles; `new_context()` gives one person's, until the test ends."""
    yield only_chromium
    for context in only_chromium.contexts:
        await context.close()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A running server that a test may stop and start."""
    with running_server(tmp_path, *SETTINGS) as running:
        yield running


@pytest.fixture
def people(server: Server) -> HttpClient:
    """Creates users who act over HTTP, without the page."""
    return HttpClient(server.url)
