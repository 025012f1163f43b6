"""How messages are laid out on a phone and on a wide screen, and their menu without a mouse."""

from playwright.async_api import Browser, Locator, Page, expect

from tests.support.browser_user import open_browser_user
from tests.support.chat_processes import Server
from tests.support.http_client import HttpClient

_PHONE = {"viewport": {"width": 360, "height": 640}, "has_touch": True}
_WIDE = {"viewport": {"width": 1920, "height": 1080}}
_LONG_TEXT = "A sentence that goes on and on, so that lines are filled. " * 20
_LONG_CODE = "```python\n" + "x = call(with_many, arguments) + " * 12 + "\n```"

# What iOS reports of a long press: a touch that stays, and no `contextmenu`.
_PRESS_AS_ON_IOS = """
node => node.dispatchEvent(new PointerEvent('pointerdown', {
  pointerType: 'touch', isPrimary: true, bubbles: true, clientX: 100, clientY: 100 }))
"""


async def test_on_a_phone_a_long_press_selects_and_nothing_covers_a_text(
    chromium: Browser, server: Server, people: HttpClient
) -> None:
    ada, bob = await people.register("ada", "Ada"), await people.register("bob", "Bob Marsh")
    direct = await bob.open_direct(ada)
    await bob.post(direct, *(f"number {number}" for number in range(1, 30)), _LONG_CODE)
    await ada.read(direct, 30)
    user = await open_browser_user(chromium, server.url, **_PHONE)
    page = user.page
    await user.log_in("ada")
    await user.open("Bob Marsh")
    menu = page.get_by_role("menu")
    selected = page.locator(".row-message.selected")
    bubble = page.locator("[data-seq='29'] .bubble")

    await expect(page.locator("[data-seq='29'] .row-actions button")).to_be_in_viewport()
    assert await page.locator("[data-seq='29'] .row-actions").evaluate(
        "node => Number(getComputedStyle(node).opacity) > 0.5"
    )
    await _long_press(page, bubble)
    await expect(selected).to_have_count(1)
    await page.get_by_role("button", name="End selection").tap()
    await expect(selected).to_have_count(0)
    await bubble.evaluate(_PRESS_AS_ON_IOS)
    await expect(selected).to_have_count(1)
    await page.get_by_role("button", name="End selection").tap()
    await page.locator("[data-seq='29']").get_by_role("button", name="More").tap()
    await expect(menu).to_have_count(1)
    await page.keyboard.press("Escape")
    await expect(menu).to_have_count(0)

    code = page.locator(".text pre")
    assert await code.evaluate("node => node.scrollWidth > node.clientWidth + 100")
    assert await page.locator(".scroller").evaluate(
        "node => node.scrollWidth === node.clientWidth"
    )

    scroller = page.locator(".scroller")
    await scroller.evaluate("node => node.scrollTo(0, 300)")
    latest = page.locator(".scroll-to-latest")
    await expect(latest).to_be_visible()
    shown, below = await scroller.bounding_box(), await latest.bounding_box()
    assert shown is not None
    assert below is not None
    assert below["y"] >= shown["y"] + shown["height"]
    await latest.tap()
    await expect(page.locator("[data-seq='30']")).to_be_in_viewport()
    await expect(latest).to_be_hidden()
    assert user.errors == []


async def test_on_a_wide_screen_lines_stay_readable_and_a_list_says_who_has_seen_a_message(
    chromium: Browser, server: Server, people: HttpClient
) -> None:
    ada, bob = await people.register("ada", "Ada"), await people.register("bob", "Bob Marsh")
    kim = await people.register("kim", "Kim Park")
    group = await ada.create_group("Choir", bob, kim)
    await bob.post(group, _LONG_TEXT)
    await ada.post(group, "看2026年的Python")
    await bob.read(group, 2)
    user = await open_browser_user(chromium, server.url, **_WIDE)
    page = user.page
    await user.log_in("ada")
    await user.open("Choir")
    text = page.locator("[data-seq='1'] .text")
    await expect(text).to_be_visible()
    width, size = await text.evaluate(
        "node => [node.getBoundingClientRect().width, parseFloat(getComputedStyle(node).fontSize)]"
    )
    # About two characters of Latin text in the size of the font: 80 in a line.
    assert width / size <= 40
    one, other = (
        await _box(page, "[data-seq='1'] .bubble"),
        await _box(page, "[data-seq='2'] .bubble"),
    )
    assert other["x"] + other["width"] - one["x"] <= 1000
    style = await text.evaluate(
        "node => [getComputedStyle(node).textAutospace, getComputedStyle(node).fontFamily]"
    )
    assert style[0] == "normal"
    assert "Noto Color Emoji" in style[1]

    # Both ticks are grey while one of two has not read it.
    await kim.call("PUT", f"/v1/conversations/{group}/received", {"seq": 2})
    own = page.locator("[data-seq='2']")
    await expect(own.locator(".status")).to_have_attribute("title", "Delivered to everybody")
    await own.locator(".bubble").click(button="right")
    await page.get_by_role("menuitem", name="Seen by 1 of 2").click()
    dialog = page.locator("dialog[open]")
    await expect(dialog.get_by_role("list", name="Read by 1")).to_have_text("BMBob Marsh@bob")
    await expect(dialog.get_by_role("list", name="Delivered to 1")).to_have_text("KPKim Park@kim")
    await kim.call("PATCH", "/v1/me", {"display_name": "Kim Lee"})
    await expect(dialog.get_by_role("list", name="Delivered to 1")).to_have_text("KLKim Lee@kim")
    await kim.read(group, 2)
    await expect(dialog.get_by_role("list", name="Read by 2")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(own.locator(".status-read")).to_have_attribute("title", "Read by everybody")
    assert user.errors == []


async def _long_press(page: Page, target: Locator) -> None:
    """Press as with a finger, longer than the browser takes for a long press."""
    box = await target.bounding_box()
    assert box is not None
    point = {"x": box["x"] + 10, "y": box["y"] + 10}
    session = await page.context.new_cdp_session(page)
    await session.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [point]})
    await expect(page.locator(".row-message.selected")).to_have_count(1)
    await session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


async def _box(page: Page, selector: str) -> dict[str, float]:
    box = await page.locator(selector).bounding_box()
    assert box is not None
    return {"x": box["x"], "width": box["width"]}
