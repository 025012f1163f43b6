"""Reactions between two people with the page open."""

from playwright.async_api import Browser, Locator, expect

from tests.support.browser_user import BrowserUser, open_browser_user
from tests.support.chat_processes import Server
from tests.support.http_client import HttpClient

_PHONE = {"viewport": {"width": 360, "height": 640}, "has_touch": True}


# What iOS reports of a long press: a touch that stays, and no `contextmenu`.
_PRESS = """
node => node.dispatchEvent(new PointerEvent('pointerdown', {
  pointerType: 'touch', isPrimary: true, bubbles: true, clientX: 100, clientY: 100 }))
"""


async def test_both_see_a_reaction_at_once_and_may_join_or_take_it_back(
    chromium: Browser, server: Server, people: HttpClient
) -> None:
    ada, bob = await _two_people(chromium, server, people)

    await ada.page.locator(".row-message", has_text="Lunch?").hover()
    await _quick(ada, "👍").click()
    await expect(_chip(ada, "👍")).to_have_attribute("aria-pressed", "true")
    await expect(_chip(bob, "👍")).to_have_text("👍1")
    await expect(_chip(bob, "👍")).to_have_attribute("aria-pressed", "false")
    await expect(_announced(bob)).to_have_text("Ada reacted 👍 to your message")

    await _chip(bob, "👍").click()
    for user in (ada, bob):
        await expect(_chip(user, "👍")).to_have_text("👍2")
        await expect(_chip(user, "👍")).to_have_attribute("aria-pressed", "true")
    await bob.page.mouse.move(0, 0)
    await _chip(bob, "👍").hover()
    await expect(bob.page.locator(".tooltip")).to_have_text("You and Ada")

    for user in (ada, bob):
        await _chip(user, "👍").click()
    for user in (ada, bob):
        await expect(user.page.locator(".reaction")).to_have_count(0)
    assert (ada.errors, bob.errors) == ([], [])


async def test_any_emoji_is_found_in_the_picker_and_the_sheet_says_who_reacted(
    chromium: Browser, server: Server, people: HttpClient
) -> None:
    ada, bob = await _two_people(chromium, server, people)

    # With the keyboard alone: the message, the key +, a word, the first result.
    await ada.page.locator("message-composer textarea").focus()
    await ada.page.keyboard.press("Shift+Tab")
    await ada.page.locator(".scroller").focus()
    await ada.page.keyboard.press("ArrowUp")
    await ada.page.keyboard.press("+")
    await ada.page.keyboard.type("rocket")
    await expect(ada.page.locator(".emoji-picker")).to_contain_text("🚀")
    await ada.page.keyboard.press("Enter")
    await expect(_chip(bob, "🚀")).to_have_text("🚀1")
    await _react(bob, "❤️")
    await expect(_chip(ada, "❤️")).to_be_visible()

    # Into the buttons of the message, to one's own reaction, and back.
    await ada.page.locator(".row-message").focus()
    await ada.page.keyboard.press("ArrowRight")
    await expect(_chip(ada, "🚀")).to_be_focused()
    await expect(ada.page.locator(".tooltip")).to_have_text("You")
    await ada.page.keyboard.press("ArrowRight")
    await ada.page.keyboard.press("Enter")
    await expect(_chip(bob, "❤️")).to_have_text("❤️2")
    await ada.page.keyboard.press("Enter")
    await expect(_chip(bob, "❤️")).to_have_text("❤️1")
    await ada.page.keyboard.press("Escape")
    await expect(ada.page.locator(".row-message")).to_be_focused()

    await ada.page.locator(".row-message").focus()
    await ada.page.keyboard.press("Enter")
    await ada.page.get_by_role("menuitem", name="Who reacted").click()
    sheet = ada.page.get_by_role("dialog", name="Reactions")
    await expect(sheet.locator(".reacted")).to_have_count(2)
    await sheet.get_by_role("button", name="❤️ 1").click()
    await expect(sheet.locator(".reacted")).to_have_text(["BMBob Marsh@bob❤️"])
    assert (ada.errors, bob.errors) == ([], [])


async def test_reactions_made_without_a_connection_wait_and_survive_a_reload(
    chromium: Browser, server: Server, people: HttpClient
) -> None:
    ada, bob = await _two_people(chromium, server, people)
    await ada.page.context.set_offline(True)
    await expect(ada.banner).to_be_visible()
    await _react(ada, "🙏")
    await _react(ada, "😢")
    await _chip(ada, "🙏").click()
    await expect(_chip(ada, "🙏")).to_have_count(0)
    await expect(_chip(ada, "😢")).to_have_text("😢1")
    await expect(bob.page.locator(".reaction")).to_have_count(0)

    await ada.page.context.set_offline(False)
    await expect(_chip(bob, "😢")).to_have_text("😢1")
    await expect(bob.page.locator(".reaction")).to_have_count(1)
    await ada.page.reload()
    await expect(_chip(ada, "😢")).to_have_attribute("aria-pressed", "true")


async def test_a_reaction_that_is_refused_disappears_again(
    chromium: Browser, server: Server, people: HttpClient
) -> None:
    ada, _ = await _two_people(chromium, server, people)
    await ada.page.evaluate(
        """() => {
          const send = WebSocket.prototype.send;
          WebSocket.prototype.send = function (text) {
            return send.call(this, text.replace('"seq":1,', '"seq":99,'));
          };
        }"""
    )
    await _react(ada, "👍")
    await expect(ada.page.locator(".toast-error")).to_be_visible()
    await expect(ada.page.locator(".reaction")).to_have_count(0)


async def test_a_double_tap_reacts_and_a_long_press_offers_six(
    chromium: Browser, server: Server, people: HttpClient
) -> None:
    _, bob = await _two_people(chromium, server, people)
    phone = await open_browser_user(chromium, server.url, **_PHONE)
    await phone.log_in("ada")
    await phone.open("Bob Marsh")
    bubble = phone.page.locator(".row-message .bubble")
    await bubble.tap()
    await bubble.tap()
    await expect(_chip(bob, "👍")).to_have_text("👍1")

    # A long press selects the message, and offers the six.
    await bubble.evaluate(_PRESS)
    menu = phone.page.get_by_role("menu", name="React")
    await expect(menu.locator(".quick-reactions button")).to_have_count(7)
    await menu.get_by_role("menuitemcheckbox", name="React with 😂").tap()
    await expect(_chip(bob, "😂")).to_have_text("😂1")
    await expect(phone.page.locator(".row-message.selected")).to_have_count(0)
    await _chip(phone, "😂").evaluate(_PRESS)
    sheet = phone.page.get_by_role("dialog", name="Reactions")
    await expect(sheet.locator(".reacted")).to_have_count(1)
    await phone.page.keyboard.press("Escape")
    for name in ("👍", "😂"):
        box = await _chip(phone, name).bounding_box()
        assert box is not None
        assert box["height"] >= 34
    assert await phone.page.evaluate("document.documentElement.scrollWidth") <= 360


async def _two_people(
    chromium: Browser, server: Server, people: HttpClient
) -> tuple[BrowserUser, BrowserUser]:
    """Ada and Bob, who look at a message of Bob."""
    account, other = await people.register("ada", "Ada"), await people.register("bob", "Bob Marsh")
    await other.post(await other.open_direct(account), "Lunch?")
    ada = await open_browser_user(chromium, server.url)
    bob = await open_browser_user(chromium, server.url)
    await ada.log_in("ada")
    await ada.open("Bob Marsh")
    await bob.log_in("bob")
    await bob.open("Ada")
    for user in (ada, bob):
        await user.sees("Lunch?")
    return ada, bob


def _quick(user: BrowserUser, emoji: str) -> Locator:
    return user.page.locator(".message-bar").get_by_role("button", name=f"React with {emoji}")


async def _react(user: BrowserUser, emoji: str) -> None:
    await user.page.locator(".row-message").hover()
    await _quick(user, emoji).click()


def _chip(user: BrowserUser, emoji: str) -> Locator:
    return user.page.locator(".reaction", has_text=emoji)


def _announced(user: BrowserUser) -> Locator:
    return user.page.locator("chat-timeline [aria-live=polite]")
