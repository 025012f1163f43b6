"""What people write is text: in names, titles and messages it never becomes anything else."""

import re

from playwright.async_api import Browser, expect

from tests.support.residents import Town
from tests.support.terminals import Server
from tests.support.visitors import Visitor, visit

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
)
# All that the page itself puts into the text of a message.
OWN_ELEMENTS = {"A", "B", "BR", "CODE", "PRE", "SPAN", "P"}


async def test_hostile_names_titles_and_messages_stay_text_on_every_screen(
    chromium: Browser, server: Server, people: Town
) -> None:
    ada, eve = people.person("ada", "Ada"), people.person("eve", NAME)
    eve.say(eve.direct(ada), *MESSAGES)
    visitor = await visit(chromium, server.url)
    await visitor.log_in("ada")
    page = visitor.page
    group = eve.group(TITLE, ada)
    eve.say(group, "hi <b>all</b> @ada", mentions=[ada])

    await page.get_by_role("button", name="Notifications").click()
    await expect(page.locator("dialog")).to_contain_text(NAME)
    await _is_harmless(visitor)
    await page.keyboard.press("Escape")
    await visitor.open(NAME)
    await expect(visitor.messages).to_have_count(len(MESSAGES))
    # The override of the reading direction is taken out of its message or kept in its row.
    await expect(visitor.messages.nth(0)).to_have_text(MESSAGES[0])
    await expect(visitor.messages.nth(3)).to_have_text(MESSAGES[3])
    await visitor.open(TITLE)
    await expect(page.locator(".author")).to_have_text(NAME)
    await page.locator(".room-info").click()
    await expect(page.locator("dialog").get_by_text(NAME).first).to_be_visible()
    await _is_harmless(visitor)
    await page.keyboard.press("Escape")
    await page.keyboard.press("Control+k")
    await expect(page.locator("dialog").get_by_text(TITLE).first).to_be_visible()
    await page.keyboard.press("Escape")
    await page.get_by_label("Search", exact=True).fill("eve")
    await expect(page.locator(".found-people").get_by_text(NAME).first).to_be_visible()
    await _is_harmless(visitor)


async def test_only_web_addresses_become_links_and_they_tell_nobody_where_one_came_from(
    chromium: Browser, server: Server, people: Town
) -> None:
    ada, eve = people.person("ada", "Ada"), people.person("eve", NAME)
    eve.say(eve.direct(ada), *MESSAGES)
    visitor = await visit(chromium, server.url)
    await visitor.log_in("ada")
    await visitor.open(NAME)
    await expect(visitor.messages).to_have_count(len(MESSAGES))
    links = await visitor.messages.locator("a").evaluate_all(
        "all => all.map(a => [a.href, a.rel, a.target])"
    )
    assert len(links) == 3
    for href, rel, target in links:
        assert re.match(r"https://example\.org/", href)
        assert {"noopener", "noreferrer"} <= set(rel.split())
        assert target == "_blank"


async def test_the_policy_refuses_and_tells_what_the_page_does_not_do_itself(
    chromium: Browser, server: Server
) -> None:
    visitor = await visit(chromium, server.url)
    await visitor.page.goto(server.url)
    assert await visitor.violations() == []
    refused = await visitor.page.evaluate(
        """() => {
          try { document.body.innerHTML = '<img src=x onerror=alert(1)>'; return ''; }
          catch (error) { return error.name; }
        }"""
    )
    assert refused == "TypeError"
    [violation] = await visitor.violations()
    assert violation.startswith("require-trusted-types-for")


async def _is_harmless(visitor: Visitor) -> None:
    found = await visitor.messages.locator("*").evaluate_all("all => all.map(e => e.tagName)")
    assert set(found) <= OWN_ELEMENTS
    handlers = await visitor.page.evaluate(
        """() => [...document.querySelectorAll('*')].flatMap(
          (element) => element.getAttributeNames().filter((name) => name.startsWith('on')))"""
    )
    assert handlers == []
    sources = await visitor.page.evaluate(
        "() => [...document.querySelectorAll('img, iframe, object, embed, form[action]')].length"
    )
    assert sources == 0
    assert await visitor.violations() == []
    assert (visitor.dialogs, visitor.errors) == ([], [])
