"""What axe finds wrong with the main screens: nothing."""

from typing import Any

import pytest
from playwright.async_api import Browser, expect

from tests.support.programs import ROOT
from tests.support.residents import Town
from tests.support.terminals import Server
from tests.support.visitors import Visitor, visit

# Comes with the tools for the checks of the page: `npm --prefix tests/web install`, or ./dev test.
AXE = ROOT / "tests" / "web" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDE = {"width": 1180, "height": 800}
NARROW = {"width": 360, "height": 700}


@pytest.mark.parametrize(("scheme", "viewport"), [("light", WIDE), ("dark", NARROW)])
async def test_axe_finds_nothing_on_the_main_screens(
    chromium: Browser, server: Server, people: Town, scheme: str, viewport: dict[str, int]
) -> None:
    _settle(people)
    visitor = await visit(
        chromium, server.url, viewport=viewport, color_scheme=scheme, reduced_motion="reduce"
    )
    page = visitor.page
    await page.goto(server.url)
    await expect(page.get_by_role("button", name="Create account")).to_be_visible()
    found = {"first visit": await _judge(visitor)}
    await visitor.log_in("ada")
    found["list"] = await _judge(visitor)
    await visitor.open("Reading circle")
    await expect(visitor.messages).to_have_count(3)
    found["group"] = await _judge(visitor)
    if viewport is WIDE:
        fold = page.get_by_role("button", name="Compact list")
        await fold.click()
        found["compact"] = await _judge(visitor)
        await fold.click()
    await page.locator(".room-info").click()
    await expect(page.locator("dialog").get_by_text("Kim Park").first).to_be_visible()
    found["details"] = await _judge(visitor)
    await page.keyboard.press("Escape")
    await page.keyboard.press("Control+k")
    await expect(page.locator("dialog")).to_be_visible()
    found["switcher"] = await _judge(visitor)
    await page.keyboard.press("Escape")
    if viewport is NARROW:
        await page.get_by_role("button", name="Back to the list").click()
    await page.get_by_role("button", name="Notifications").click()
    await expect(page.locator("dialog .notification").first).to_be_visible()
    found["notifications"] = await _judge(visitor)
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Settings and profile").click()
    await expect(page.locator("dialog .device").first).to_be_visible()
    found["settings"] = await _judge(visitor)
    assert found == {screen: [] for screen in found}


def _settle(people: Town) -> None:
    ada, bob = people.person("ada", "Ada"), people.person("bob", "Bob Marsh")
    kim = people.person("kim", "Kim Park")
    group = ada.group("Reading circle", bob, kim)
    kim.say(group, "Works for me. @ada do you bring the book?", mentions=[ada])
    bob.say(group, "See https://example.org and `chapter 3`", "👍")
    bob.say(bob.direct(ada), "Hello Ada")


async def _judge(visitor: Visitor) -> list[str]:
    """Return what axe finds on the screen, each with an element of the kind."""
    await visitor.page.evaluate(AXE.read_text("utf-8"))
    result: dict[str, Any] = await visitor.page.evaluate(
        "rules => axe.run({ resultTypes: ['violations'], runOnly: rules })", RULES
    )
    assert result["passes"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in result["violations"]]
