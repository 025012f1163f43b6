"""What was typed and not sent, on two devices of one person."""

from playwright.async_api import Browser, Locator, expect

from tests.support.browser_user import BrowserUser, open_browser_user
from tests.support.chat_processes import Server
from tests.support.http_client import HttpClient


async def test_a_draft_is_on_every_device_until_it_is_sent(
    chromium: Browser, server: Server, people: HttpClient
) -> None:
    desk, phone = await _two_devices(chromium, server, people)

    await desk.open("Bob Marsh")
    await _field(desk).press_sequentially("Dear Bob")
    # Nobody has to leave the field: a pause is enough.
    await expect(phone.page.locator(".entry", has_text="Bob Marsh")).to_contain_text(
        "Draft: Dear Bob"
    )
    color = await phone.page.locator(".draft").evaluate("node => getComputedStyle(node).color")
    assert color == "rgb(179, 38, 30)"
    await phone.open("Bob Marsh")
    await expect(_field(phone)).to_have_value("Dear Bob")
    await _field(phone).press_sequentially(", see you")
    await expect(_field(desk)).to_have_value("Dear Bob, see you")

    await _field(phone).press("Enter")
    await phone.sees("How are you?", "Dear Bob, see you")
    await expect(_field(desk)).to_have_value("")
    await desk.page.reload()
    await expect(desk.page.locator(".draft")).to_have_count(0)
    assert (desk.errors, phone.errors) == ([], [])


async def test_what_is_being_typed_is_never_overwritten(
    chromium: Browser, server: Server, people: HttpClient
) -> None:
    desk, phone = await _two_devices(chromium, server, people)
    for user in (desk, phone):
        await user.open("Bob Marsh")
    await desk.page.context.set_offline(True)
    await expect(desk.banner).to_be_visible()
    await _field(desk).press_sequentially("Typed here")
    await _field(phone).press_sequentially("Typed there")
    # The service has the other text before this device is back.
    await phone.page.wait_for_function(
        "() => !Object.keys(localStorage).some((key) => key.startsWith('parlour.draft.'))"
    )
    await expect(_field(desk)).to_have_value("Typed here")

    await desk.page.context.set_offline(False)
    await expect(_field(phone)).to_have_value("Typed here")
    await expect(_field(desk)).to_have_value("Typed here")


async def test_a_draft_written_without_a_connection_survives_a_reload(
    chromium: Browser, server: Server, people: HttpClient
) -> None:
    desk, phone = await _two_devices(chromium, server, people)
    await desk.open("Bob Marsh")
    await desk.page.context.set_offline(True)
    await _field(desk).press_sequentially("On the train")
    await desk.page.context.set_offline(False)
    await desk.page.reload()
    await expect(_field(desk)).to_have_value("On the train")
    await expect(phone.page.locator(".draft")).to_be_visible()


async def test_a_draft_remembers_the_message_that_it_answers(
    chromium: Browser, server: Server, people: HttpClient
) -> None:
    desk, phone = await _two_devices(chromium, server, people)
    await desk.open("Bob Marsh")
    await desk.page.locator(".row-message").focus()
    await desk.page.keyboard.press("r")
    await _field(desk).press_sequentially("Fine")
    await expect(phone.page.locator(".draft")).to_be_visible()
    await phone.open("Bob Marsh")
    await expect(phone.page.locator(".composer-context")).to_contain_text("How are you?")

    await _field(phone).press("Enter")
    await expect(desk.page.locator(".row-message .quote")).to_contain_text("How are you?")
    await expect(desk.page.locator(".composer-context")).to_have_count(0)
    await expect(_field(desk)).to_have_value("")
    assert (desk.errors, phone.errors) == ([], [])


async def _two_devices(
    chromium: Browser, server: Server, people: HttpClient
) -> tuple[BrowserUser, BrowserUser]:
    """Two devices of Ada, to whom Bob has written."""
    account, other = await people.register("ada", "Ada"), await people.register("bob", "Bob Marsh")
    await other.post(await other.open_direct(account), "How are you?")
    desk = await open_browser_user(chromium, server.url)
    phone = await open_browser_user(chromium, server.url)
    for user in (desk, phone):
        await user.log_in("ada")
    return desk, phone


def _field(user: BrowserUser) -> Locator:
    return user.page.locator("message-composer textarea")
