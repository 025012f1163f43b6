"""Errors are shown where they occur, translated, with a way to continue."""

from playwright.async_api import Browser, Route, expect

from tests.support.browser_user import open_browser_user
from tests.support.chat_processes import Server
from tests.support.http_client import HttpClient

NOWHERE = "01890000-0000-7000-8000-000000000000"


async def test_a_group_without_a_title_shows_an_error_at_the_field(
    chromium: Browser, server: Server, people: HttpClient
) -> None:
    await people.register("ada", "Ada")
    user = await open_browser_user(chromium, server.url)
    await user.log_in("ada", expects_chats=False)
    await user.page.get_by_role("button", name="New conversation").first.click()
    dialog = user.page.locator("dialog[open]")
    await dialog.get_by_role("radio", name="Group").click()
    await dialog.get_by_role("button", name="Create group").click()

    name = dialog.get_by_label("Name of the group")
    await expect(dialog.get_by_text("A group needs a name.")).to_be_visible()
    await expect(name).to_be_focused()
    await name.fill("Choir")
    await expect(dialog.get_by_text("A group needs a name.")).to_have_count(0)
    await dialog.get_by_role("button", name="Create group").click()
    await expect(user.page.locator(".room-title")).to_have_text("Choir")
    assert user.errors == []


async def test_a_short_password_shows_a_translated_error(
    chromium: Browser, server: Server, people: HttpClient
) -> None:
    await people.register("ada", "Ada")
    user = await open_browser_user(chromium, server.url)
    page = user.page
    await user.log_in("ada", expects_chats=False)
    await page.get_by_role("button", name="Settings and profile").click()
    await page.get_by_label("New password").fill("short")
    await page.get_by_role("button", name="Change password").click()

    await expect(page.get_by_text("The password is missing.")).to_be_visible()
    await expect(page.get_by_text("At least 8 characters.")).to_be_visible()
    await expect(page.get_by_label("New password")).to_have_attribute("aria-invalid", "true")
    assert user.errors == []


async def test_loading_notifications_can_be_retried_after_an_error(
    chromium: Browser, server: Server, people: HttpClient
) -> None:
    await people.register("ada", "Ada")
    user = await open_browser_user(chromium, server.url)

    async def refuse(route: Route) -> None:
        await route.abort()

    await user.page.route("**/v1/notifications*", refuse)
    await user.log_in("ada", expects_chats=False)
    await user.page.get_by_role("button", name="Notifications").click()
    dialog = user.page.locator("dialog[open]")
    again = dialog.get_by_role("button", name="Try again")
    await expect(again).to_be_visible()
    await user.page.unroute("**/v1/notifications*")
    await again.click()

    await expect(dialog.get_by_text("Nothing yet")).to_be_visible()


async def test_a_link_to_a_missing_conversation_offers_the_way_back_to_the_list(
    chromium: Browser, server: Server, people: HttpClient
) -> None:
    await people.register("ada", "Ada")
    user = await open_browser_user(chromium, server.url)
    await user.log_in("ada", expects_chats=False)
    await user.page.evaluate(f"location.hash = '#/c/{NOWHERE}'")

    await expect(user.page.get_by_text("There is nothing to see here")).to_be_visible()
    await user.page.get_by_role("button", name="Back to the list").last.click()
    await expect(user.page.get_by_text("There is nothing to see here")).to_have_count(0)
    assert user.page.url.endswith("#/")
