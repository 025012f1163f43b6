"""
Take pictures of the page: `python -m tests.browser.screenshots [FOLDER]`.

They show a real server with some conversations in a real browser. The pictures of README.md and
the documentation are written to docs/images; every screen in both themes and two sizes to
FOLDER (default build/screens), which git ignores.
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
from tests.support.browser_user import BrowserUser, open_browser_user, open_chromium
from tests.support.chat_processes import Server, running_server
from tests.support.http_client import HttpClient
from tests.support.programs import ROOT

IMAGES = ROOT / "docs" / "images"
SCREENS = ROOT / "build" / "screens"
MAX_BYTES = 150_000
"""Maximum size of a picture of the documentation."""

WIDE: dict[str, Any] = {"viewport": {"width": 1120, "height": 770}}
PHONE: dict[str, Any] = {
    "viewport": {"width": 360, "height": 720},
    "device_scale_factor": 1.5,
    "has_touch": True,
}
FONTS = {":lang=zh": "fonts-wqy-zenhei", ":charset=1f389": "fonts-noto-color-emoji"}
"""Fonts that the pictures need, and their Debian packages."""

VIEWPORTS = {"wide": WIDE, "narrow": PHONE}


def main() -> None:
    """Take all pictures."""
    _require_fonts()
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else SCREENS
    folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="parlour-") as home,
        running_server(Path(home)) as server,
    ):
        asyncio.run(_take_all(server, folder))


def _require_fonts() -> None:
    """Fail if a font is missing: the pictures would show empty boxes."""
    for kind, package in FONTS.items():
        command = ["fc-list", kind]
        if not subprocess.run(command, capture_output=True, check=True).stdout:
            raise SystemExit(f"No font for {kind}: install the Debian package {package}")


async def _take_all(server: Server, folder: Path) -> None:
    await screens.create_conversations(HttpClient(server.url))
    async with open_chromium() as browser:
        bob = await open_browser_user(browser, server.url)
        await bob.log_in("bob")
        await bob.open(screens.GROUP)
        await _show(browser, bob, "chat-light", color_scheme="light", **WIDE)
        await _show(browser, bob, "chat-dark", color_scheme="dark", **WIDE)
        await _show(browser, bob, "chat-phone", color_scheme="light", **PHONE)
        for shape, options in VIEWPORTS.items():
            for scheme in ("light", "dark"):
                name = f"{shape}-{scheme}"
                await _tour(browser, server, folder, name, {**options, "color_scheme": scheme})


async def _show(browser: Browser, bob: BrowserUser, name: str, **options: Any) -> None:
    """Take a picture for the documentation."""
    ada = await open_browser_user(browser, bob.url, reduced_motion="reduce", **options)
    await ada.log_in("ada")
    await ada.open(screens.GROUP)
    await expect(ada.messages).not_to_have_count(0)
    await expect(ada.page.locator(".status-read").first).to_be_visible()
    await bob.page.locator("message-composer textarea").press_sequentially("See you all")
    await expect(ada.page.locator(".room-subtitle .typing")).to_be_visible()
    path = IMAGES / f"{name}.png"
    await ada.page.screenshot(path=path, caret="hide")
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise SystemExit(f"{path} has {size} bytes, more than {MAX_BYTES}: show less")
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
        ("neo", screens.NEW_USER),
        ("ada", screens.USER),
    ):
        user = await open_browser_user(browser, server.url, reduced_motion="reduce", **options)
        if handle:
            await user.log_in(handle, expects_chats=handle == "ada")
        for screen, step in steps.items():
            if handle:
                await screens.return_to_list(user.page, server.url)
            await step(user)
            await user.page.screenshot(path=folder / f"{screen}-{name}.png", caret="hide")
        await user.page.context.close()
    print(f"{folder}: {name}")  # noqa: T201


if __name__ == "__main__":
    main()
