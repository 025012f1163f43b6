"""The page in browsers that refuse features: site data, a full storage, odd language tags."""

import pytest
from playwright.async_api import Browser, expect

from tests.support.browser_user import open_browser_user
from tests.support.chat_processes import Server
from tests.support.http_client import HttpClient

_BLOCKED_SITE_DATA = """
const refuse = () => { throw new DOMException('Site data is blocked', 'SecurityError'); };
for (const name of ['localStorage', 'sessionStorage', 'indexedDB', 'caches'])
  Object.defineProperty(globalThis, name, { get: refuse });
for (const name of ['serviceWorker', 'locks', 'permissions', 'clipboard'])
  Object.defineProperty(Navigator.prototype, name, { get: refuse });
globalThis.BroadcastChannel = function () { refuse(); };
globalThis.Notification = undefined;
"""
_FULL_STORAGE = """
const refuse = () => { throw new DOMException('The disk is full', 'QuotaExceededError'); };
Storage.prototype.setItem = refuse;
IDBObjectStore.prototype.put = refuse;
"""
_UNKNOWN_LANGUAGE = """
Object.defineProperty(Navigator.prototype, 'languages', { get: () => ['en-US@posix'] });
"""


@pytest.mark.parametrize(
    ("script", "notice"),
    [
        pytest.param(_BLOCKED_SITE_DATA, "This browser stores nothing", id="site-data-blocked"),
        pytest.param(_FULL_STORAGE, "The storage of this browser is full", id="storage-full"),
        pytest.param(_UNKNOWN_LANGUAGE, "", id="unknown-language-tag"),
    ],
)
async def test_the_page_starts_and_sends_whatever_the_browser_refuses(
    chromium: Browser, server: Server, people: HttpClient, script: str, notice: str
) -> None:
    await people.register("bob", "Bob")
    user = await open_browser_user(chromium, server.url)
    await user.page.add_init_script(script)
    await user.register("alice", "Alice")
    await user.find("bob")
    field = user.page.locator("message-composer textarea")
    await field.press_sequentially("hello")
    await expect(user.page.get_by_role("button", name="Send")).to_be_enabled()
    await field.press("Enter")
    await user.sees("hello")
    await user.sees_statuses(waiting=0, delivered=0)
    shown = user.page.locator(".storage-notice")
    if notice:
        await expect(shown).to_contain_text(notice)
        await shown.get_by_role("button", name="Got it").click()
    await expect(shown).to_have_count(0)
    assert user.errors == []
