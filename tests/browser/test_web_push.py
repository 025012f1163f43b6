"""Web Push, from the switch in the settings to the notification (push service on loopback)."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, CDPSession, Page, Worker, expect

from tests.support import push_service
from tests.support.browser_user import BrowserUser, open_browser_user
from tests.support.chat_processes import Server, running_server
from tests.support.http_client import HttpClient, HttpUser
from tests.support.push_service import PushService

from .conftest import SETTINGS

# Replaces the browser vendor's push service; everything
# else is the real browser: permission, service worker, notifications.
FAKE_PUSH_MANAGER = """
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
LIST_NOTIFICATIONS = """
async () => (await registration.getNotifications()).map(
  ({ title, body, data }) => ({ title, body, seq: data.seq }))
"""
CLOSE_NOTIFICATIONS = """
async () => (await registration.getNotifications()).forEach((one) => one.close())
"""
TIMEOUT = 45.0
CLICK_NOTIFICATION = """
async () => {
  const [notification] = await registration.getNotifications();
  dispatchEvent(new NotificationEvent('notificationclick', { notification }));
}
"""

# The browser replaces the subscription. Synthetic events have no waitUntil, so one is added.
REPLACE_SUBSCRIPTION = """
async () => {
  let done;
  const waitUntil = (work) => { done = work; };
  dispatchEvent(Object.assign(new Event('pushsubscriptionchange'), { waitUntil }));
  await done;
}
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A server that pushes without delay, also to loopback addresses."""
    with running_server(
        tmp_path, *SETTINGS, "push.delay=0s", "push.allow_private=true"
    ) as running:
        yield running


async def test_a_push_shows_a_notification_that_opens_its_message(
    chromium: Browser, server: Server
) -> None:
    with PushService() as service:
        people = HttpClient(server.url)
        ada, bob = await people.register("ada", "Ada"), await people.register("bob", "Bob")
        direct = await bob.open_direct(ada)
        await bob.post(direct, "Hello Ada")
        user, keys = await _log_in_ada(chromium, server, service)
        worker, deliver = await _worker(user.page)

        await _turn_on(user.page, "Notify while the page is closed")
        await bob.post(direct, "Are you there?")
        payload = await _wait_for_pushes(service, keys, 1)
        # Without previews a push contains neither the sender nor the text.
        assert payload == {"type": "message", "conversation": direct, "seq": 2}
        await deliver(payload)
        await _shows_notifications(worker, [{"title": "Parlour", "body": "New message", "seq": 2}])

        await _turn_on(user.page, "Show who wrote, and what")
        await bob.post(direct, "Or asleep?")
        payload = await _wait_for_pushes(service, keys, 2)
        await deliver(payload)
        await _shows_notifications(worker, [{"title": "Bob", "body": "Or asleep?", "seq": 3}])

        await worker.evaluate(CLICK_NOTIFICATION)
        await expect(user.page.locator(".room-title", has_text="Bob")).to_be_visible()
        await user.sees("Hello Ada", "Are you there?", "Or asleep?")
        # The page reports the focus before the read mark.
        async with asyncio.timeout(TIMEOUT):
            while (await ada.head(direct))["read"] < 3:
                await asyncio.sleep(0.05)
        # A message that the user sees is neither pushed nor notified.
        await bob.post(direct, "Good")
        await user.sees("Hello Ada", "Are you there?", "Or asleep?", "Good")
        await deliver({"type": "message", "conversation": direct, "seq": 4})
        await _shows_notifications(worker, [])
        assert len(service.got) == 2
        assert user.errors == []


async def test_reads_and_recalls_close_the_notification_and_logging_out_ends_pushes(
    chromium: Browser, server: Server
) -> None:
    with PushService() as service:
        people = HttpClient(server.url)
        ada, bob = await people.register("ada", "Ada"), await people.register("bob", "Bob")
        direct = await bob.open_direct(ada)
        await bob.post(direct, "Hello Ada")
        user, _ = await _log_in_ada(chromium, server, service)
        page = user.page
        worker, deliver = await _worker(page)
        await _turn_on(page, "Notify while the page is closed")
        await deliver({"type": "mention", "conversation": direct, "seq": 1})
        await _shows_notifications(
            worker, [{"title": "Parlour", "body": "Somebody mentioned you", "seq": 1}]
        )
        # As if on another device.
        await ada.read(direct, 1)
        await _shows_notifications(worker, [])
        await bob.post(direct, "I did not mean this")
        await deliver({"type": "mention", "conversation": direct, "seq": 2})
        await _shows_notifications(
            worker, [{"title": "Parlour", "body": "Somebody mentioned you", "seq": 2}]
        )
        await bob.call("DELETE", f"/v1/conversations/{direct}/messages/2")
        await _shows_notifications(worker, [])

        await page.get_by_role("button", name="Settings and profile").click()
        await page.get_by_role("button", name="Log out", exact=True).last.click()
        await expect(page.locator("sign-in")).to_be_visible()
        assert (
            await page.evaluate(
                "navigator.serviceWorker.ready.then((one) => one.pushManager.getSubscription())"
            )
            is None
        )
        assert await ada.push_endpoints() == []
        assert user.errors == []


async def test_a_push_of_a_recalled_message_shows_nothing_with_and_without_an_open_page(
    chromium: Browser, server: Server
) -> None:
    with PushService() as service:
        people = HttpClient(server.url)
        ada, bob = await people.register("ada", "Ada"), await people.register("bob", "Bob")
        direct, group = await bob.open_direct(ada), await bob.create_group("Tea", ada)
        await bob.post(direct, "I did not mean this")
        await bob.post(group, "Are you there?")
        await bob.call("DELETE", f"/v1/conversations/{direct}/messages/1")
        user, _ = await _log_in_ada(chromium, server, service)
        worker, deliver = await _worker(user.page)
        said = [(direct, "I did not mean this"), (group, "Are you there?")]
        pushes = [
            {"type": "message", "conversation": room, "seq": 1, "title": "Bob", "body": body}
            for room, body in said
        ]
        wanted = [{"title": "Bob", "body": "Are you there?", "seq": 1}]

        for push in pushes:
            await deliver(push)
        assert await _first_shown(worker) == wanted
        await _close_page(user.page, server)
        await worker.evaluate(CLOSE_NOTIFICATIONS)
        for push in pushes:
            await deliver(push)
        assert await _first_shown(worker) == wanted


async def test_a_replaced_push_subscription_is_registered_with_and_without_an_open_page(
    chromium: Browser, server: Server
) -> None:
    with PushService() as service:
        people = HttpClient(server.url)
        ada, bob = await people.register("ada", "Ada"), await people.register("bob", "Bob")
        direct = await bob.open_direct(ada)
        user, keys = await _log_in_ada(chromium, server, service, expects_chats=False)
        page = user.page
        worker, _ = await _worker(page)
        await _turn_on(page, "Notify while the page is closed")
        await _turn_on(page, "Show who wrote, and what")

        address = {"endpoint": service.url("/second"), "keys": keys.keys}
        await page.evaluate(FAKE_PUSH_MANAGER, address)
        await worker.evaluate(REPLACE_SUBSCRIPTION)
        await _is_registered(ada, service.url("/second"))

        await _close_page(page, server)
        address["endpoint"] = service.url("/third")
        await worker.evaluate(FAKE_PUSH_MANAGER, address)
        await worker.evaluate(REPLACE_SUBSCRIPTION)
        await _is_registered(ada, service.url("/third"))
        await bob.post(direct, "Are you there?")
        async with asyncio.timeout(20):
            while "/third" not in (payload := {got.path: got.body for got in service.got}):
                await asyncio.sleep(0.05)
        assert json.loads(keys.read(payload["/third"]))["body"] == "Are you there?"


async def test_a_replaced_push_subscription_is_not_registered_while_do_not_disturb_is_on(
    chromium: Browser, server: Server
) -> None:
    with PushService() as service:
        people = HttpClient(server.url)
        ada = await people.register("ada", "Ada")
        user, keys = await _log_in_ada(chromium, server, service, expects_chats=False)
        page = user.page
        worker, _ = await _worker(page)
        await _turn_on(page, "Notify while the page is closed")
        await _is_registered(ada, service.url())
        await _turn_on(page, "Do not disturb")
        async with asyncio.timeout(20):
            while await ada.push_endpoints():
                await asyncio.sleep(0.05)

        await _close_page(page, server)
        address = {"endpoint": service.url("/second"), "keys": keys.keys}
        await worker.evaluate(FAKE_PUSH_MANAGER, address)
        await worker.evaluate(REPLACE_SUBSCRIPTION)
        assert await ada.push_endpoints() == []


async def test_the_push_switch_says_that_the_browser_forbids_notifications(
    chromium: Browser, server: Server
) -> None:
    user = await open_browser_user(chromium, server.url)
    await user.page.add_init_script(
        "Object.defineProperty(Notification, 'permission', { get: () => 'denied' })"
    )
    await user.register("cyra", "Cyra")
    await user.page.get_by_role("button", name="Settings and profile").click()
    push = user.page.locator(".toggle", has_text="Notify while the page is closed")
    await expect(push.get_by_role("switch")).to_be_disabled()
    await expect(push).to_contain_text("This browser blocks notifications from here")


async def _log_in_ada(
    chromium: Browser, server: Server, service: PushService, *, expects_chats: bool = True
) -> tuple[BrowserUser, push_service.PushReceiver]:
    keys = push_service.PushReceiver.new()
    user = await open_browser_user(chromium, server.url, permissions=["notifications"])
    address = json.dumps({"endpoint": service.url(), "keys": keys.keys})
    await user.page.add_init_script(f"({FAKE_PUSH_MANAGER})({address})")
    await user.log_in("ada", expects_chats=expects_chats)
    return user, keys


async def _close_page(page: Page, server: Server) -> None:
    """Close the page, but not its browser."""
    await page.goto(f"{server.url}/icon.svg")


async def _worker(page: Page) -> tuple[Worker, Any]:
    """Return the page's service worker, and a function that delivers a push to it."""
    registration: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def note(event: dict[str, Any]) -> None:
        if event["registrations"] and not registration.done():
            registration.set_result(event["registrations"][0]["registrationId"])

    await page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    session: CDPSession = await page.context.new_cdp_session(page)
    session.on("ServiceWorker.workerRegistrationUpdated", note)
    await session.send("ServiceWorker.enable")
    number = await asyncio.wait_for(registration, TIMEOUT)
    origin = await page.evaluate("location.origin")

    async def deliver(payload: dict[str, Any]) -> None:
        await session.send(
            "ServiceWorker.deliverPushMessage",
            {"origin": origin, "registrationId": number, "data": json.dumps(payload)},
        )

    # It is active by now, but the event of it may still be on its way.
    workers = page.context.service_workers
    worker = workers[0] if workers else await page.context.wait_for_event("serviceworker")
    return worker, deliver


async def _turn_on(page: Page, label: str) -> None:
    await page.get_by_role("button", name="Settings and profile").click()
    switch = page.locator(".toggle", has_text=label).get_by_role("switch")
    await switch.click()
    await expect(switch).to_be_checked()
    await page.keyboard.press("Escape")


async def _is_registered(who: HttpUser, endpoint: str) -> None:
    """Wait until this endpoint is registered at the service."""
    async with asyncio.timeout(20):
        while endpoint not in await who.push_endpoints():
            await asyncio.sleep(0.05)


async def _wait_for_pushes(
    service: PushService, keys: push_service.PushReceiver, count: int
) -> dict[str, Any]:
    """Wait for this number of pushes; return the payload of the last."""
    async with asyncio.timeout(TIMEOUT):
        while len(service.got) < count:
            await asyncio.sleep(0.05)
    payload: dict[str, Any] = json.loads(keys.read(service.got[-1].body))
    return payload


async def _first_shown(worker: Worker) -> list[dict[str, Any]]:
    """Wait until notifications are shown; return them."""
    async with asyncio.timeout(TIMEOUT):
        while not (shown := await worker.evaluate(LIST_NOTIFICATIONS)):
            await asyncio.sleep(0.05)
    return list(shown)


async def _shows_notifications(worker: Worker, wanted: list[dict[str, Any]]) -> None:
    """Wait until exactly these notifications are shown."""
    shown: list[dict[str, Any]] = []
    try:
        async with asyncio.timeout(TIMEOUT):
            while True:
                shown = await worker.evaluate(LIST_NOTIFICATIONS)
                if shown == wanted:
                    return
                await asyncio.sleep(0.05)
    except TimeoutError:
        assert shown == wanted
