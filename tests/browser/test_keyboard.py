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
