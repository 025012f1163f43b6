"""Using the page with the keyboard alone, and where the focus moves."""

from playwright.async_api import Browser, expect

from tests.support.browser_user import open_browser_user
from tests.support.chat_processes import Server
from tests.support.http_client import HttpClient


async def test_a_group_can_be_created_with_the_keyboard_alone(
    chromium: Browser, server: Server, people: HttpClient
) -> None:
    await people.register("bob", "Bob Marsh")
    await people.register("kim", "Kim Park")
    user = await open_browser_user(chromium, server.url)
    page = user.page
    keys = page.keyboard
    await user.register("ada", "Ada Winter")

    await keys.press("Tab")
    await expect(page.get_by_role("button", name="Settings and profile")).to_be_focused()
    new = page.get_by_role("button", name="New conversation").first
    await new.press("Enter")
    dialog = page.locator("dialog[open]")
    field = dialog.get_by_label("Name or @handle")
    await expect(field).to_be_focused()
    await dialog.get_by_role("radio", name="Group").press("Enter")
    # Not "Create group with 0 people".
    await expect(dialog.get_by_role("button", name="Create group", exact=True)).to_be_visible()
    await dialog.get_by_label("Name of the group").fill("Choir")
    for handle in ("bob", "kim"):
        await field.press_sequentially(handle)
        await dialog.locator(".people .entry", has_text=f"@{handle}").press("Enter")
        # The selected result disappears and the focus returns to the field.
        await expect(field).to_be_focused()
        await expect(field).to_have_value("")
    await dialog.get_by_role("button", name="Remove Kim Park").press("Enter")
    await expect(field).to_be_focused()
    await dialog.get_by_role("button", name="Create group with 1 person").press("Enter")
    await expect(page.locator("message-composer textarea")).to_be_focused()
    assert user.errors == []


async def test_the_focus_moves_on_after_leaving_a_group_and_after_logging_out(
    chromium: Browser, server: Server, people: HttpClient
) -> None:
    ada, bob = await people.register("ada", "Ada"), await people.register("bob", "Bob Marsh")
    await bob.create_group("Choir", ada)
    user = await open_browser_user(chromium, server.url)
    page = user.page
    await user.log_in("ada")
    await user.open("Choir")

    await page.get_by_role("button", name="More about this conversation").press("Enter")
    await page.get_by_role("menuitem", name="Leave").press("Enter")
    await page.locator("dialog").get_by_role("button", name="Leave").press("Enter")
    await expect(page.locator(".entry")).to_have_count(0)
    await expect(page.locator(".sidebar")).to_be_focused()

    me = page.get_by_role("button", name="Settings and profile")
    await me.press("Enter")
    await page.get_by_role("button", name="Log out", exact=True).last.press("Enter")
    await expect(page.get_by_label("Handle")).to_be_focused()


async def test_a_display_name_is_saved_even_if_enter_follows_at_once(
    chromium: Browser, server: Server, people: HttpClient
) -> None:
    await people.register("ada", "Ada")
    user = await open_browser_user(chromium, server.url)
    page = user.page
    await user.log_in("ada", expects_chats=False)
    await page.get_by_role("button", name="Settings and profile").click()
    # Both in one task, without a rendering in between.
    await page.get_by_label("Display name").evaluate(
        """field => {
          field.value = 'Ada Lovelace';
          field.dispatchEvent(new Event('input', { bubbles: true }));
          field.form.requestSubmit();
        }"""
    )
    await expect(page.get_by_text("Saved")).to_be_visible()
    await page.reload()
    await page.get_by_role("button", name="Settings and profile").click()
    await expect(page.get_by_label("Display name")).to_have_value("Ada Lovelace")
