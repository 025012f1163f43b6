"""Text from users is never interpreted as HTML: in names, titles and messages."""

import re

from playwright.async_api import Browser, expect

from tests.support.browser_user import BrowserUser, open_browser_user
from tests.support.chat_processes import Server
from tests.support.http_client import HttpClient

NAME = "<img src=x onerror=alert(1)>"
TITLE = "<svg/onload=alert(1)>"
MESSAGES = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "<a href='javascript:alert(1)'>x</a>",
    "javascript:alert(1)",
    "[x](javascript:alert(1))",
    'https://example.org/"onmouseover=alert(1)',
    "https://example.org/<script>alert(1)</script>",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1) file:///etc/passwd blob:https://example.org/1",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<form action=javascript:alert(1)><button>x</button></form>",
    "<style>*{background:url(//evil.example)}</style>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=x onerror=a()'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "`<img src=x onerror=alert(1)>`",
    "```\n</code></pre><img src=x onerror=alert(1)>\n```",
    "{{constructor.constructor('alert(1)')()}} ${alert(1)}",
    "\N{RIGHT-TO-LEFT OVERRIDE}\N{LEFT-TO-RIGHT ISOLATE}fdp.exe",
    "@<img src=x onerror=alert(1)>",
    "Z\u0337\u0322\u031b" * 60,
    "**<b onclick=alert(1)>** ||<img src=x onerror=alert(1)>|| > <svg/onload=alert(1)>",
    "- <script>alert(1)</script>\n\n> <iframe srcdoc=x>\n\n1. <math>",
    "[<img src=x onerror=alert(1)>](javascript:alert(1)) [x](data:text/html,x)",
    '```"><img/onerror=alert(1)>\n</pre><script>alert(1)</script>\n```',
)
# The elements that the page itself uses for the text of a message.
OWN_ELEMENTS = {
    *("A", "B", "BDI", "BLOCKQUOTE", "CODE", "EM", "LI", "OL", "P", "PRE", "S", "SPAN", "STRONG"),
    *("UL", "DIV", "BUTTON", "svg", "path"),
}


async def test_html_in_names_titles_and_messages_stays_text_on_every_screen(
    chromium: Browser, server: Server, people: HttpClient
) -> None:
    ada, eve = await people.register("ada", "Ada"), await people.register("eve", NAME)
    await eve.post(await eve.open_direct(ada), *MESSAGES)
    user = await open_browser_user(chromium, server.url)
    await user.log_in("ada")
    page = user.page
    group = await eve.create_group(TITLE, ada)
    await eve.post(group, "hi <b>all</b> @ada", mentions=[ada])

    await page.get_by_role("button", name="Notifications").click()
    await expect(page.locator("dialog")).to_contain_text(NAME)
    await _is_harmless(user)
    await page.keyboard.press("Escape")
    await user.open(NAME)
    await expect(user.messages).to_have_count(len(MESSAGES))
    # Bidirectional control characters do not affect other rows.
    await expect(user.messages.nth(0)).to_have_text(MESSAGES[0])
    await expect(user.messages.nth(3)).to_have_text(MESSAGES[3])
    await user.open(TITLE)
    await expect(page.locator(".author")).to_have_text(NAME)
    await page.locator(".room-info").click()
    await expect(page.locator("dialog").get_by_text(NAME).first).to_be_visible()
    await _is_harmless(user)
    await page.keyboard.press("Escape")
    await page.keyboard.press("Control+k")
    await expect(page.locator("dialog").get_by_text(TITLE).first).to_be_visible()
    await page.keyboard.press("Escape")
    await page.get_by_label("Search", exact=True).fill("eve")
    await expect(page.locator(".found-people").get_by_text(NAME).first).to_be_visible()
    await _is_harmless(user)


async def test_a_message_reorders_nothing_around_it(
    chromium: Browser, server: Server, people: HttpClient
) -> None:
    ada, eve = await people.register("ada", "Ada"), await people.register("eve", "Eve")
    group = await eve.create_group("Garden", ada)
    reordering = "\N{POP DIRECTIONAL ISOLATE}\N{RIGHT-TO-LEFT OVERRIDE}abc\ndef"
    await eve.post(group, "before", reordering, "after", reordering)
    user = await open_browser_user(chromium, server.url)
    await user.log_in("ada")
    await user.open("Garden")
    await expect(user.messages).to_have_count(4)

    order = """(element, sought) => {
      const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) {
        const at = walker.currentNode.data.indexOf(sought);
        if (at < 0) continue;
        const range = document.createRange();
        const left = (index) => {
          range.setStart(walker.currentNode, at + index);
          range.setEnd(walker.currentNode, at + index + 1);
          return range.getBoundingClientRect().left;
        };
        return Math.sign(left(sought.length - 1) - left(0));
      }
      throw new Error(`no ${sought}`);
    }"""
    reordered = user.messages.nth(1)
    assert await reordered.evaluate(order, "abc") == -1  # as its sender wrote it
    # The next line is a paragraph of its own (UAX 9, P1), as are the other rows.
    for row, sought in ((reordered, "def"), (user.messages.nth(2), "after")):
        assert await row.evaluate(order, sought) == 1
    entry = user.page.locator(".sidebar .entry").first
    assert await entry.locator(".entry-preview").evaluate(order, "Eve") == 1
    assert await entry.locator(".entry-title").evaluate(order, "Garden") == 1
    assert await entry.locator("time").evaluate(order, ":") == 0


async def test_only_web_addresses_become_links_without_a_referrer(
    chromium: Browser, server: Server, people: HttpClient
) -> None:
    ada, eve = await people.register("ada", "Ada"), await people.register("eve", NAME)
    await eve.post(await eve.open_direct(ada), *MESSAGES)
    user = await open_browser_user(chromium, server.url)
    await user.log_in("ada")
    await user.open(NAME)
    await expect(user.messages).to_have_count(len(MESSAGES))
    links = await user.messages.locator("a").evaluate_all(
        "all => all.map(a => [a.href, a.rel, a.target])"
    )
    assert len(links) == 3
    for href, rel, target in links:
        assert re.match(r"https://example\.org/", href)
        assert {"noopener", "noreferrer"} <= set(rel.split())
        assert target == "_blank"


async def test_the_content_security_policy_blocks_and_reports_html_injection(
    chromium: Browser, server: Server
) -> None:
    user = await open_browser_user(chromium, server.url)
    await user.page.goto(server.url)
    assert await user.violations() == []
    refused = await user.page.evaluate(
        """() => {
          try { document.body.innerHTML = '<img src=x onerror=alert(1)>'; return ''; }
          catch (error) { return error.name; }
        }"""
    )
    assert refused == "TypeError"
    [violation] = await user.violations()
    assert violation.startswith("require-trusted-types-for")


async def _is_harmless(user: BrowserUser) -> None:
    found = await user.messages.locator("*").evaluate_all("all => all.map(e => e.tagName)")
    assert set(found) <= OWN_ELEMENTS
    handlers = await user.page.evaluate(
        """() => [...document.querySelectorAll('*')].flatMap(
          (element) => element.getAttributeNames().filter((name) => name.startsWith('on')))"""
    )
    assert handlers == []
    sources = await user.page.evaluate(
        "() => [...document.querySelectorAll('img, iframe, object, embed, form[action]')].length"
    )
    assert sources == 0
    assert await user.violations() == []
    assert (user.dialogs, user.errors) == ([], [])
