"""Pushes: from the switch in the settings to the notification, over a push service on loopback."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, CDPSession, Page, Worker, expect

from tests.support import browsers
from tests.support.browsers import PushService
from tests.support.residents import Resident, town
from tests.support.terminals import Server, serving
from tests.support.visitors import Visitor, visit

from .conftest import SETTINGS

# The one thing that needs the browser's maker: an address of their push service. Everything
# else is the browser's own: permission, service worker, notifications.
ADDRESS = """
({ endpoint, keys }) => {
  const bytes = (text) => Uint8Array.from(
    atob(text.replaceAll('-', '+').replaceAll('_', '/')), (one) => one.charCodeAt(0)).buffer;
  let made = null;
  PushManager.prototype.getSubscription = async () => made;
  PushManager.prototype.subscribe = async ({ applicationServerKey }) => (made = {
    endpoint,
    options: { applicationServerKey: bytes(applicationServerKey) },
    toJSON: () => ({ endpoint, keys }),
    unsubscribe: async () => { made = null; },
  });
}
"""
SHOWN = """
async () => (await registration.getNotifications()).map(
  ({ title, body, data }) => ({ title, body, seq: data.seq }))
"""
PATIENCE = 45.0
CHOOSE = """
async () => {
  const [notification] = await registration.getNotifications();
  dispatchEvent(new NotificationEvent('notificationclick', { notification }));
}
"""

# The browser gives up the address; untrusted events can't be waited for, so this one brings how.
CHANGE = """
async () => {
  let done;
  const waitUntil = (work) => { done = work; };
  dispatchEvent(Object.assign(new Event('pushsubscriptionchange'), { waitUntil }));
  await done;
}
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A service that pushes at once, also to this machine."""
    with serving(tmp_path, *SETTINGS, "push.delay=0s", "push.allow_private=true") as running:
        yield running


async def test_a_message_to_a_page_that_looks_elsewhere_becomes_a_notification_that_leads_to_it(
    chromium: Browser, server: Server
) -> None:
    with town(server.url) as people, PushService() as service:
        ada, bob = people.person("ada", "Ada"), people.person("bob", "Bob")
        direct = bob.direct(ada)
        bob.say(direct, "Hello Ada")
        visitor, keys = await _visitor(chromium, server, service)
        worker, deliver = await _worker(visitor.page)

        await _turn_on(visitor.page, "Notify while the page is closed")
        await _say(bob, direct, "Are you there?")
        told = await _pushed(service, keys, 1)
        # Who wrote, and what, is nobody's business unless the user wants it.
        assert told == {"type": "message", "conversation": direct, "seq": 2}
        await deliver(told)
        await _shows(worker, [{"title": "Parlour", "body": "New message", "seq": 2}])

        await _turn_on(visitor.page, "Show who wrote, and what")
        await _say(bob, direct, "Or asleep?")
        told = await _pushed(service, keys, 2)
        await deliver(told)
        await _shows(worker, [{"title": "Bob", "body": "Or asleep?", "seq": 3}])

        await worker.evaluate(CHOOSE)
        await expect(visitor.page.locator(".room-title", has_text="Bob")).to_be_visible()
        await visitor.sees("Hello Ada", "Are you there?", "Or asleep?")
        # The page says where she looks before it says how far she has read.
        async with asyncio.timeout(PATIENCE):
            while await asyncio.to_thread(ada.has_read, direct) < 3:
                await asyncio.sleep(0.05)
        # What she sees is neither pushed nor shown.
        await _say(bob, direct, "Good")
        await visitor.sees("Hello Ada", "Are you there?", "Or asleep?", "Good")
        await deliver({"type": "message", "conversation": direct, "seq": 4})
        await _shows(worker, [])
        assert len(service.got) == 2
        assert visitor.errors == []


async def test_a_notification_goes_away_when_its_message_was_read_and_pushes_end_at_log_out(
    chromium: Browser, server: Server
) -> None:
    with town(server.url) as people, PushService() as service:
        ada, bob = people.person("ada", "Ada"), people.person("bob", "Bob")
        direct = bob.direct(ada)
        bob.say(direct, "Hello Ada")
        visitor, _ = await _visitor(chromium, server, service)
        page = visitor.page
        worker, deliver = await _worker(page)
        await _turn_on(page, "Notify while the page is closed")
        await deliver({"type": "mention", "conversation": direct, "seq": 1})
        await _shows(worker, [{"title": "Parlour", "body": "Somebody mentioned you", "seq": 1}])
        # On another device, for example.
        await asyncio.to_thread(ada.read, direct, 1)
        await _shows(worker, [])

        await page.get_by_role("button", name="Settings and profile").click()
        await page.get_by_role("button", name="Log out", exact=True).last.click()
        await expect(page.locator("sign-in")).to_be_visible()
        assert (
            await page.evaluate(
                "navigator.serviceWorker.ready.then((one) => one.pushManager.getSubscription())"
            )
            is None
        )
        assert await asyncio.to_thread(ada.subscriptions) == []
        assert visitor.errors == []


async def test_a_browser_with_another_address_is_pushed_to_there_whether_a_page_is_open_or_not(
    chromium: Browser, server: Server
) -> None:
    with town(server.url) as people, PushService() as service:
        ada, bob = people.person("ada", "Ada"), people.person("bob", "Bob")
        direct = bob.direct(ada)
        visitor, keys = await _visitor(chromium, server, service, expects_chats=False)
        page = visitor.page
        worker, _ = await _worker(page)
        await _turn_on(page, "Notify while the page is closed")
        await _turn_on(page, "Show who wrote, and what")

        address = {"endpoint": service.url("/second"), "keys": keys.keys}
        await page.evaluate(ADDRESS, address)
        await worker.evaluate(CHANGE)
        await _pushes_to(ada, service.url("/second"))

        await _leave(page, server)
        address["endpoint"] = service.url("/third")
        await worker.evaluate(ADDRESS, address)
        await worker.evaluate(CHANGE)
        await _pushes_to(ada, service.url("/third"))
        await _say(bob, direct, "Are you there?")
        async with asyncio.timeout(20):
            while "/third" not in (told := {got.path: got.body for got in service.got}):
                await asyncio.sleep(0.05)
        assert json.loads(keys.read(told["/third"]))["body"] == "Are you there?"


async def test_another_address_disturbs_nobody_who_does_not_want_to_be_disturbed(
    chromium: Browser, server: Server
) -> None:
    with town(server.url) as people, PushService() as service:
        ada = people.person("ada", "Ada")
        visitor, keys = await _visitor(chromium, server, service, expects_chats=False)
        page = visitor.page
        worker, _ = await _worker(page)
        await _turn_on(page, "Notify while the page is closed")
        await _pushes_to(ada, service.url())
        await _turn_on(page, "Do not disturb")
        async with asyncio.timeout(20):
            while await asyncio.to_thread(ada.subscriptions):
                await asyncio.sleep(0.05)

        await _leave(page, server)
        address = {"endpoint": service.url("/second"), "keys": keys.keys}
        await worker.evaluate(ADDRESS, address)
        await worker.evaluate(CHANGE)
        assert await asyncio.to_thread(ada.subscriptions) == []


async def test_the_switch_says_what_the_browser_forbids(chromium: Browser, server: Server) -> None:
    visitor = await visit(chromium, server.url)
    await visitor.page.add_init_script(
        "Object.defineProperty(Notification, 'permission', { get: () => 'denied' })"
    )
    await visitor.register("cyra", "Cyra")
    await visitor.page.get_by_role("button", name="Settings and profile").click()
    push = visitor.page.locator(".toggle", has_text="Notify while the page is closed")
    await expect(push.get_by_role("switch")).to_be_disabled()
    await expect(push).to_contain_text("This browser blocks notifications from here")


async def _visitor(
    chromium: Browser, server: Server, service: PushService, *, expects_chats: bool = True
) -> tuple[Visitor, browsers.Browser]:
    keys = browsers.Browser.new()
    visitor = await visit(chromium, server.url, permissions=["notifications"])
    address = json.dumps({"endpoint": service.url(), "keys": keys.keys})
    await visitor.page.add_init_script(f"({ADDRESS})({address})")
    await visitor.log_in("ada", expects_chats=expects_chats)
    return visitor, keys


async def _leave(page: Page, server: Server) -> None:
    """Close the page, but not its browser."""
    await page.goto(f"{server.url}/icon.svg")


async def _worker(page: Page) -> tuple[Worker, Any]:
    """Return the page's service worker, and what hands it a push as the browser does."""
    registration: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def note(event: dict[str, Any]) -> None:
        if event["registrations"] and not registration.done():
            registration.set_result(event["registrations"][0]["registrationId"])

    await page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    session: CDPSession = await page.context.new_cdp_session(page)
    session.on("ServiceWorker.workerRegistrationUpdated", note)
    await session.send("ServiceWorker.enable")
    number = await asyncio.wait_for(registration, PATIENCE)
    origin = await page.evaluate("location.origin")

    async def deliver(told: dict[str, Any]) -> None:
        await session.send(
            "ServiceWorker.deliverPushMessage",
            {"origin": origin, "registrationId": number, "data": json.dumps(told)},
        )

    # It is active by now, but word of it may still be on its way here.
    workers = page.context.service_workers
    worker = workers[0] if workers else await page.context.wait_for_event("serviceworker")
    return worker, deliver


async def _turn_on(page: Page, label: str) -> None:
    await page.get_by_role("button", name="Settings and profile").click()
    switch = page.locator(".toggle", has_text=label).get_by_role("switch")
    await switch.click()
    await expect(switch).to_be_checked()
    await page.keyboard.press("Escape")


async def _say(who: Resident, conversation: str, text: str) -> None:
    await asyncio.to_thread(who.say, conversation, text)


async def _pushes_to(who: Resident, endpoint: str) -> None:
    """Wait until the service pushes to this address."""
    async with asyncio.timeout(20):
        while endpoint not in await asyncio.to_thread(who.subscriptions):
            await asyncio.sleep(0.05)


async def _pushed(service: PushService, keys: browsers.Browser, count: int) -> dict[str, Any]:
    """Wait for so many pushes, and return what the last one says."""
    async with asyncio.timeout(PATIENCE):
        while len(service.got) < count:
            await asyncio.sleep(0.05)
    told: dict[str, Any] = json.loads(keys.read(service.got[-1].body))
    return told


async def _shows(worker: Worker, wanted: list[dict[str, Any]]) -> None:
    """Wait until these and no other notifications are shown."""
    shown: list[dict[str, Any]] = []
    try:
        async with asyncio.timeout(PATIENCE):
            while True:
                shown = await worker.evaluate(SHOWN)
                if shown == wanted:
                    return
                await asyncio.sleep(0.05)
    except TimeoutError:
        assert shown == wanted
