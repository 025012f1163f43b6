"""
Take pictures of the page: `python -m tests.browser.screenshots [FOLDER]`.

A real service is filled with conversations and a real browser looks at them. The pictures of
README.md and the documentation are written to docs/images; every screen in light and dark, wide
and narrow, to FOLDER (build/screens), which git ignores.
"""

import asyncio
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, expect

from tests.browser import screens
from tests.support.browser import open_chromium
from tests.support.programs import ROOT
from tests.support.residents import town
from tests.support.terminals import Server, serving
from tests.support.visitors import Visitor, visit

IMAGES = ROOT / "docs" / "images"
SCREENS = ROOT / "build" / "screens"
LARGEST = 150_000
"""Bytes of a picture that a reader on a slow line still waits for."""

WIDE: dict[str, Any] = {"viewport": {"width": 1120, "height": 770}}
PHONE: dict[str, Any] = {
    "viewport": {"width": 360, "height": 720},
    "device_scale_factor": 1.5,
    "has_touch": True,
}
LETTERS = {":lang=zh": "fonts-wqy-zenhei", ":charset=1f389": "fonts-noto-color-emoji"}
"""What pictures need, and the Debian packages that bring it."""

SHAPES = {"wide": WIDE, "narrow": PHONE}


def main() -> None:
    """Take all pictures."""
    _require_letters()
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else SCREENS
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="parlour-") as home, serving(Path(home)) as server:
        with town(server.url) as people:
            screens.furnish(people)
        asyncio.run(_take_all(server, folder))


def _require_letters() -> None:
    """Refuse to take pictures of empty boxes."""
    for kind, package in LETTERS.items():
        command = ["fc-list", kind]
        if not subprocess.run(command, capture_output=True, check=True).stdout:
            raise SystemExit(f"No font for {kind}: install the Debian package {package}")


async def _take_all(server: Server, folder: Path) -> None:
    async with open_chromium() as browser:
        bob = await visit(browser, server.url)
        await bob.log_in("bob")
        await bob.open(screens.GROUP)
        await _show(browser, bob, "chat-light", color_scheme="light", **WIDE)
        await _show(browser, bob, "chat-dark", color_scheme="dark", **WIDE)
        await _show(browser, bob, "chat-phone", color_scheme="light", **PHONE)
        for shape, options in SHAPES.items():
            for scheme in ("light", "dark"):
                name = f"{shape}-{scheme}"
                await _tour(browser, server, folder, name, {**options, "color_scheme": scheme})


async def _show(browser: Browser, bob: Visitor, name: str, **options: Any) -> None:
    """Take a picture for the documentation."""
    ada = await visit(browser, bob.url, reduced_motion="reduce", **options)
    await ada.log_in("ada")
    await ada.open(screens.GROUP)
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


async def _tour(
    browser: Browser,
    server: Server,
    folder: Path,
    name: str,
    options: Mapping[str, Any],
) -> None:
    """Take a picture of every screen in one shape and one colour scheme."""
    for handle, steps in (
        (None, screens.SIGNED_OUT),
        ("neo", screens.NEWCOMER),
        ("ada", screens.RESIDENT),
    ):
        visitor = await visit(browser, server.url, reduced_motion="reduce", **options)
        if handle:
            await visitor.log_in(handle, expects_chats=handle == "ada")
        for screen, step in steps.items():
            if handle:
                await screens.begin_again(visitor.page, server.url)
            await step(visitor)
            await visitor.page.screenshot(path=folder / f"{screen}-{name}.png", caret="hide")
        await visitor.page.context.close()
    print(f"{folder}: {name}")  # noqa: T201


if __name__ == "__main__":
    main()
