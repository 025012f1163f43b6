"""The page in a real browser: its first paint, and scrolling through a long history."""

import asyncio
import time
from typing import Any

import httpx
from playwright.async_api import Page, expect

from benchmarks.site import Node, site
from tests.support.browser import open_chromium

LENGTH = 20_000
WIDE = {"width": 1120, "height": 770}
PASSWORD = "measured, not guessed"
PATIENCE = 120_000.0
"""Milliseconds: more than 300 pages of history take some time."""

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
  while (!document.querySelector('.start')) {
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
_HEAP = "() => performance.memory.usedJSHeapSize / 2 ** 20"


def measure(*, length: int = LENGTH, seconds: float = 6) -> dict[str, Any]:
    """Open the page, load *length* messages of one conversation into it, and scroll through them."""
    wish = {"users": 2, "pairs": 1, "history": length}
    with site("memory", wish, extra={"access.logins_per_minute": 1000}) as found:
        node = found.nodes[0]
        # What is read opens at its end.
        _ask(node, 0, "PUT", "read", {"seq": length})
        return asyncio.run(_measure(node, seconds))


async def _measure(node: Node, seconds: float) -> dict[str, Any]:
    async with open_chromium() as browser:
        context = await browser.new_context(viewport=WIDE, reduced_motion="reduce")
        context.set_default_timeout(PATIENCE)
        page = await context.new_page()
        await page.goto(node.url)
        first = await page.evaluate(_PAINTED)
        await _log_in(page)
        await page.reload()
        again = await page.evaluate(_PAINTED)
        await page.locator(".entry").first.click()
        await expect(page.locator(".row-message").first).to_be_visible()
        began = time.perf_counter()
        await page.evaluate(_LOAD)
        loading = time.perf_counter() - began
        height = await page.evaluate("() => document.querySelector('.scroller').scrollHeight")
        idle = await page.evaluate(_SCROLL, {"speed": 0, "seconds": seconds})
        slow = await page.evaluate(_SCROLL, {"speed": 2_000, "seconds": seconds})
        fast = await page.evaluate(_SCROLL, {"speed": 20_000, "seconds": seconds})
        heard, _ = await asyncio.gather(
            page.evaluate(_SCROLL, {"speed": 0, "seconds": seconds}), _talk(node, seconds)
        )
        return {
            "first_paint_ms": first,
            "paint_again_ms": again,
            **_frames("idle", idle),
            **_frames("scroll", slow),
            **_frames("race", fast),
            **_frames("heard", heard),
            "load_s": loading,
            "height": height,
            "heap_mib": await page.evaluate(_HEAP),
        }


async def _log_in(page: Page) -> None:
    await page.get_by_role("radio", name="Log in").click()
    await page.get_by_label("Handle").fill("u0")
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.get_by_role("button", name="Log in").last.click()
    await expect(page.locator(".entry").first).to_be_visible()


def _ask(node: Node, user: int, method: str, what: str, body: dict[str, Any]) -> None:
    path = f"{node.url}/v1/conversations/{node.conversations[0]}/{what}"
    token = {"Authorization": f"Bearer {node.users[user]['token']}"}
    httpx.request(method, path, json=body, headers=token).raise_for_status()


async def _talk(node: Node, seconds: float, every: float = 0.1) -> None:
    """Say something ten times a second in the conversation that is open."""
    path = f"/v1/conversations/{node.conversations[0]}/messages"
    token = {"Authorization": f"Bearer {node.users[1]['token']}"}
    async with httpx.AsyncClient(base_url=node.url) as client:
        for number in range(int(seconds / every) - 5):
            key = {"Idempotency-Key": f"019a0000-0000-7000-8000-{number:012d}"}
            body = {"body": {"text": f"and number {number}"}}
            answer = await client.post(path, json=body, headers={**token, **key})
            answer.raise_for_status()
            await asyncio.sleep(every)


def _frames(name: str, gaps: list[float]) -> dict[str, float]:
    """Return frames a second, and the time within which 99 % of them came."""
    ordered = sorted(gaps)
    return {
        f"{name}_fps": 1000 * len(gaps) / sum(gaps),
        f"{name}_p99_ms": ordered[int(len(gaps) * 0.99)],
    }
