"""Somebody at the page: what they do there, and what they see."""

from typing import Any

import attrs
from playwright.async_api import Browser, BrowserContext, Locator, Page, expect

PASSWORD = "correct horse battery"
PATIENCE = 45_000.0
"""Milliseconds that a page has to show something: much more than it needs."""

# Runs before every script of the page, so that nothing is missed.
_WATCH = """
window.violations = [];
document.addEventListener('securitypolicyviolation', (event) =>
  window.violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
"""


@attrs.define
class Visitor:
    """One tab of one person, and everything that went wrong in it."""

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
        """What the page says about the connection."""
        return self.page.locator(".banner")

    async def register(self, handle: str, name: str) -> None:
        """Open the page for the first time and make an account."""
        await self.page.goto(self.url)
        await self.page.get_by_label("Handle").fill(handle)
        await self.page.get_by_label("Display name").fill(name)
        await self.page.get_by_label("Password", exact=True).fill(PASSWORD)
        await self.page.get_by_role("button", name="Create account").click()
        await expect(self.page.locator(".workspace")).to_be_visible()

    async def log_in(self, handle: str, *, expects_chats: bool = True) -> None:
        """Open the page and log in to an account, by default one with conversations."""
        await self.page.goto(self.url)
        await self.page.get_by_role("radio", name="Log in").click()
        await self.page.get_by_label("Handle").fill(handle)
        await self.page.get_by_label("Password", exact=True).fill(PASSWORD)
        await self.page.get_by_role("button", name="Log in").last.click()
        await expect(self.page.locator("chat-list")).to_be_visible()
        if expects_chats:
            await expect(self.page.locator(".entry").first).to_be_visible()

    async def find(self, words: str) -> None:
        """Look for somebody and open the conversation with them."""
        await self.page.get_by_label("Search", exact=True).fill(words)
        await self.page.locator(".found-people .entry").first.click()
        await expect(self.page.locator("message-composer textarea")).to_be_visible()

    async def open(self, title: str) -> None:
        """Open a conversation of the list."""
        await self.page.locator(".entry-title", has_text=title).first.click()
        await expect(self.page.locator(".room-title", has_text=title)).to_be_visible()

    async def say(self, *texts: str) -> None:
        """Write messages and send them with Enter."""
        for text in texts:
            await self.page.locator("message-composer textarea").fill(text)
            await self.page.locator("message-composer textarea").press("Enter")

    async def sees(self, *texts: str) -> None:
        """Wait until these and no other messages are there, in this order."""
        await expect(self.messages).to_have_text(list(texts))

    async def sees_ticks(self, **counts: int) -> None:
        """Wait until so many of their messages are `waiting`, `sent`, `delivered`, `read`."""
        for status, count in counts.items():
            await expect(self.page.locator(f".row-message .status-{status}")).to_have_count(count)

    async def violations(self) -> list[str]:
        """Return what the content security policy refused since the page was loaded."""
        found: list[str] = await self.page.evaluate("window.violations")
        return found

    async def tab(self) -> "Visitor":
        """Open another tab of the same browser at the same place."""
        other = await _tab(self.page.context, self.url)
        await other.page.goto(self.page.url)
        return other


async def visit(browser: Browser, url: str, **options: Any) -> Visitor:
    """Give somebody a browser of their own; *options* are those of a Playwright context."""
    expect.set_options(timeout=PATIENCE)
    context = await browser.new_context(locale="en-GB", **options)
    context.set_default_timeout(PATIENCE)
    await context.add_init_script(_WATCH)
    return await _tab(context, url)


async def _tab(context: BrowserContext, url: str) -> Visitor:
    visitor = Visitor(await context.new_page(), url)

    async def answer(dialog: Any) -> None:
        visitor.dialogs.append(dialog.message)
        await dialog.dismiss()

    visitor.page.on("pageerror", lambda error: visitor.errors.append(str(error)))
    visitor.page.on("dialog", answer)
    return visitor
