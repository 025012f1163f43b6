"""Accessibility: axe reports no violations on the main screens."""

from typing import Any

import pytest
from playwright.async_api import Browser, expect

from tests.browser.message_screens import MESSAGE_SCREENS, create_changed_messages
from tests.browser.screens import return_to_list
from tests.support.browser_user import BrowserUser, open_browser_user
from tests.support.chat_processes import Server
from tests.support.http_client import HttpClient
from tests.support.programs import ROOT

# Installed by `npm --prefix tests/web install` or `./dev test`.
AXE = ROOT / "tests" / "web" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDE = {"width": 1180, "height": 800}
NARROW = {"width": 360, "height": 700}


@pytest.mark.parametrize(("scheme", "viewport"), [("light", WIDE), ("dark", NARROW)])
async def test_axe_reports_no_violations_on_the_main_screens(
    chromium: Browser, server: Server, people: HttpClient, scheme: str, viewport: dict[str, int]
) -> None:
    await _create_conversations(people)
    user = await open_browser_user(
        chromium, server.url, viewport=viewport, color_scheme=scheme, reduced_motion="reduce"
    )
    page = user.page
    await page.goto(server.url)
    await expect(page.get_by_role("button", name="Create account")).to_be_visible()
    found = {"first visit": await violations_of(user)}
    await user.log_in("ada")
    found["list"] = await violations_of(user)
    await user.open("Reading circle")
    await expect(user.messages).to_have_count(3)
    found["group"] = await violations_of(user)
    if viewport is WIDE:
        fold = page.get_by_role("button", name="Compact list")
        await fold.click()
        found["compact"] = await violations_of(user)
        await fold.click()
    await page.locator(".room-info").click()
    await expect(page.locator("dialog").get_by_text("Kim Park").first).to_be_visible()
    found["details"] = await violations_of(user)
    await page.keyboard.press("Escape")
    await page.keyboard.press("Control+k")
    await expect(page.locator("dialog")).to_be_visible()
    found["switcher"] = await violations_of(user)
    await page.keyboard.press("Escape")
    if viewport is NARROW:
        await page.get_by_role("button", name="Back to the list").click()
    await page.get_by_role("button", name="Notifications").click()
    await expect(page.locator("dialog .notification").first).to_be_visible()
    found["notifications"] = await violations_of(user)
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Settings and profile").click()
    await expect(page.locator("dialog .device").first).to_be_visible()
    found["settings"] = await violations_of(user)
    assert found == {screen: [] for screen in found}


@pytest.mark.parametrize(("scheme", "viewport"), [("light", WIDE), ("dark", NARROW)])
async def test_axe_reports_no_violations_where_messages_are_changed(
    chromium: Browser, server: Server, people: HttpClient, scheme: str, viewport: dict[str, int]
) -> None:
    ada, bob = await people.register("ada", "Ada"), await people.register("bob", "Bob")
    await create_changed_messages(ada, bob)
    user = await open_browser_user(
        chromium, server.url, viewport=viewport, color_scheme=scheme, reduced_motion="reduce"
    )
    await user.log_in("ada")
    found = {}
    for screen, show in MESSAGE_SCREENS.items():
        await return_to_list(user.page, server.url)
        await show(user)
        found[screen] = await violations_of(user)
    assert found == {screen: [] for screen in MESSAGE_SCREENS}


async def _create_conversations(people: HttpClient) -> None:
    ada, bob = await people.register("ada", "Ada"), await people.register("bob", "Bob Marsh")
    kim = await people.register("kim", "Kim Park")
    group = await ada.create_group("Reading circle", bob, kim)
    await kim.post(group, "Works for me. @ada do you bring the book?", mentions=[ada])
    await bob.post(group, "See https://example.org and `chapter 3`", "👍")
    await bob.post(await bob.open_direct(ada), "Hello Ada")


async def violations_of(user: BrowserUser) -> list[str]:
    """Return the violations that axe reports, each with one of its elements."""
    await user.page.evaluate(AXE.read_text("utf-8"))
    result: dict[str, Any] = await user.page.evaluate(
        "rules => axe.run({ resultTypes: ['violations'], runOnly: rules })", RULES
    )
    assert result["passes"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in result["violations"]]
