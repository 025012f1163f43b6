"""Marks in messages: how they are shown, copied and hidden, and where links lead."""

from typing import Any

from playwright.async_api import Browser, Locator, expect

from tests.browser.test_accessibility import violations_of
from tests.support.browser_user import BrowserUser, open_browser_user
from tests.support.chat_processes import Server
from tests.support.http_client import HttpClient

_PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 700}, "has_touch": True}
_WIDE_CODE = "```python\n" + "x = call(with_many, arguments) + " * 12 + "\n```"

_CLIPBOARD_IS = "async text => (await navigator.clipboard.readText()) === text"

# Selects from a text in one message to a text in the same one or another.
_SELECT = """
([first, last]) => {
  const find = (sought, isEnd) => {
    const walker = document.createTreeWalker(
      document.querySelector('.rows'), NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const at = walker.currentNode.data.indexOf(sought);
      if (at >= 0) return [walker.currentNode, at + (isEnd ? sought.length : 0)];
    }
    throw new Error(`no ${sought}`);
  };
  getSelection().setBaseAndExtent(...find(first, false), ...find(last, true));
}
"""


async def test_the_marks_of_a_message_become_styles_lists_quotes_and_code(
    chromium: Browser, server: Server, people: HttpClient
) -> None:
    user = await _with_messages(
        chromium,
        server,
        people,
        "**bold** *italic* ~~strike~~ `code` 2*3*4 snake_case \\*no\\*",
        "Said:\n> one\n> **two**\n\nand\n- milk\n- eggs\n  3. brown",
        _WIDE_CODE,
        "```\nshort\n```",
        "👍",
        **_PHONE,
    )
    first, second, code, short, thumb = [user.messages.nth(number) for number in range(5)]
    await expect(first).to_have_text("bold italic strike code 2*3*4 snake_case *no*")
    for tag, text in (("strong", "bold"), ("em", "italic"), ("s", "strike"), ("code", "code")):
        await expect(first.locator(tag)).to_have_text(text)
    await expect(second.locator("blockquote strong")).to_have_text("two")
    await expect(second.locator("> ul > li")).to_have_text(["milk", "eggsbrown"])
    await expect(second.locator("ol > li[value='3']")).to_have_text("brown")
    # The keyboard scrolls code that is wider than its message, and passes over other code.
    await expect(code.locator("pre")).to_have_attribute("tabindex", "0")
    await expect(code.locator(".code-language")).to_have_text("python")
    await expect(short.locator("pre")).not_to_have_attribute("tabindex", "0")
    assert await user.page.locator(".scroller").evaluate(
        "node => node.scrollWidth === node.clientWidth"
    )
    await expect(user.page.locator(".bubble-emoji")).to_have_count(1)
    await expect(thumb).to_have_text("👍")
    assert await violations_of(user) == []
    assert user.errors == []


async def test_a_spoiler_is_a_button_and_nothing_in_it_is_reached_before_it_is_shown(
    chromium: Browser, server: Server, people: HttpClient
) -> None:
    user = await _with_messages(
        chromium, server, people, "It was ||[the butler](https://example.org/who)||!", "||b||"
    )
    page = user.page
    spoiler = user.messages.first.get_by_role("button", name="Show spoiler")
    hidden = user.messages.first.get_by_role("link")
    await expect(spoiler).to_be_visible()
    await expect(hidden).to_have_count(0)
    assert await _opacity(user.messages.first.locator(".spoiler > span")) == 0
    await spoiler.focus()
    await page.keyboard.press("Enter")
    await expect(hidden).to_have_text("the butler")
    assert await _opacity(user.messages.first.locator(".spoiler > span")) == 1
    await expect(page.get_by_role("menu")).to_have_count(0)
    await expect(page.locator("chat-timeline [aria-live=polite]")).to_contain_text("the butler")
    assert await violations_of(user) == []
    # It has become text: the next key belongs to what is in it.
    await page.keyboard.press("Tab")
    await expect(hidden).to_be_focused()
    await user.messages.nth(1).get_by_role("button").click()
    await expect(user.messages.nth(1).get_by_role("button")).to_have_count(0)
    assert user.errors == []


async def test_a_link_says_where_it_leads_and_never_says_another_address(
    chromium: Browser, server: Server, people: HttpClient
) -> None:
    user = await _with_messages(
        chromium,
        server,
        people,
        "[bank.example](https://evil.example/login)",
        "[https://bank.example](https://evil.example/login)",
        "[here](https://bank.example@evil.example/) [x](javascript:alert(1))",
        "[\N{RIGHT-TO-LEFT MARK}pay](https://пример.example/)",
        "[write](mailto:eve@example.org) [https://example.org](https://example.org)",
    )
    links = user.page.locator(".text a")
    await expect(user.messages.first).to_have_text("bank.example (evil.example)")
    await expect(user.messages.nth(1).locator("a")).to_have_count(0)
    await expect(user.messages.nth(1)).to_contain_text("evil.example/login")
    await expect(user.messages.nth(2).locator("a")).to_have_count(0)
    await expect(user.messages.nth(3).locator(".link-host")).to_contain_text("xn--")
    await expect(user.messages.nth(4)).to_have_text("write (eve@example.org) https://example.org")
    for index in range(await links.count()):
        await expect(links.nth(index)).to_have_attribute("rel", "noopener noreferrer nofollow")
    assert user.errors == []


async def test_what_is_copied_from_a_message_has_its_marks(
    chromium: Browser, server: Server, people: HttpClient
) -> None:
    user = await _with_messages(
        chromium,
        server,
        people,
        "one **two three** four",
        "see [the page](https://example.org) and\n- ay\n- `bee`",
        "```sh\nmake all\n```",
        group="Choir",
    )
    await user.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    for first, last, copied in (
        ("three", "four", "**three** four"),
        ("page", "bee", "[page](https://example.org) and\n- ay\n- `bee`"),
        ("make", "all", "make all"),
        (
            "four",
            "make",
            "four\nsee [the page](https://example.org) and\n- ay\n- `bee`\n```sh\nmake\n```",
        ),
        ("Bob", "see", "Bob\none **two three** four\nsee"),
    ):
        await user.page.evaluate(_SELECT, [first, last])
        await user.page.keyboard.press("Control+c")
        assert await _clipboard(user) == copied
    await user.page.evaluate("getSelection().removeAllRanges()")
    await user.page.get_by_role("button", name="Copy code").click()
    await user.page.wait_for_function(_CLIPBOARD_IS, arg="make all")
    await user.messages.first.click(button="right")
    await user.page.get_by_role("menuitem", name="Copy text").click()
    await user.page.wait_for_function(_CLIPBOARD_IS, arg="one **two three** four")
    assert user.errors == []


async def _with_messages(
    chromium: Browser,
    server: Server,
    people: HttpClient,
    *texts: str,
    group: str = "",
    **options: Any,
) -> BrowserUser:
    """Open the page of Ada, to whom Bob has sent messages."""
    ada, bob = await people.register("ada", "Ada"), await people.register("bob", "Bob")
    to = await bob.create_group(group, ada) if group else await bob.open_direct(ada)
    await bob.post(to, *texts)
    user = await open_browser_user(chromium, server.url, **options)
    await user.log_in("ada")
    await user.open(group or "Bob")
    await expect(user.messages).to_have_count(len(texts))
    return user


async def _opacity(node: Locator) -> float:
    return float(await node.evaluate("node => getComputedStyle(node).opacity"))


async def _clipboard(user: BrowserUser) -> str:
    return str(await user.page.evaluate("navigator.clipboard.readText()"))
