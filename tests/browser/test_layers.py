"""Menus and pickers: which keys and clicks close them, and what else the same key does."""

import pytest
from playwright.async_api import Browser, expect

from tests.support.browser_user import open_browser_user
from tests.support.chat_processes import Server
from tests.support.http_client import HttpClient


@pytest.mark.parametrize(
    ("name", "layer"),
    [("Emoji", ".emoji-picker"), ("More about this conversation", "[role=menu]")],
    ids=["emoji-picker", "menu"],
)
async def test_escape_and_a_second_click_close_a_layer_and_do_nothing_else(
    chromium: Browser, server: Server, people: HttpClient, name: str, layer: str
) -> None:
    ada, bob = await people.register("ada", "Ada"), await people.register("bob", "Bob Marsh")
    direct = await bob.open_direct(ada)
    await bob.post(direct, *(f"number {number}" for number in range(1, 61)))
    await ada.read(direct, 60)
    user = await open_browser_user(chromium, server.url)
    await user.log_in("ada")
    await user.open("Bob Marsh")
    latest = user.page.locator("[data-seq='60']")
    await expect(latest).to_be_in_viewport()
    button = user.page.get_by_role("button", name=name)

    await button.click()
    await expect(user.page.locator(layer)).to_be_visible()
    await button.click()
    await expect(user.page.locator(layer)).to_have_count(0)

    await user.page.locator(".scroller").evaluate("node => node.scrollTo(0, 0)")
    await expect(latest).not_to_be_in_viewport()
    await button.click()
    await user.page.keyboard.press("Escape")
    await expect(user.page.locator(layer)).to_have_count(0)
    await expect(latest).not_to_be_in_viewport()
    # With nothing on top, Escape goes to the newest message.
    await user.page.keyboard.press("Escape")
    await expect(latest).to_be_in_viewport()
    assert user.errors == []


async def test_keys_of_the_input_method_do_nothing_in_the_switcher(
    chromium: Browser, server: Server, people: HttpClient
) -> None:
    ada, bob = await people.register("ada", "Ada"), await people.register("bob", "Bob Marsh")
    await bob.post(await bob.open_direct(ada), "hello")
    await bob.post(await bob.create_group("Choir", ada), "hello")
    user = await open_browser_user(chromium, server.url)
    await user.log_in("ada")
    await user.page.keyboard.press("Control+k")
    field = user.page.get_by_role("combobox")
    await expect(field).to_have_attribute("aria-activedescendant", "choice-0")
    prevented = await field.evaluate(
        """field => [['ArrowDown', true], ['Enter', true], ['Enter', false]].map(
          ([key, isComposing]) => !field.dispatchEvent(new KeyboardEvent('keydown', {
            key, isComposing, keyCode: 229, bubbles: true, cancelable: true })))"""
    )
    assert prevented == [False, False, False]
    await expect(field).to_have_attribute("aria-activedescendant", "choice-0")
    await field.press("ArrowDown")
    await expect(field).to_have_attribute("aria-activedescendant", "choice-1")
