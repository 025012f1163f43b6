"""
One Chromium for all tests of the page, a server for each, and an HTTP client to create users.

The tests run in one event loop, that of the Chromium: async fixtures need `loop_scope="session"`.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
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


class OneChromium:
    """The Chromium of all tests: starting one takes as long as a short test.

    Where it has ended, the test in which it did fails, and the next one starts another.
    """

    def __init__(self, running: AsyncExitStack) -> None:
        self._running = running
        self._browser: Browser | None = None

    async def get(self) -> Browser:
        """Return a browser that runs."""
        if self._browser is None or not self._browser.is_connected():
            self._browser = await self._running.enter_async_context(open_chromium())
        return self._browser


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def one_chromium() -> AsyncIterator[OneChromium]:
    """What `chromium` takes its browser from."""
    unless_waived("browser")
    async with AsyncExitStack() as running:
        yield OneChromium(running)


@pytest_asyncio.fixture(loop_scope="session")
async def chromium(one_chromium: OneChromium) -> AsyncIterator[Browser]:
    """A browser without profiles; `new_context()` gives one person's, until the test ends."""
    browser = await one_chromium.get()
    yield browser
    for context in browser.contexts:
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
