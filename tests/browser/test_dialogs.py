"""Dialogs: where the focus goes, what an owner is offered, and toasts above them."""

from playwright.async_api import Browser, expect

from tests.support.browser_user import open_browser_user
from tests.support.chat_processes import Server
from tests.support.http_client import HttpClient

# Toasts let clicks through, so they are made clickable to be found at a point.
_TOAST_IS_ON_TOP = """
() => {
  const toast = document.querySelector('.toast');
  if (!toast || document.querySelectorAll('dialog[open]').length !== 1) return false;
  toast.style.pointerEvents = 'auto';
  const box = toast.getBoundingClientRect();
  const found = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  const isCentred = Math.abs(box.x + box.width / 2 - innerWidth / 2) < 2;
  return found === toast && isCentred && !toast.closest('[inert]') &&
    document.querySelector('dialog[open]').contains(toast);
}
"""


async def test_an_owner_renames_a_group_and_hands_it_over_to_leave_it(
    chromium: Browser, server: Server, people: HttpClient
) -> None:
    ada, bob = await people.register("ada", "Ada"), await people.register("bob", "Bob Marsh")
    group = await ada.create_group("Choir", bob)
    user = await open_browser_user(chromium, server.url)
    page = user.page
    await user.log_in("ada")
    await user.open("Choir")
    await page.locator(".room-info").click()
    dialog = page.locator("dialog[open]")
    rename = dialog.get_by_role("button", name="Change the name")
    field = dialog.get_by_label("Name of the group")

    await rename.press("Enter")
    await expect(field).to_be_focused()
    await field.fill("Band")
    await dialog.get_by_role("button", name="Cancel").press("Enter")
    await expect(rename).to_be_focused()
    await expect(dialog.locator(".summary-title")).to_have_text("Choir")
    # Escape leaves the field, not the dialog.
    await rename.press("Enter")
    await field.press("Escape")
    await expect(rename).to_be_focused()
    await rename.press("Enter")
    await field.fill("Orchestra")
    await field.press("Enter")
    await expect(dialog.locator(".summary-title")).to_have_text("Orchestra")
    await expect(rename).to_be_focused()

    add = dialog.get_by_role("button", name="Add people")
    await add.press("Enter")
    await expect(dialog.get_by_label("Name or @handle")).to_be_focused()
    await expect(dialog.get_by_role("button", name="Add people")).to_be_disabled()
    await dialog.get_by_role("button", name="Cancel").press("Enter")
    await expect(add).to_be_focused()

    await dialog.get_by_role("button", name="Leave").click()
    choice = page.locator("dialog[open]").last
    leave = choice.get_by_role("button", name="Hand over and leave")
    await expect(leave).to_be_disabled()
    await choice.get_by_role("radio", name="Bob Marsh").check()
    await leave.click()
    await expect(page.locator(".entry")).to_have_count(0)
    await expect(page.locator("dialog[open]")).to_have_count(0)
    members = await bob.call("GET", f"/v1/conversations/{group}/members")
    assert [(each["user"], each["role"]) for each in members["members"]] == [(bob.id, "owner")]
    assert user.errors == []


async def test_toasts_stand_above_dialogs_and_the_focus_returns_to_the_menu_s_place(
    chromium: Browser, server: Server, people: HttpClient
) -> None:
    ada, bob = await people.register("ada", "Ada"), await people.register("bob", "Bob Marsh")
    await bob.post(await bob.open_direct(ada), "one", "two", "three")
    user = await open_browser_user(chromium, server.url)
    page = user.page
    await user.log_in("ada")
    await user.open("Bob Marsh")
    row = page.locator(".row-message[data-seq='2']")

    for close in ("Escape", "Enter"):
        await page.locator("message-composer textarea").focus()
        await row.locator(".bubble").click(button="right")
        await expect(page.locator("[role=menu] :focus")).to_have_count(1)
        await page.get_by_role("menuitem", name="Copy text").focus()
        await page.keyboard.press(close)
        await expect(page.get_by_role("menu")).to_have_count(0)
        await expect(row).to_be_focused()
    entry = page.locator(".entry", has_text="Bob Marsh")
    await entry.click(button="right")
    await page.get_by_role("menuitem", name="Mute …").press("Enter")
    await page.keyboard.press("Escape")
    await expect(entry).to_be_focused()

    # Copying was said by a toast: it is moved into a dialog that opens, and out of it again.
    toast = page.locator(".toast")
    await expect(toast).to_be_visible()
    await page.keyboard.press("?")
    await expect(page.locator("dialog[open]")).to_be_visible()
    assert await page.evaluate(_TOAST_IS_ON_TOP)
    await page.keyboard.press("Escape")
    await expect(page.locator("dialog")).to_have_count(0)
    await expect(toast).to_be_visible()
    assert user.errors == []
