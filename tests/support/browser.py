"""A real Chromium, headless and without a trace of other runs."""

import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, async_playwright

from tests.support.programs import find_program

# Root may not use Chromium's sandbox; the rest keeps it from talking to anybody but us.
_OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


@asynccontextmanager
async def open_chromium() -> AsyncIterator[Browser]:
    """Start Chromium; each `new_context()` on it is a person with a browser of their own."""
    program = find_program(
        ("chromium", "chromium-browser", "google-chrome"),
        package="chromium",
    )
    with tempfile.TemporaryDirectory(prefix="parlour-") as home:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(
                executable_path=program.path,
                args=list(_OPTIONS),
                env={**os.environ, **program.env, "HOME": home},
            )
            try:
                yield browser
            finally:
                await browser.close()
