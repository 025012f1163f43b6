"""What tests of the page do with single messages."""

from playwright.async_api import Locator, Page, expect

from tests.support.browser_user import BrowserUser
from tests.support.http_client import HttpUser


def row(user: BrowserUser, seq: int) -> Locator:
    """The row of a message."""
    return user.page.locator(f".row-message[data-seq='{seq}']")


async def choose(user: BrowserUser, seq: int, action: str) -> None:
    """Choose an action from the menu of a message."""
    await row(user, seq).locator(".bubble").click(button="right")
    await user.page.get_by_role("menuitem", name=action, exact=True).click()


async def confirm(user: BrowserUser, action: str) -> None:
    """Confirm an action in the dialog that asks for it."""
    await user.page.locator("dialog").get_by_role("button", name=action, exact=True).click()


async def edit(person: HttpUser, conversation: str, seq: int, text: str) -> None:
    """Edit a message on another device."""
    path = f"/v1/conversations/{conversation}/messages/{seq}"
    await person.call("PATCH", path, {"body": {"text": text}})


async def announced(page: Page, text: str) -> None:
    """Wait until a screen reader was told *text*."""
    await expect(page.locator("chat-timeline [aria-live=polite]")).to_have_text(text)
