"""Several tabs of one browser."""

from playwright.async_api import Browser, expect

from tests.support.browser_user import open_browser_user
from tests.support.chat_processes import Server
from tests.support.http_client import HttpClient


async def test_two_tabs_show_the_same_messages(
    chromium: Browser, server: Server, people: HttpClient
) -> None:
    ada, bob = await people.register("ada", "Ada"), await people.register("bob", "Bob")
    await bob.post(await ada.open_direct(bob), "Hello Ada")
    first = await open_browser_user(chromium, server.url)
    await first.log_in("ada")
    await first.open("Bob")
    second = await first.tab()
    await second.sees("Hello Ada")

    await first.say("from the first")
    await second.sees("Hello Ada", "from the first")
    await second.say("from the second")
    await first.sees("Hello Ada", "from the first", "from the second")
    await first.sees_statuses(sent=2)
    await second.sees_statuses(sent=2)
    assert (first.errors, second.errors) == ([], [])


async def test_unsent_messages_of_a_closed_tab_are_sent_once_by_another_tab(
    chromium: Browser, server: Server, people: HttpClient
) -> None:
    ada, bob = await people.register("ada", "Ada"), await people.register("bob", "Bob")
    await bob.post(await ada.open_direct(bob), "Hello Ada")
    first = await open_browser_user(chromium, server.url)
    await first.log_in("ada")
    await first.open("Bob")
    second = await first.tab()
    await second.sees("Hello Ada")

    await first.page.context.set_offline(True)
    await expect(first.banner).to_be_visible()
    await expect(second.banner).to_be_visible()
    await second.say("one", "two")
    await second.sees_statuses(waiting=2)
    await first.say("three")
    # Tabs still exchange messages without a connection.
    await first.sees_statuses(waiting=3)
    await second.page.close()
    await first.page.context.set_offline(False)

    other = await open_browser_user(chromium, server.url)
    await other.log_in("bob")
    await other.open("Ada")
    await expect(other.messages).to_have_count(4)
    await expect(first.messages).to_have_count(4)
    texts = await other.messages.all_text_contents()
    assert sorted(texts) == ["Hello Ada", "one", "three", "two"]
    assert texts.index("one") < texts.index("two")
    await first.sees(*texts)
    await first.sees_statuses(waiting=0, read=3)


async def test_logging_out_in_one_tab_logs_out_the_others(
    chromium: Browser, server: Server, people: HttpClient
) -> None:
    first = await open_browser_user(chromium, server.url)
    await first.register("cyra", "Cyra")
    second = await first.tab()
    await expect(second.page.locator(".workspace")).to_be_visible()
    await first.page.get_by_role("button", name="Settings and profile").click()
    await first.page.get_by_role("button", name="Log out", exact=True).last.click()
    await expect(first.page.locator("sign-in")).to_be_visible()
    await expect(second.page.locator("sign-in")).to_be_visible()
