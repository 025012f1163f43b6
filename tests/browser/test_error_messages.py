"""Errors are shown where they occur, translated, with a way to continue."""

from pathlib import Path

from playwright.async_api import Browser, Route, expect

from tests.support.browser_user import open_browser_user
from tests.support.chat_processes import Server, running_server
from tests.support.http_client import PASSWORD, HttpClient

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
    await expect(page.get_by_text("A password has at least 8 characters")).to_be_visible()
    await expect(page.get_by_label("New password")).to_have_attribute("aria-invalid", "true")
    assert user.errors == []


async def test_refusals_are_sentences_in_the_language_of_the_page(
    chromium: Browser, server: Server
) -> None:
    user = await open_browser_user(chromium, server.url)
    page = user.page
    await page.goto(user.url)
    await page.get_by_role("button", name="中文").click()
    # The rules are shown before anything is typed.
    await expect(page.locator(".field-hint")).to_have_text(
        [
            "2 到 32 个字母（a–z）或数字，例如 ada 或 ada.l。",
            "别人看到的名字，最多 64 个字符，可以随时修改。",
            "至少 8 个字符，不易被猜到。",
        ]
    )
    await page.get_by_label("用户名").fill("a..b")
    await page.get_by_label("密码", exact=True).fill(PASSWORD)
    await page.get_by_role("button", name="创建账号").click()
    await expect(page.locator(".field-error")).to_contain_text("用户名由 2 到 32 个字母")

    await page.get_by_label("用户名").fill("ada")
    await page.get_by_label("密码", exact=True).fill("password1")
    await page.get_by_role("button", name="创建账号").click()
    await expect(page.locator(".field-error")).to_contain_text("不能是容易猜到的密码。")
    assert user.errors == []


async def test_no_account_is_offered_where_registration_is_closed(
    chromium: Browser, tmp_path: Path
) -> None:
    with running_server(tmp_path, "access.registration=closed") as closed:
        user = await open_browser_user(chromium, closed.url)
        await user.page.goto(user.url)
        await expect(user.page.get_by_text("Registration is closed here.")).to_be_visible()
        await expect(user.page.get_by_role("button", name="Create account")).to_have_count(0)
        await expect(user.page.get_by_role("radio")).to_have_count(0)
        await expect(user.page.get_by_role("button", name="Log in")).to_be_visible()
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

    await expect(dialog.get_by_text("No notifications yet")).to_be_visible()


async def test_a_link_to_a_missing_conversation_offers_the_way_back_to_the_list(
    chromium: Browser, server: Server, people: HttpClient
) -> None:
    await people.register("ada", "Ada")
    user = await open_browser_user(chromium, server.url)
    await user.log_in("ada", expects_chats=False)
    await user.page.evaluate(f"location.hash = '#/c/{NOWHERE}'")

    await expect(user.page.get_by_text("Conversation not found")).to_be_visible()
    await user.page.get_by_role("button", name="Back to the list").last.click()
    await expect(user.page.get_by_text("Conversation not found")).to_have_count(0)
    assert user.page.url.endswith("#/")
