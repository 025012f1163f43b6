"""What happens to a text that is too long, and to files that are dropped or pasted."""

from playwright.async_api import Browser, expect

from tests.support.browser_user import open_browser_user
from tests.support.chat_processes import Server
from tests.support.http_client import HttpClient

_LINE = "A line of a long report. "

# Dispatches an event with a file; returns whether the page has kept the browser from taking it.
_WITH_FILE = """
([selector, type]) => {
  const data = new DataTransfer();
  data.items.add(new File(['text'], 'notes.txt', { type: 'text/plain' }));
  const options = { bubbles: true, cancelable: true };
  const event = type === 'paste' ?
    new ClipboardEvent(type, { ...options, clipboardData: data }) :
    new DragEvent(type, { ...options, dataTransfer: data });
  return !document.querySelector(selector).dispatchEvent(event);
}
"""


async def test_a_long_text_is_sent_as_several_messages_and_a_file_never_leaves_the_page(
    chromium: Browser, server: Server, people: HttpClient
) -> None:
    ada, bob = await people.register("ada", "Ada"), await people.register("bob", "Bob")
    direct = await bob.open_direct(ada)
    await bob.post(direct, "hello")
    user = await open_browser_user(chromium, server.url)
    page = user.page
    await user.log_in("ada")
    await user.open("Bob")
    field = page.locator("message-composer textarea")

    await field.fill(_LINE * 330)
    notice = page.locator(".too-long")
    await expect(notice).to_contain_text(
        "One message holds 8,000 characters; this is 249 characters too long."
    )
    await expect(page.get_by_role("button", name="Send", exact=True)).to_be_disabled()
    await notice.get_by_role("button", name="Send as 2 messages").click()
    await expect(page.locator("[data-seq='3']")).to_be_visible()
    first, second = [each["body"]["text"] for each in await bob.history(direct)][1:]
    assert f"{first} {second}" == (_LINE * 330).strip()
    await expect(field).to_have_value("")
    await expect(field).to_be_focused()
    await expect(notice).to_have_count(0)
    await field.fill("x" * 90_000)
    await expect(notice).to_contain_text("Shorten it, or send a link to it.")
    await field.fill("")

    for selector, type_ in (
        (".scroller", "dragover"),
        (".scroller", "drop"),
        ("message-composer textarea", "dragover"),
        ("message-composer textarea", "drop"),
        ("body", "drop"),
    ):
        assert await page.evaluate(_WITH_FILE, [selector, type_]), (selector, type_)
    await expect(page.locator(".toast")).to_contain_text(["Files cannot be sent here."] * 3)
    await expect(page.locator(".toast")).to_have_count(0)
    await page.evaluate(_WITH_FILE, ["message-composer textarea", "paste"])
    await expect(page.locator(".toast")).to_contain_text("Files cannot be sent here.")
    assert user.errors == []


async def test_a_mention_is_completed_while_it_is_typed(
    chromium: Browser, server: Server, people: HttpClient
) -> None:
    ada, bob = await people.register("ada", "Ada"), await people.register("bob", "Bob Marsh")
    await bob.create_group("Choir", ada, await people.register("kim", "Kim Park"))
    user = await open_browser_user(chromium, server.url)
    await user.log_in("ada")
    await user.open("Choir")
    field = user.page.locator("message-composer textarea")
    suggestions = user.page.get_by_role("listbox", name="People to mention")

    await field.press_sequentially("Hello @")
    await expect(suggestions.get_by_role("option")).to_have_text(
        ["BMBob Marsh@bob", "KPKim Park@kim"]
    )
    await field.press("ArrowDown")
    await expect(suggestions.get_by_role("option", selected=True)).to_contain_text("Kim Park")
    await field.press("Escape")
    await expect(suggestions).to_have_count(0)
    await field.press_sequentially("ma")
    await field.press("Tab")
    await expect(field).to_have_value("Hello @bob ")
    await field.press_sequentially("and @k")
    await suggestions.get_by_role("option").filter(has_text="Kim Park").click()
    await expect(field).to_have_value("Hello @bob and @kim ")
    await expect(field).to_be_focused()
    assert user.errors == []
