"""How a user chose to be seen, in the page."""

import pytest
from playwright.async_api import Browser, Locator, expect

from tests.support.browser_user import BrowserUser, open_browser_user
from tests.support.chat_processes import Server
from tests.support.http_client import HttpClient


async def _open_settings(user: BrowserUser) -> Locator:
    await user.page.get_by_role("button", name="Settings and profile").click()
    return user.page.get_by_label("Others see me as")


@pytest.mark.parametrize(("chosen", "seen"), [("Invisible", None), ("Busy", "Busy")])
async def test_a_chosen_presence_holds_after_a_reload_and_on_another_device(
    chromium: Browser, server: Server, people: HttpClient, chosen: str, seen: str | None
) -> None:
    ada, bob = await people.register("ada", "Ada"), await people.register("bob", "Bob")
    await bob.post(await bob.open_direct(ada), "hello")
    watcher = await open_browser_user(chromium, server.url)
    await watcher.log_in("bob")
    await watcher.open("Ada")
    user = await open_browser_user(chromium, server.url)
    await user.log_in("ada")
    shown = watcher.page.locator(".room-header")
    await expect(shown).to_contain_text("Online")
    choice = await _open_settings(user)
    await choice.select_option(chosen)
    await expect(shown).to_contain_text(seen or "Last seen")

    # From here on the watcher's page notes every text of the header.
    await watcher.page.evaluate(
        """() => {
          window.texts = new Set();
          const note = () => window.texts.add(document.querySelector('.room-header').innerText);
          new MutationObserver(note).observe(document.body, {
            subtree: true, childList: true, characterData: true,
          });
        }"""
    )
    await user.page.reload()
    other = await open_browser_user(chromium, server.url)
    await other.log_in("ada")
    for page in (user, other):
        await expect(await _open_settings(page)).to_have_value(chosen.lower())
    await expect(shown).to_contain_text(seen or "Last seen")
    texts = await watcher.page.evaluate("[...window.texts]")
    assert not any("Online" in text for text in texts)

    # A choice on one device reaches the open settings of another.
    await other.page.get_by_label("Others see me as").select_option("Online")
    await expect(user.page.get_by_label("Others see me as")).to_have_value("online")
    await expect(shown).to_contain_text("Online")
    assert (user.errors, other.errors, watcher.errors) == ([], [], [])
