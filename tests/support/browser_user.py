"""A headless Chromium, and users of the page in it: what they do, and what they see."""

import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import attrs
from playwright.async_api import (
    Browser,
    BrowserContext,
    Locator,
    Page,
    async_playwright,
    expect,
)

from tests.support.http_client import PASSWORD
from tests.support.programs import find_program

# Root cannot use Chromium's sandbox; the other options prevent requests to other servers.
_OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)

TIMEOUT_MS = 45_000.0
"""How long the page may take to show something: much more than it needs."""

# Runs before the scripts of the page.
_RECORD_VIOLATIONS = """
window.violations = [];
document.addEventListener('securitypolicyviolation', (event) =>
  window.violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
"""


@asynccontextmanager
async def open_chromium() -> AsyncIterator[Browser]:
    """Start Chromium; each `new_context()` on it is a separate browser profile."""
    program = find_program(
        ("chromium", "chromium-browser", "google-chrome"),
        package="chromium",
    )
    with tempfile.TemporaryDirectory(prefix="parlour-") as home:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(
                executable_path=program.path,
                args=list(_OPTIONS),
                env={**os.environ, **program.env, "HOME": home},
            )
            try:
                yield browser
            finally:
                await browser.close()


@attrs.define
class BrowserUser:
    """A user with the page open in one tab, and the errors that occurred in it."""

    page: Page
    url: str
    errors: list[str] = attrs.field(factory=list)
    dialogs: list[str] = attrs.field(factory=list)

    @property
    def messages(self) -> Locator:
        """The texts of the open conversation, oldest first."""
        return self.page.locator(".row-message .text")

    @property
    def banner(self) -> Locator:
        """The connection banner."""
        return self.page.locator(".banner")

    async def register(self, handle: str, name: str) -> None:
        """Open the page and create an account."""
        await self.page.goto(self.url)
        await self.page.get_by_label("Handle").fill(handle)
        await self.page.get_by_label("Display name").fill(name)
        await self.page.get_by_label("Password", exact=True).fill(PASSWORD)
        await self.page.get_by_role("button", name="Create account").click()
        await expect(self.page.locator(".workspace")).to_be_visible()

    async def log_in(self, handle: str, *, expects_chats: bool = True) -> None:
        """Open the page and log in, by default to an account that has conversations."""
        await self.page.goto(self.url)
        await self.page.get_by_role("radio", name="Log in").click()
        await self.page.get_by_label("Handle").fill(handle)
        await self.page.get_by_label("Password", exact=True).fill(PASSWORD)
        await self.page.get_by_role("button", name="Log in").last.click()
        await expect(self.page.locator("chat-list")).to_be_visible()
        if expects_chats:
            await expect(self.page.locator(".entry").first).to_be_visible()

    async def find(self, query: str) -> None:
        """Search for a user and open the direct conversation with them."""
        await self.page.get_by_label("Search", exact=True).fill(query)
        await self.page.locator(".found-people .entry").first.click()
        await expect(self.page.locator("message-composer textarea")).to_be_visible()

    async def open(self, title: str) -> None:
        """Open a conversation from the list."""
        await self.page.locator(".entry-title", has_text=title).first.click()
        await expect(self.page.locator(".room-title", has_text=title)).to_be_visible()

    async def say(self, *texts: str) -> None:
        """Send messages with Enter."""
        for text in texts:
            await self.page.locator("message-composer textarea").fill(text)
            await self.page.locator("message-composer textarea").press("Enter")

    async def sees(self, *texts: str) -> None:
        """Wait until exactly these messages are shown, in this order."""
        await expect(self.messages).to_have_text(list(texts))

    async def sees_statuses(self, **counts: int) -> None:
        """Wait until this number of messages is `waiting`, `sent`, `delivered` or `read`."""
        for status, count in counts.items():
            await expect(self.page.locator(f".row-message .status-{status}")).to_have_count(count)

    async def violations(self) -> list[str]:
        """Return the violations of the content security policy since the page was loaded."""
        found: list[str] = await self.page.evaluate("window.violations")
        return found

    async def tab(self) -> "BrowserUser":
        """Open the same page in another tab of the same browser."""
        other = await _tab(self.page.context, self.url)
        await other.page.goto(self.page.url)
        return other


async def open_browser_user(browser: Browser, url: str, **options: Any) -> BrowserUser:
    """Create a browser profile with one tab; *options* are those of a Playwright context."""
    expect.set_options(timeout=TIMEOUT_MS)
    context = await browser.new_context(locale="en-GB", **options)
    context.set_default_timeout(TIMEOUT_MS)
    await context.add_init_script(_RECORD_VIOLATIONS)
    return await _tab(context, url)


async def _tab(context: BrowserContext, url: str) -> BrowserUser:
    user = BrowserUser(await context.new_page(), url)

    async def answer(dialog: Any) -> None:
        user.dialogs.append(dialog.message)
        await dialog.dismiss()

    user.page.on("pageerror", lambda error: user.errors.append(str(error)))
    user.page.on("dialog", answer)
    return user
