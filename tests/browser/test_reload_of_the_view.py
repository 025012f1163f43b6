"""An open conversation loads itself whenever nothing of it is loaded and the user may see it."""

import json
from typing import Any

from playwright.async_api import Browser, Route, WebSocketRoute, expect

from tests.support.browser_user import open_browser_user
from tests.support.chat_processes import Server
from tests.support.http_client import HttpClient


async def test_an_open_conversation_survives_a_reset_a_pruned_log_and_an_unknown_head(
    chromium: Browser, server: Server, people: HttpClient
) -> None:
    ada, bob = await people.register("ada", "Ada"), await people.register("bob", "Bob Marsh")
    group = await bob.create_group("Choir", ada)
    await bob.post(group, *(f"number {number}" for number in range(1, 71)))
    user = await open_browser_user(chromium, server.url)
    page = user.page
    network = _Network()
    await page.route_web_socket("**/v1/ws", network.connect)
    await page.route("**/v1/conversations/*/messages?**", network.messages)
    await page.route(f"**/v1/conversations/{group}", network.head)
    await user.log_in("ada", expects_chats=False)

    # The head is unknown: it is in no list, and asking for it fails at first.
    await page.goto(f"{server.url}/#/c/{group}")
    await expect(page.locator(".placeholder")).to_be_visible()
    assert network.refused_heads > 0
    network.hidden = None
    await bob.post(group, "now it is known")
    await expect(user.messages.last).to_have_text("now it is known")

    # An event is lost, the gap is too old for `sync`, and the first page fails to load once. Only
    # the last messages of the log are left.
    network.lost, network.resets, network.failing, network.pruned = 1, True, 1, True
    await bob.post(group, "lost on the way", "after the gap")
    await expect(user.messages).to_have_text(["lost on the way", "after the gap"])
    assert (network.lost, network.failing) == (0, 0)
    await expect(page.locator(".loading-row")).to_have_count(0)
    await expect(page.locator(".conversation-start")).to_be_visible()
    network.resets = False
    await bob.post(group, "and on")
    await expect(user.messages.last).to_have_text("and on")
    assert user.errors == []


class _Network:
    """What stands between the page and the service."""

    def __init__(self) -> None:
        self.hidden: str | None = "Choir"
        self.refused_heads = 0
        self.lost = 0
        self.resets = False
        self.failing = 0
        self.pruned = False
        self._syncs: set[int] = set()

    def connect(self, page: WebSocketRoute) -> None:
        service = page.connect_to_server()
        page.on_message(lambda text: self._to_service(service, str(text)))
        service.on_message(lambda text: self._to_page(page, str(text)))

    def _to_service(self, service: WebSocketRoute, text: str) -> None:
        frame = json.loads(text)
        if frame["type"] == "sync":
            self._syncs.add(frame["id"])
        service.send(text)

    def _to_page(self, page: WebSocketRoute, text: str) -> None:
        frame: dict[str, Any] = json.loads(text)
        if frame["type"] == "event" and self.lost:
            self.lost -= 1
            return
        if "heads" in frame:
            frame["heads"] = [each for each in frame["heads"] if each["title"] != self.hidden]
        if self.resets and frame.get("id") in self._syncs:
            frame = {**frame, "events": [], "more": False, "reset": True}
        page.send(json.dumps(frame))

    async def messages(self, route: Route) -> None:
        if self.failing:
            self.failing -= 1
            await route.abort()
        elif self.pruned:
            answer = await route.fetch()
            found = await answer.json()
            kept = {"messages": found["messages"][-2:], "more_before": False, "more_after": False}
            await route.fulfill(response=answer, json={**found, **kept})
        else:
            await route.continue_()

    async def head(self, route: Route) -> None:
        if self.hidden:
            self.refused_heads += 1
            await route.abort()
        else:
            await route.continue_()
