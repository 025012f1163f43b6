"""
Make the pictures of README.md and the documentation: `python -m tests.browser.screenshots`.

A real service is filled with a conversation, a real browser looks at it, and what it sees is
written to docs/images.
"""

import asyncio
import tempfile
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, expect

from tests.support.browser import open_chromium
from tests.support.programs import ROOT
from tests.support.residents import Town, town
from tests.support.terminals import Server, serving
from tests.support.visitors import Visitor, visit

IMAGES = ROOT / "docs" / "images"
LARGEST = 150_000
"""Bytes of a picture that a reader on a slow line still waits for."""

WIDE: dict[str, Any] = {"viewport": {"width": 1120, "height": 770}}
PHONE: dict[str, Any] = {
    "viewport": {"width": 360, "height": 720},
    "device_scale_factor": 1.5,
    "has_touch": True,
}
GROUP = "Reading circle"


def main() -> None:
    """Make all pictures."""
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="parlour-") as folder, serving(Path(folder)) as server:
        with town(server.url) as people:
            _talk(people)
        asyncio.run(_take_all(server))


def _talk(people: Town) -> None:
    ada = people.person("ada", "Ada Winter")
    bob, mei = people.person("bob", "Bob Marsh"), people.person("mei", "陈小美")
    kim, omar = people.person("kim", "Kim Park"), people.person("omar", "Omar Haddad")
    weekend = kim.group("Weekend hike", ada, bob, omar)
    omar.say(weekend, "Weather looks fine. I'll bring the map.")
    direct = mei.direct(ada)
    mei.say(direct, "晚上一起吃饭吗？", "我知道一家很好的面馆")
    notes = ada.direct(bob)
    bob.say(notes, "The new draft: https://example.org/drafts/7")
    ada.say(notes, "Thank you, reading it tonight!")
    for person in (ada, bob):
        person.read(notes, 2)
    group = ada.group(GROUP, bob, mei, kim, omar)
    bob.say(group, "Friday at seven, at my place? 🙂")
    mei.say(group, "周五晚上七点可以！")
    kim.say(group, "Works for me. @ada do you bring the book?", mentions=[ada])
    ada.say(group, "Yes! And for those who want to count along:")
    ada.say(group, "```python\nfor chapter in book:\n    read(chapter)\n```")
    omar.say(group, "Ha, my kind of reading plan.")
    omar.say(group, "I may be ten minutes late: the train comes at half past six.")
    bob.say(group, "No hurry, there will be soup.")
    kim.say(group, "🎉")
    for person in (ada, bob, mei, kim, omar):
        person.read(group, 9)


async def _take_all(server: Server) -> None:
    async with open_chromium() as browser:
        bob = await visit(browser, server.url)
        await bob.log_in("bob")
        await bob.open(GROUP)
        await _take(browser, bob, "chat-light", color_scheme="light", **WIDE)
        await _take(browser, bob, "chat-dark", color_scheme="dark", **WIDE)
        await _take(browser, bob, "chat-phone", color_scheme="light", **PHONE)


async def _take(browser: Browser, bob: Visitor, name: str, **options: Any) -> None:
    ada = await visit(browser, bob.url, reduced_motion="reduce", **options)
    await ada.log_in("ada")
    await ada.open(GROUP)
    await expect(ada.messages).not_to_have_count(0)
    await expect(ada.page.locator(".status-read").first).to_be_visible()
    # Somebody writes, as in life.
    await bob.page.locator("message-composer textarea").press_sequentially("See you all")
    await expect(ada.page.locator(".room-subtitle .typing")).to_be_visible()
    path = IMAGES / f"{name}.png"
    await ada.page.screenshot(path=path, caret="hide")
    size = path.stat().st_size
    if size > LARGEST:
        raise SystemExit(f"{path} has {size} bytes, more than {LARGEST}: show less")
    print(f"{path.relative_to(ROOT)}: {size // 1000} kB")  # noqa: T201 - it is a command
    await bob.page.locator("message-composer textarea").fill("")
    await ada.page.context.close()


if __name__ == "__main__":
    main()
