"""What goes wrong is said where it went wrong, in words of the page, with a way on."""

from playwright.async_api import Browser, Route, expect

from tests.support.residents import Town
from tests.support.terminals import Server
from tests.support.visitors import visit

NOWHERE = "01890000-0000-7000-8000-000000000000"


async def test_a_group_without_a_name_is_asked_for_one(
    chromium: Browser, server: Server, people: Town
) -> None:
    people.person("ada", "Ada")
    visitor = await visit(chromium, server.url)
    await visitor.log_in("ada", expects_chats=False)
    await visitor.page.get_by_role("button", name="New conversation").first.click()
    dialog = visitor.page.locator("dialog[open]")
    await dialog.get_by_role("radio", name="Group").click()
    await dialog.get_by_role("button", name="Create group").click()

    name = dialog.get_by_label("Name of the group")
    await expect(dialog.get_by_text("A group needs a name.")).to_be_visible()
    await expect(name).to_be_focused()
    await name.fill("Choir")
    await expect(dialog.get_by_text("A group needs a name.")).to_have_count(0)
    await dialog.get_by_role("button", name="Create group").click()
    await expect(visitor.page.locator(".room-title")).to_have_text("Choir")
    assert visitor.errors == []


async def test_a_new_password_that_is_too_short_is_told_in_the_language_of_the_page(
    chromium: Browser, server: Server, people: Town
) -> None:
    people.person("ada", "Ada")
    visitor = await visit(chromium, server.url)
    page = visitor.page
    await visitor.log_in("ada", expects_chats=False)
    await page.get_by_role("button", name="Settings and profile").click()
    await page.get_by_label("New password").fill("short")
    await page.get_by_role("button", name="Change password").click()

    await expect(page.get_by_text("The password is missing.")).to_be_visible()
    await expect(page.get_by_text("At least 8 characters.")).to_be_visible()
    await expect(page.get_by_label("New password")).to_have_attribute("aria-invalid", "true")
    assert visitor.errors == []


async def test_notifications_that_did_not_come_can_be_asked_for_again(
    chromium: Browser, server: Server, people: Town
) -> None:
    people.person("ada", "Ada")
    visitor = await visit(chromium, server.url)

    async def refuse(route: Route) -> None:
        await route.abort()

    await visitor.page.route("**/v1/notifications*", refuse)
    await visitor.log_in("ada", expects_chats=False)
    await visitor.page.get_by_role("button", name="Notifications").click()
    dialog = visitor.page.locator("dialog[open]")
    again = dialog.get_by_role("button", name="Try again")
    await expect(again).to_be_visible()
    await visitor.page.unroute("**/v1/notifications*")
    await again.click()

    await expect(dialog.get_by_text("Nothing yet")).to_be_visible()


async def test_a_link_to_what_is_not_there_leads_back_to_the_list(
    chromium: Browser, server: Server, people: Town
) -> None:
    people.person("ada", "Ada")
    visitor = await visit(chromium, server.url)
    await visitor.log_in("ada", expects_chats=False)
    await visitor.page.evaluate(f"location.hash = '#/c/{NOWHERE}'")

    await expect(visitor.page.get_by_text("There is nothing to see here")).to_be_visible()
    await visitor.page.get_by_role("button", name="Back to the list").last.click()
    await expect(visitor.page.get_by_text("There is nothing to see here")).to_have_count(0)
    assert visitor.page.url.endswith("#/")
