"""Pinned messages between two people with the page open."""

from playwright.async_api import Browser, Locator, expect

from tests.support.browser_user import BrowserUser, open_browser_user
from tests.support.chat_processes import Server
from tests.support.http_client import HttpClient


async def test_a_pinned_message_stands_under_the_header_of_everybody_and_leads_to_it(
    chromium: Browser, server: Server, people: HttpClient
) -> None:
    ada, bob = await _two_people(chromium, server, people)

    await _choose(ada, "number 120", "Pin")
    for user in (ada, bob):
        await expect(_strip(user)).to_contain_text("number 120")
        await expect(_row(user, 120).locator(".pinned-mark")).to_be_visible()
    await expect(_announced(bob)).to_have_text("Ada pinned: number 120")

    # An old message that is not loaded in Bob's page.
    await ada.page.goto(f"{ada.page.url.split('#')[0]}#/c/{await _conversation(bob)}/3")
    await _choose(ada, "number 3", "Pin")
    await expect(_strip(bob)).to_contain_text("number 3")
    await expect(_strip(bob)).to_contain_text("2 of 2")
    assert await _row(bob, 3).count() == 0
    await _strip(bob).get_by_role("button").first.click()
    await expect(_row(bob, 3)).to_be_in_viewport()
    await expect(_strip(bob)).to_contain_text("number 120")
    await _strip(bob).get_by_role("button").first.click()
    await expect(_row(bob, 120)).to_be_in_viewport()
    await expect(_strip(bob)).to_contain_text("number 3")
    assert (ada.errors, bob.errors) == ([], [])


async def test_the_list_of_pinned_messages_unpins_for_both_also_after_a_reload(
    chromium: Browser, server: Server, people: HttpClient
) -> None:
    ada, bob = await _two_people(chromium, server, people)
    for text in ("number 118", "number 119"):
        await _choose(ada, text, "Pin")
    await bob.page.reload()
    await expect(_strip(bob)).to_contain_text("2 of 2")

    await bob.page.get_by_role("button", name="All pinned messages").click()
    listed = bob.page.get_by_role("dialog", name="Pinned messages")
    await expect(listed.locator(".entry-preview")).to_have_text(["number 119", "number 118"])
    await expect(listed.locator(".pin-by").first).to_have_text("Pinned by Ada")
    await listed.get_by_role("button", name="Unpin").first.click()
    await expect(listed.locator(".entry-preview")).to_have_text(["number 118"])
    await expect(_strip(ada)).to_contain_text("number 118")
    await listed.locator(".entry").click()
    await expect(listed).not_to_be_visible()

    await _choose(ada, "number 118", "Unpin")
    for user in (ada, bob):
        await expect(_strip(user)).to_have_count(0)
    assert (ada.errors, bob.errors) == ([], [])


async def _two_people(
    chromium: Browser, server: Server, people: HttpClient
) -> tuple[BrowserUser, BrowserUser]:
    """Ada and Bob, and 120 messages of Bob."""
    account, other = await people.register("ada", "Ada"), await people.register("bob", "Bob Marsh")
    direct = await other.open_direct(account)
    await other.post(direct, *(f"number {number}" for number in range(1, 121)))
    await account.read(direct, 120)
    ada = await open_browser_user(chromium, server.url)
    bob = await open_browser_user(chromium, server.url)
    await ada.log_in("ada")
    await ada.open("Bob Marsh")
    await bob.log_in("bob")
    await bob.open("Ada")
    for user in (ada, bob):
        await expect(_row(user, 120)).to_be_in_viewport()
    return ada, bob


async def _conversation(user: BrowserUser) -> str:
    fragment: str = await user.page.evaluate("location.hash")
    return fragment.split("/")[2]


async def _choose(user: BrowserUser, text: str, item: str) -> None:
    """Choose an item of the menu of a message."""
    await user.page.get_by_text(text, exact=True).last.click(button="right")
    await user.page.get_by_role("menuitem", name=item, exact=True).click()


def _row(user: BrowserUser, seq: int) -> Locator:
    return user.page.locator(f"[data-seq='{seq}']")


def _strip(user: BrowserUser) -> Locator:
    return user.page.locator(".pin-strip")


def _announced(user: BrowserUser) -> Locator:
    return user.page.locator("chat-timeline [aria-live=polite]")
