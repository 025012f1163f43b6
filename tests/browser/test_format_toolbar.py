"""The toolbar for selected text in the composer, its shortcuts, and how to undo what they do."""

from playwright.async_api import Browser, Locator, expect

from tests.browser.test_accessibility import violations_of
from tests.support.browser_user import BrowserUser, open_browser_user
from tests.support.chat_processes import Server
from tests.support.http_client import HttpClient

_SELECTED = "node => node.value.slice(node.selectionStart, node.selectionEnd)"
_PASTE = """
(node, text) => {
  const data = new DataTransfer();
  data.setData('text/plain', text);
  const options = { bubbles: true, cancelable: true, clipboardData: data };
  return !node.dispatchEvent(new ClipboardEvent('paste', options));
}
"""


async def test_selected_text_gets_a_format_that_is_shown_undone_and_taken_away_again(
    chromium: Browser, server: Server, people: HttpClient
) -> None:
    user, field = await _composer(chromium, server, people)
    page, toolbar = user.page, user.page.get_by_role("toolbar", name="Formatting")
    await field.fill("make this bold")
    await expect(toolbar).to_have_count(0)
    await _select(field, 5, 9)
    bold = toolbar.get_by_role("button", name="Bold")
    await expect(bold).to_have_attribute("aria-pressed", "false")
    await bold.click()
    await expect(field).to_have_value("make **this** bold")
    await expect(bold).to_have_attribute("aria-pressed", "true")
    assert await field.evaluate(_SELECTED) == "this"
    assert await violations_of(user) == []
    await toolbar.get_by_role("button", name="Strikethrough").click()
    await expect(field).to_have_value("make **~~this~~** bold")
    await page.keyboard.press("Control+z")
    await expect(field).to_have_value("make **this** bold")
    await page.keyboard.press("Control+z")
    await expect(field).to_have_value("make this bold")
    await page.keyboard.press("Control+Shift+z")
    await expect(field).to_have_value("make **this** bold")
    await page.keyboard.press("Enter")
    await expect(user.messages.last.locator("strong")).to_have_text("this")
    await expect(toolbar).to_have_count(0)
    assert user.errors == []


async def test_the_shortcuts_set_formats_and_leave_other_keys_to_the_page(
    chromium: Browser, server: Server, people: HttpClient
) -> None:
    user, field = await _composer(chromium, server, people)
    page = user.page
    for keys, written in (
        ("Control+b", "**word**"),
        ("Control+i", "*word*"),
        ("Control+Shift+x", "~~word~~"),
        ("Control+e", "`word`"),
        ("Control+k", "[word](https://)"),
    ):
        await field.fill("word")
        await _select(field, 0, 4)
        await page.keyboard.press(keys)
        await expect(field).to_have_value(written)
    # An address replaces the one that is waited for, or becomes a link of the selected words.
    assert await field.evaluate(_PASTE, "https://example.org/a")
    await expect(field).to_have_value("[word](https://example.org/a)")
    await field.fill("see this")
    await _select(field, 4, 8)
    assert await field.evaluate(_PASTE, "https://example.org/a")
    await expect(field).to_have_value("see [this](https://example.org/a)")
    await page.keyboard.press("Control+z")
    await expect(field).to_have_value("see this")
    await field.press("End")
    await page.keyboard.press("Control+k")
    await expect(page.locator("dialog[open]")).to_be_visible()
    assert user.errors == []


async def test_the_toolbar_is_used_with_the_keyboard_alone(
    chromium: Browser, server: Server, people: HttpClient
) -> None:
    user, field = await _composer(chromium, server, people)
    page, toolbar = user.page, user.page.get_by_role("toolbar", name="Formatting")
    await field.press_sequentially("one")
    await page.keyboard.press("Shift+Enter")
    await field.press_sequentially("two")
    await page.keyboard.press("Control+a")
    await page.keyboard.press("Alt+F10")
    await expect(toolbar.get_by_role("button", name="Bold")).to_be_focused()
    await page.keyboard.press("End")
    await expect(toolbar.get_by_role("button", name="List")).to_be_focused()
    await page.keyboard.press("ArrowLeft")
    await page.keyboard.press("Enter")
    await expect(field).to_have_value("> one\n> two")
    await expect(field).to_be_focused()
    await page.keyboard.press("Shift+Tab")
    await expect(toolbar.get_by_role("button", name="Quote")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(field).to_be_focused()
    await page.keyboard.press("ArrowRight")
    await expect(toolbar).to_have_count(0)
    assert user.errors == []


async def test_the_toolbar_fits_a_phone_and_marks_words_without_spaces(
    chromium: Browser, server: Server, people: HttpClient
) -> None:
    phone = {"viewport": {"width": 360, "height": 700}, "has_touch": True}
    user, field = await _composer(chromium, server, people, **phone)
    await field.fill("重要的话")
    await _select(field, 0, 2)
    toolbar = user.page.get_by_role("toolbar")
    box = await toolbar.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 360
    await toolbar.get_by_role("button", name="Italic").tap()
    await expect(field).to_have_value("*重要*的话")
    await expect(field).to_be_focused()
    assert user.errors == []


async def _composer(
    chromium: Browser, server: Server, people: HttpClient, **options: object
) -> tuple[BrowserUser, Locator]:
    """Open a conversation; return the page and the field of its composer."""
    ada, bob = await people.register("ada", "Ada"), await people.register("bob", "Bob")
    await bob.post(await bob.open_direct(ada), "hello")
    user = await open_browser_user(chromium, server.url, **options)
    await user.log_in("ada")
    await user.open("Bob")
    await expect(user.messages).to_have_count(1)
    return user, user.page.locator("message-composer textarea")


async def _select(field: Locator, start: int, end: int) -> None:
    await field.focus()
    await field.evaluate("(node, part) => node.setSelectionRange(...part)", [start, end])
