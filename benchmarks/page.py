"""The page in a real browser: its first paint, and scrolling through a long history."""

import asyncio
from collections.abc import Awaitable
from pathlib import Path
from typing import Any

import httpx
from playwright.async_api import Browser, Page, expect

from benchmarks.site import Node, site
from tests.support.browser_user import open_chromium

LENGTH = 20_000
WIDE: Any = {"width": 1120, "height": 770}
PASSWORD = "measured, not guessed"
PAGE_TIMEOUT_MS = 300_000.0
"""Milliseconds: more than 300 pages of history take some time."""

SCROLLS = ("idle", "scroll", "race", "heard")
"""What is looked at: nothing moves, 2,000 and 20,000 pixels a second, ten messages a second."""

_PAINTED = """
() => new Promise((resolve) => new PerformanceObserver((list) => {
  const [entry] = list.getEntriesByName('first-contentful-paint');
  if (entry) resolve(entry.startTime);
}).observe({ type: 'paint', buffered: true }))
"""
# To the top again and again, until what stands there is the beginning of the conversation.
_LOAD = """
async () => {
  const scroller = document.querySelector('.scroller');
  while (!document.querySelector('.conversation-start')) {
    scroller.scrollTop = 0;
    await new Promise(requestAnimationFrame);
  }
}
"""
# Scrolls down by so many pixels a second and returns the times between frames.
_SCROLL = """
async ({ speed, seconds }) => {
  const scroller = document.querySelector('.scroller');
  const frames = [];
  let last = await new Promise(requestAnimationFrame);
  const end = last + seconds * 1000;
  let top = scroller.scrollTop;
  while (last < end) {
    const now = await new Promise(requestAnimationFrame);
    frames.push(now - last);
    top += (speed * (now - last)) / 1000;
    if (speed) scroller.scrollTop = top;
    last = now;
  }
  return frames;
}
"""
_HEIGHT = "() => document.querySelector('.scroller').scrollHeight"
_TOP = "() => document.querySelector('.scroller').scrollTop"
_HEAP = "() => performance.memory.usedJSHeapSize / 2 ** 20"


def measure(*, length: int = LENGTH, seconds: float = 6) -> dict[str, Any]:
    """Load *length* messages of one conversation into the page, and scroll through them."""
    with site("memory", {"users": 2, "pairs": 1, "history": length}) as found:
        node = found.nodes[0]
        # What is read opens at its end.
        path, token = _way(node, 0)
        httpx.put(f"{path}/read", json={"seq": length}, headers=token).raise_for_status()
        return asyncio.run(_measure(node, length, seconds))


async def _measure(node: Node, length: int, seconds: float) -> dict[str, Any]:
    async with open_chromium() as browser:
        context = await browser.new_context(viewport=WIDE, reduced_motion="reduce")
        context.set_default_timeout(PAGE_TIMEOUT_MS)
        page = await context.new_page()
        await page.goto(node.url)
        first = await page.evaluate(_PAINTED)
        await _log_in(page)
        await page.reload()
        again = await page.evaluate(_PAINTED)
        await page.locator(".entry").first.click()
        await expect(page.locator(".row-message").first).to_be_visible()
        await page.evaluate(_LOAD)
        if await page.evaluate(_HEIGHT) < 20 * length:
            raise RuntimeError("the history was not loaded")
        pid = await _renderer(browser)
        still: dict[str, Any] = {"speed": 0, "seconds": seconds}
        return {
            "first_paint_ms": first,
            "paint_again_ms": again,
            **await _frames("idle", pid, page.evaluate(_SCROLL, still)),
            **await _frames("scroll", pid, _scroll(page, 2_000, seconds)),
            **await _frames("race", pid, _scroll(page, 20_000, seconds)),
            **await _frames("heard", pid, _listen(page, node, seconds)),
            "heap_mib": await page.evaluate(_HEAP),
        }


async def _log_in(page: Page) -> None:
    await page.get_by_role("radio", name="Log in").click()
    await page.get_by_label("Handle").fill("u0")
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.get_by_role("button", name="Log in").last.click()
    await expect(page.locator(".entry").first).to_be_visible()


async def _scroll(page: Page, speed: int, seconds: float) -> list[float]:
    before = await page.evaluate(_TOP)
    frames: list[float] = await page.evaluate(_SCROLL, {"speed": speed, "seconds": seconds})
    if await page.evaluate(_TOP) < before + speed * seconds / 2:
        raise RuntimeError("the view did not move as far as it was scrolled")
    return frames


async def _listen(page: Page, node: Node, seconds: float) -> list[float]:
    """Somebody says something ten times a second in the conversation that is open."""
    talking = asyncio.create_task(_talk(node))
    frames: list[float] = await page.evaluate(_SCROLL, {"speed": 0, "seconds": seconds})
    talking.cancel()
    return frames


async def _talk(node: Node) -> None:
    path, token = _way(node, 1)
    async with httpx.AsyncClient() as client:
        for number in range(1_000):
            key = {"Idempotency-Key": f"019a0000-0000-7000-8000-{number:012d}"}
            body = {"body": {"text": f"and number {number}"}}
            answer = await client.post(f"{path}/messages", json=body, headers={**token, **key})
            answer.raise_for_status()
            await asyncio.sleep(0.1)


def _way(node: Node, user: int) -> tuple[str, dict[str, str]]:
    """Return the address of the conversation, and what proves who asks."""
    token = node.users[user]["token"]
    return f"{node.url}/v1/conversations/{node.conversations[0]}", {
        "Authorization": f"Bearer {token}"
    }


async def _renderer(browser: Browser) -> int:
    """Return the process that draws the page: the one that has worked most."""
    session = await browser.new_browser_cdp_session()
    found = (await session.send("SystemInfo.getProcessInfo"))["processInfo"]
    renderers = [each for each in found if each["type"] == "renderer"]
    return int(max(renderers, key=lambda each: each["cpuTime"])["id"])


def _main_thread_ms(pid: int) -> float:
    """Return how long the main thread of a process has been running."""
    return int(Path(f"/proc/{pid}/task/{pid}/schedstat").read_text().split()[0]) / 1e6


async def _frames(name: str, pid: int, watching: Awaitable[list[float]]) -> dict[str, float]:
    """Return frames a second, the time within which 99 % came, and what each took to make."""
    before = _main_thread_ms(pid)
    gaps = await watching
    return {
        f"{name}_fps": 1000 * len(gaps) / sum(gaps),
        f"{name}_p99_ms": sorted(gaps)[int(len(gaps) * 0.99)],
        f"{name}_cpu_ms": (_main_thread_ms(pid) - before) / len(gaps),
    }
