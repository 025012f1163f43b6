"""Forwarding: one message to several conversations, and several as one."""

from playwright.async_api import Browser, expect

from tests.support.browser_user import open_browser_user
from tests.support.chat_processes import Server
from tests.support.http_client import HttpClient
from tests.support.message_rows import choose, confirm, row


async def test_messages_are_forwarded_one_by_one_or_as_one_that_opens_in_a_reader(
    chromium: Browser, server: Server, people: HttpClient
) -> None:
    ada, bob = await people.register("ada", "Ada"), await people.register("bob", "Bob Marsh")
    kim = await people.register("kim", "Kim Park")
    direct = await bob.open_direct(ada)
    await bob.post(direct, "The **first** line", "The second", "The third")
    await ada.read(direct, 3)
    group = await ada.create_group("Choir", kim)
    book = await ada.create_group("Book club", kim)
    one = await open_browser_user(chromium, server.url)
    other = await open_browser_user(chromium, server.url)
    await one.log_in("ada")
    await one.open("Bob Marsh")
    await other.log_in("kim")
    await other.open("Choir")
    dialog = one.page.locator("dialog")

    await choose(one, 2, "Forward")
    for title in ("Choir", "Book club"):
        await dialog.get_by_label("Search conversations").fill(title)
        await dialog.locator(".entry", has_text=title).click()
    await dialog.get_by_label("Add a comment").fill("Look at this")
    await confirm(one, "Forward")
    await other.sees("Look at this", "The second")
    await expect(row(other, 2).locator(".forwarded-line")).to_have_text("Forwarded from Bob Marsh")
    assert [each["kind"] for each in await kim.history(book)] == ["text", "text"]

    await row(one, 1).locator(".bubble").click(modifiers=["Control"])
    await row(one, 3).click()
    await one.page.get_by_role("toolbar").get_by_role("button", name="Forward").click()
    await dialog.locator(".entry", has_text="Choir").click()
    await dialog.get_by_label("As one message").check()
    await confirm(one, "Forward")
    await expect(one.page.locator(".selection-bar")).to_have_count(0)
    bundle = row(other, 3).locator(".bundle")
    await expect(bundle).to_contain_text("2 messages")
    await expect(bundle).to_contain_text("Bob Marsh: The first line")
    await bundle.click()
    reader = other.page.locator("dialog")
    await expect(reader.locator(".bundle-item .text")).to_have_text(
        ["The first line", "The third"]
    )
    await other.page.keyboard.press("Escape")
    await expect(reader).to_have_count(0)
    assert len(await kim.history(group)) == 3
    assert (one.errors, other.errors) == ([], [])
