"""Somebody without a mouse: where the focus goes when what had it goes away."""

from playwright.async_api import Browser, expect

from tests.support.residents import Town
from tests.support.terminals import Server
from tests.support.visitors import visit


async def test_a_newcomer_makes_a_group_with_the_keyboard_alone(
    chromium: Browser, server: Server, people: Town
) -> None:
    people.person("bob", "Bob Marsh")
    people.person("kim", "Kim Park")
    visitor = await visit(chromium, server.url)
    page = visitor.page
    keys = page.keyboard
    await visitor.register("ada", "Ada Winter")

    await keys.press("Tab")
    await expect(page.get_by_role("button", name="Settings and profile")).to_be_focused()
    new = page.get_by_role("button", name="New conversation").first
    await new.press("Enter")
    dialog = page.locator("dialog[open]")
    field = dialog.get_by_label("Name or @handle")
    await expect(field).to_be_focused()
    await dialog.get_by_role("radio", name="Group").press("Enter")
    await dialog.get_by_label("Name of the group").fill("Choir")
    for handle in ("bob", "kim"):
        await field.press_sequentially(handle)
        await dialog.locator(".people .entry", has_text=f"@{handle}").press("Enter")
        # The line that was chosen is gone; the next name can be typed at once.
        await expect(field).to_be_focused()
        await expect(field).to_have_value("")
    await dialog.get_by_role("button", name="Leave out Kim Park").press("Enter")
    await expect(field).to_be_focused()
    await dialog.get_by_role("button", name="Create group with 1 person").press("Enter")
    await expect(page.locator("message-composer textarea")).to_be_focused()
    assert visitor.errors == []


async def test_the_focus_is_not_lost_with_a_group_that_was_left_or_with_the_page_at_log_out(
    chromium: Browser, server: Server, people: Town
) -> None:
    ada, bob = people.person("ada", "Ada"), people.person("bob", "Bob Marsh")
    bob.group("Choir", ada)
    visitor = await visit(chromium, server.url)
    page = visitor.page
    await visitor.log_in("ada")
    await visitor.open("Choir")

    await page.get_by_role("button", name="More about this conversation").press("Enter")
    await page.get_by_role("menuitem", name="Leave").press("Enter")
    await page.locator("dialog").get_by_role("button", name="Leave").press("Enter")
    await expect(page.locator(".entry")).to_have_count(0)
    await expect(page.locator(".sidebar")).to_be_focused()

    me = page.get_by_role("button", name="Settings and profile")
    await me.press("Enter")
    await page.get_by_role("button", name="Log out", exact=True).last.press("Enter")
    await expect(page.get_by_label("Handle")).to_be_focused()


async def test_a_new_name_is_saved_however_fast_enter_follows_its_last_letter(
    chromium: Browser, server: Server, people: Town
) -> None:
    people.person("ada", "Ada")
    visitor = await visit(chromium, server.url)
    page = visitor.page
    await visitor.log_in("ada", expects_chats=False)
    await page.get_by_role("button", name="Settings and profile").click()
    # Both within one task: no frame is painted between them.
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
