"""Edits: what both sides see, without a connection, and when two devices edit one message."""

from playwright.async_api import Browser, expect

from tests.support.browser_user import open_browser_user
from tests.support.chat_processes import Server
from tests.support.http_client import HttpClient
from tests.support.message_rows import announced, edit, row


async def test_an_edit_reaches_the_other_side_with_its_mark_and_the_earlier_texts(
    chromium: Browser, server: Server, people: HttpClient
) -> None:
    ada, bob = await people.register("ada", "Ada"), await people.register("bob", "Bob Marsh")
    direct = await ada.open_direct(bob)
    await ada.post(direct, "We meet at six", "Bring the book")
    one = await open_browser_user(chromium, server.url)
    other = await open_browser_user(chromium, server.url)
    await one.log_in("ada")
    await one.open("Bob Marsh")
    await other.log_in("bob")
    await other.open("Ada")
    field = one.page.locator("message-composer textarea")

    # Up in an empty composer edits the last own message; Escape brings the draft back.
    await field.fill("not yet")
    await field.press("ArrowUp")
    await expect(field).to_have_value("not yet")
    await row(one, 1).focus()
    await one.page.keyboard.press("e")
    await expect(field).to_have_value("We meet at six")
    await field.press("Escape")
    await expect(field).to_have_value("not yet")
    await field.fill("")
    await field.press("ArrowUp")
    await expect(one.page.locator(".composer-context")).to_contain_text("Edit message")
    await field.fill("Bring both books")
    await field.press("Enter")
    await expect(row(other, 2).locator(".text")).to_have_text("Bring both books")
    await expect(row(one, 2).locator(".edited-mark")).to_be_visible()
    await announced(other.page, "Ada edited a message: Bring both books")
    await expect(other.page.locator(".entry-preview").first).to_have_text("Bring both books")

    await row(other, 2).locator(".edited-mark").click()
    earlier = other.page.get_by_role("dialog", name="Earlier texts")
    await expect(earlier.locator("li .text")).to_have_text(["Bring the book"])
    await other.page.keyboard.press("Escape")
    await expect(earlier).to_have_count(0)
    assert (one.errors, other.errors) == ([], [])


async def test_an_edit_made_offline_waits_over_a_reload_and_a_conflict_is_decided_by_the_person(
    chromium: Browser, server: Server, people: HttpClient
) -> None:
    ada, bob = await people.register("ada", "Ada"), await people.register("bob", "Bob Marsh")
    direct = await ada.open_direct(bob)
    await ada.post(direct, "first", "second")
    user = await open_browser_user(chromium, server.url)
    page, field = user.page, user.page.locator("message-composer textarea")
    await user.log_in("ada")
    await user.open("Bob Marsh")
    await expect(user.messages).to_have_text(["first", "second"])
    # The messages that the page keeps are stored within a second.
    await page.wait_for_function(_KEPT)

    # The worker serves the page without a connection.
    await page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    await page.context.set_offline(True)
    await expect(user.banner).to_be_visible()
    for seq, text in ((1, "first, edited"), (2, "second, edited")):
        await row(user, seq).focus()
        await page.keyboard.press("e")
        await field.fill(text)
        await field.press("Enter")
    await expect(user.messages).to_have_text(["first, edited", "second, edited"])
    await user.sees_statuses(waiting=2)
    await page.reload()
    await expect(user.messages).to_have_text(["first, edited", "second, edited"])

    # Meanwhile another device edits the second one.
    await edit(ada, direct, 2, "second, elsewhere")
    await page.context.set_offline(False)
    conflict = row(user, 2).locator(".failed-actions")
    await expect(conflict).to_contain_text("second, elsewhere")
    await expect(row(user, 1).locator(".edited-mark")).to_be_visible()
    await conflict.get_by_role("button", name="Replace it by my text").click()
    await expect(conflict).to_have_count(0)
    await user.sees_statuses(waiting=0)
    texts = [message["body"]["text"] for message in await bob.history(direct)]
    assert texts == ["first, edited", "second, edited"]
    assert user.errors == []


_KEPT = """
async () => {
  const open = indexedDB.open('parlour');
  await new Promise((resolve) => { open.onsuccess = resolve; });
  const all = open.result.transaction('values').objectStore('values').getAll();
  await new Promise((resolve) => { all.onsuccess = resolve; });
  open.result.close();
  return all.result.some((value) => value?.messages?.length === 2);
}
"""
