"""A direct conversation begins with its first message, not with a click on a person."""

from playwright.async_api import Browser, expect

from tests.support.browser_user import open_browser_user
from tests.support.chat_processes import Server
from tests.support.http_client import HttpClient


async def test_a_click_on_a_person_shows_nothing_on_the_other_side(
    chromium: Browser, server: Server, people: HttpClient
) -> None:
    await people.register("ada", "Ada")
    bob = await people.register("bob", "Bob")
    user = await open_browser_user(chromium, server.url)
    await user.log_in("ada", expects_chats=False)
    await user.find("bob")
    await expect(user.page.locator(".room-title")).to_have_text("Bob")
    await expect(user.page.locator("message-composer textarea")).to_be_focused()
    assert await _conversations(people, bob) == 0

    await user.say("Hello Bob", "How are you?")
    await user.sees("Hello Bob", "How are you?")
    await user.sees_statuses(sent=2)
    await expect(user.page.locator(".entry-title", has_text="Bob")).to_have_count(1)
    assert "#/c/" in user.page.url
    assert await _conversations(people, bob) == 1
    assert user.errors == []


async def test_a_click_on_a_person_opens_the_conversation_that_exists(
    chromium: Browser, server: Server, people: HttpClient
) -> None:
    ada = await people.register("ada", "Ada")
    bob = await people.register("bob", "Bob")
    user = await open_browser_user(chromium, server.url)
    await user.log_in("ada", expects_chats=False)
    await user.find("bob")
    await user.page.locator("message-composer textarea").fill("not sent yet")
    await bob.post(await bob.open_direct(ada), "Hello Ada")

    # It appears while the empty one is open: that becomes it, and keeps what was typed.
    await user.sees("Hello Ada")
    await expect(user.page.locator("message-composer textarea")).to_have_value("not sent yet")
    assert "#/c/" in user.page.url
    assert user.errors == []


async def test_the_first_message_may_be_written_offline_and_survives_a_reload(
    chromium: Browser, server: Server, people: HttpClient
) -> None:
    await people.register("ada", "Ada")
    bob = await people.register("bob", "Bob")
    user = await open_browser_user(chromium, server.url)
    await user.log_in("ada", expects_chats=False)
    await user.find("bob")
    server.stop()
    await expect(user.banner).to_be_visible()
    await user.say("Hello Bob")
    await user.sees("Hello Bob")
    await expect(user.page.locator(".entry-title", has_text="Bob")).to_have_count(1)
    await user.page.reload()
    await user.sees("Hello Bob")
    await expect(user.page.locator(".room-title")).to_have_text("Bob")

    server.start()
    await user.sees_statuses(sent=1)
    assert await _conversations(people, bob) == 1
    assert user.errors == []


async def _conversations(people: HttpClient, who: object) -> int:
    answer = await people.ask("GET", "/v1/conversations", who)  # type: ignore[arg-type]
    return len(answer.json()["heads"])
