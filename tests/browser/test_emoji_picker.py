"""The emoji picker: with the keyboard, with a finger, in two languages, and without a network."""

from typing import Any

import pytest
from playwright.async_api import Browser, Locator, Page, Route, expect

from tests.browser.test_accessibility import violations_of
from tests.support.browser_user import BrowserUser, open_browser_user
from tests.support.chat_processes import Server
from tests.support.http_client import HttpClient

PHONE: dict[str, Any] = {
    "viewport": {"width": 360, "height": 720},
    "has_touch": True,
    "is_mobile": True,
}


async def open_conversation(
    browser: Browser, server: Server, people: HttpClient, **options: Any
) -> BrowserUser:
    ada, bob = await people.register("ada", "Ada"), await people.register("bob", "Bob Marsh")
    await bob.post(await bob.open_direct(ada), "hello")
    user = await open_browser_user(browser, server.url, **options)
    await user.log_in("ada")
    await user.open("Bob Marsh")
    return user


async def open_picker(page: Page) -> Locator:
    await page.locator("message-composer").get_by_role("button", name="Emoji").click()
    picker = page.get_by_role("dialog", name="Emoji")
    await expect(picker.get_by_role("option").first).to_be_visible()
    return picker


def option(picker: Locator, name: str) -> Locator:
    return picker.get_by_role("option", name=name, exact=True).first


async def test_an_emoji_is_searched_and_inserted_at_the_cursor_with_the_keyboard(
    chromium: Browser, server: Server, people: HttpClient
) -> None:
    user = await open_conversation(chromium, server, people)
    page, keys = user.page, user.page.keyboard
    field = page.locator("message-composer textarea")
    await field.fill("Well done!")
    for _ in range(len(" done!")):
        await field.press("ArrowLeft")

    picker = await open_picker(page)
    search = picker.get_by_label("Search emoji")
    await expect(search).to_be_focused()
    await keys.type("part pop")
    await expect(picker.get_by_role("option")).to_have_count(1)
    await expect(picker.get_by_role("status")).to_have_text("1 emoji found")
    await keys.press("Enter")
    await expect(picker).to_have_count(0)
    await expect(field).to_have_value("Well🎉 done!")
    await expect(field).to_be_focused()

    picker = await open_picker(page)
    await keys.type("xyzzy")
    await expect(picker.get_by_text("No emoji found")).to_be_visible()
    await keys.press("Enter")
    await search.fill("")
    # What was used comes first.
    await keys.press("ArrowDown")
    await expect(option(picker, "party popper")).to_be_focused()
    await keys.press("ArrowDown")
    await keys.press("ArrowRight")
    await expect(option(picker, "grinning face with big eyes")).to_be_focused()
    # Letters go to the search field, also from the grid.
    await keys.type("蛋糕")
    await expect(search).to_have_value("蛋糕")
    await expect(option(picker, "shortcake")).to_be_visible()
    await keys.press("Escape")
    await expect(picker).to_have_count(0)
    assert user.errors == []


async def test_the_arrow_keys_move_in_the_grid_and_tab_through_the_parts_of_the_picker(
    chromium: Browser, server: Server, people: HttpClient
) -> None:
    user = await open_conversation(chromium, server, people)
    page, keys = user.page, user.page.keyboard
    picker = await open_picker(page)
    first = option(picker, "grinning face")

    await keys.press("Tab")
    await expect(picker.get_by_role("button", name="Skin tone: No skin tone")).to_be_focused()
    await keys.press("Tab")
    await expect(picker.get_by_role("button", name="Smileys and emotion")).to_be_focused()
    await keys.press("End")
    await keys.press("Enter")
    await expect(option(picker, "chequered flag")).to_be_in_viewport()
    await expect(picker.get_by_role("button", name="Flags")).to_have_attribute(
        "aria-current", "true"
    )
    await keys.press("Tab")
    await expect(option(picker, "chequered flag")).to_be_focused()
    await keys.press("Control+End")
    await expect(option(picker, "flag: Wales")).to_be_focused()
    await keys.press("Control+Home")
    await expect(first).to_be_focused()
    for _ in range(2):
        await keys.press("PageDown")
    await expect(first).not_to_be_in_viewport()
    for _ in range(2):
        await keys.press("PageUp")
    await expect(first).to_be_focused()
    await keys.press("End")
    await keys.press("Home")
    await expect(first).to_be_focused()
    await keys.press("Tab")
    await expect(picker.get_by_label("Search emoji")).to_be_focused()
    await keys.press("Shift+Tab")
    await keys.press("Enter")
    await expect(page.locator("message-composer textarea")).to_have_value("😀")
    assert user.errors == []


async def test_a_skin_tone_is_chosen_with_the_keyboard_and_remembered(
    chromium: Browser, server: Server, people: HttpClient
) -> None:
    user = await open_conversation(chromium, server, people)
    page, keys = user.page, user.page.keyboard
    field = page.locator("message-composer textarea")
    picker = await open_picker(page)

    await keys.type("thumbs up")
    await keys.press("ArrowDown")
    await keys.press("Alt+ArrowDown")
    tones = picker.get_by_role("menu", name="Skin tones: thumbs up")
    await expect(tones.get_by_role("menuitemradio", name="No skin tone")).to_be_focused()
    await keys.press("Escape")
    await expect(option(picker, "thumbs up")).to_be_focused()
    await keys.press("Alt+ArrowDown")
    await keys.press("ArrowRight")
    await keys.press("ArrowRight")
    await keys.press("Enter")
    await expect(field).to_have_value("👍🏼")

    await page.reload()
    picker = await open_picker(page)
    await expect(option(picker, "thumbs up")).to_have_text("👍🏼")
    await expect(option(picker, "waving hand")).to_have_text("👋🏼")
    await picker.get_by_role("button", name="Skin tone: Medium-light skin tone").click()
    await picker.get_by_role("menuitemradio", name="Dark skin tone", exact=True).click()
    await expect(option(picker, "waving hand")).to_have_text("👋🏿")
    # The one that was used stays what it was.
    await expect(option(picker, "thumbs up")).to_have_text("👍🏼")
    assert user.errors == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_on_a_phone_the_picker_is_a_sheet_at_the_bottom_in_the_language_of_the_page(
    chromium: Browser, server: Server, people: HttpClient, scheme: str
) -> None:
    user = await open_conversation(chromium, server, people, color_scheme=scheme, **PHONE)
    page = user.page
    await page.evaluate(
        "localStorage.setItem('parlour.preferences', JSON.stringify({ language: 'zh' }))"
    )
    await page.reload()
    await page.locator("message-composer").get_by_role("button", name="表情").click()
    picker = page.get_by_role("dialog", name="表情")
    smile = option(picker, "嘿嘿")
    await expect(smile).to_be_visible()

    box = await picker.bounding_box()
    assert box
    assert (box["x"], box["width"]) == (0, 360)
    assert round(box["y"] + box["height"]) == 720
    # No keyboard covers the emoji.
    await expect(picker.get_by_label("搜索表情")).not_to_be_focused()
    assert await violations_of(user) == []
    await picker.get_by_role("button", name="旗帜").tap()
    await expect(option(picker, "黑白方格旗")).to_be_in_viewport()
    await picker.get_by_label("搜索表情").fill("birthday")
    await expect(option(picker, "生日蛋糕")).to_be_visible()
    assert await violations_of(user) == []
    await picker.get_by_label("搜索表情").fill("拇指向上")
    # A long press asks for the skin tone, and does not insert the emoji.
    thumb = option(picker, "拇指向上")
    await thumb.dispatch_event(
        "pointerdown", {"pointerType": "touch", "isPrimary": True, "bubbles": True}
    )
    await picker.get_by_role("menuitemradio", name="中等肤色").wait_for()
    await thumb.dispatch_event("click")
    assert await violations_of(user) == []
    await picker.get_by_role("menuitemradio", name="中等肤色").tap()
    await expect(page.locator("message-composer textarea")).to_have_value("👍🏽")
    assert user.errors == []


async def test_the_emoji_are_loaded_when_the_picker_opens_and_again_after_a_failure(
    chromium: Browser, server: Server, people: HttpClient
) -> None:
    user = await open_conversation(chromium, server, people, service_workers="block")
    page = user.page
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))

    async def fail(route: Route) -> None:
        await route.abort()

    await page.reload()
    await expect(page.locator("message-composer textarea")).to_be_visible()
    assert not [url for url in requests if "emoji-data.txt" in url]
    await page.route("**/emoji-data.txt", fail)
    await page.locator("message-composer").get_by_role("button", name="Emoji").click()
    picker = page.get_by_role("dialog", name="Emoji")
    await expect(picker.get_by_role("status")).to_contain_text("could not be loaded")

    await page.unroute("**/emoji-data.txt")
    await picker.get_by_role("button", name="Try again").click()
    await option(picker, "grinning face").click()
    await expect(page.locator("message-composer textarea")).to_have_value("😀")
    await open_picker(page)
    assert len([url for url in requests if "emoji-data.txt" in url]) == 2
    assert user.errors == []


async def test_a_code_is_completed_while_it_is_typed_and_replaced_at_its_second_colon(
    chromium: Browser, server: Server, people: HttpClient
) -> None:
    user = await open_conversation(chromium, server, people)
    page = user.page
    field = page.locator("message-composer textarea")
    suggestions = page.get_by_role("listbox", name="Emoji to insert")

    # The first one waits for the emoji to be loaded.
    await field.press_sequentially("Nice :smi")
    await expect(suggestions.get_by_role("option").first).to_contain_text(":smile:")
    assert await violations_of(user) == []
    await field.press("ArrowDown")
    await field.press("ArrowUp")
    await field.press("Enter")
    await expect(field).to_have_value("Nice 😄 ")
    await expect(suggestions).to_have_count(0)
    await field.press_sequentially("and :tada: at 10:30 :+1")
    await expect(suggestions.get_by_role("option")).to_have_count(1)
    await field.press("Escape")
    await field.press("Enter")
    await user.sees("hello", "Nice 😄 and 🎉 at 10:30 :+1")
    await open_picker(page)
    used = page.get_by_role("group", name="Often used").get_by_role("option")
    await expect(used).to_have_text(["🎉", "😄"])
    assert user.errors == []


async def test_any_emoji_can_be_reacted_with_from_the_menu_of_a_message(
    chromium: Browser, server: Server, people: HttpClient
) -> None:
    user = await open_conversation(chromium, server, people)
    page = user.page

    more = page.locator(".row-message").get_by_role("button", name="More", exact=True)
    await more.dispatch_event("click")
    await page.get_by_role("menuitem", name="Other emoji").click()
    picker = page.get_by_role("dialog", name="Emoji")
    await expect(page.get_by_role("menu")).to_have_count(0)
    await expect(picker.get_by_label("Search emoji")).to_be_focused()
    await page.keyboard.type("part pop")
    await page.keyboard.press("Enter")
    await expect(picker).to_have_count(0)
    await expect(page.get_by_role("button", name="🎉 1: You")).to_be_visible()
    # What was just used is offered first.
    await more.dispatch_event("click")
    await expect(page.get_by_role("menuitemcheckbox").first).to_have_text("🎉")
    assert user.errors == []
