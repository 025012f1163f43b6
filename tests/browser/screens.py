"""The screens of the page, and how to open each of them."""

from collections.abc import Awaitable, Callable

from playwright.async_api import Locator, Page, expect

from tests.browser.message_screens import MESSAGE_SCREENS, create_changed_messages
from tests.support.browser_user import BrowserUser
from tests.support.http_client import HttpClient, HttpUser

GROUP = "Reading circle"
Step = Callable[[BrowserUser], Awaitable[None]]


async def create_conversations(people: HttpClient) -> None:
    """Create Ada with conversations of every kind, and Neo without any."""
    ada = await people.register("ada", "Ada Winter")
    await people.register("neo", "Neo")
    bob, mei = await people.register("bob", "Bob Marsh"), await people.register("mei", "陈小美")
    kim, omar = (
        await people.register("kim", "Kim Park"),
        await people.register("omar", "Omar Haddad"),
    )
    await create_changed_messages(ada, bob)
    weekend = await kim.create_group("Weekend hike", ada, bob, omar)
    await omar.post(weekend, "Weather looks fine. I'll bring the map.")
    await kim.post(weekend, "@ada can you drive?", mentions=[ada])
    direct = await mei.open_direct(ada)
    await mei.post(direct, "晚上一起吃饭吗？", "我知道一家很好的面馆")
    notes = await ada.open_direct(bob)
    await bob.post(notes, "The new draft: https://example.org/drafts/7")
    await ada.post(notes, "Thank you, reading it tonight!")
    for person in (ada, bob):
        await person.read(notes, 2)
    group = await ada.create_group(GROUP, bob, mei, kim, omar)
    await bob.post(group, "Friday at seven, at my place? 🙂")
    await mei.post(group, "周五晚上七点可以！")
    await kim.post(group, "Works for me. @ada do you bring the book?", mentions=[ada])
    await ada.post(group, "Yes! And for those who want to count along:")
    await ada.post(group, "```python\nfor chapter in book:\n    read(chapter)\n```")
    await omar.post(group, "Ha, my kind of reading plan.")
    await omar.post(group, "I may be ten minutes late: the train comes at half past six.")
    await bob.post(group, "No hurry, there will be soup.")
    await kim.post(group, "🎉")
    for person in (ada, bob, mei, kim, omar):
        await person.read(group, 9)
    await _post_rich_text(await omar.create_group("Kitchen", ada, bob), omar, ada)
    busy = await omar.create_group("Allotment", ada, kim)
    for number in range(1, 41):
        await omar.post(busy, f"Bed {number} is watered.")
        await kim.post(
            busy, "Thank you, and the one beside it looks dry, too. I'll be there at noon."
        )


async def _post_rich_text(group: str, *authors: HttpUser) -> None:
    for author in authors:
        await author.post(
            group,
            "**Dinner** at _eight_, ~~not seven~~. For dessert: ||tiramisu||",
            "> What do we need?\n> > And who buys it?\n\n- flour\n- **eggs**\n  - six of them\n\n"
            "1. Mix\n2. Wait\n3. Bake",
            "The recipe: [grandmother's](https://recipes.example.org/pasta), and 2*3*4 is `24`",
            "```python\nfor guest in guests:\n"
            "    serve(guest, portion=2, with_a_very=long_line)\n```",
        )


async def open_page(user: BrowserUser) -> None:
    """The log-in form."""
    await user.page.goto(user.url)
    await expect(user.page.get_by_role("button", name="Create account")).to_be_visible()


async def _invalid_form(user: BrowserUser) -> None:
    await open_page(user)
    await user.page.get_by_label("Handle").fill("ada")
    await user.page.get_by_label("Password", exact=True).fill("short")
    await user.page.get_by_role("button", name="Create account").click()
    await expect(user.page.locator("[aria-invalid=true]").first).to_be_visible()


SIGNED_OUT: dict[str, Step] = {"first-visit": open_page, "refused": _invalid_form}


async def _list(user: BrowserUser) -> None:
    await expect(user.page.locator(".badge-corner")).to_be_visible()
    await expect(user.page.locator(".entry", has_text="Kim Park:")).to_have_count(3)


async def _empty_list(user: BrowserUser) -> None:
    await expect(user.page.get_by_text("Welcome!")).to_be_visible()


async def _notices(user: BrowserUser) -> None:
    await _press(user, "Notifications")
    await expect(_dialog(user).locator("h2")).to_be_visible()


async def _settings(user: BrowserUser) -> None:
    await _press(user, "Settings and profile")
    await expect(_dialog(user).locator(".device").first).to_be_visible()


async def _settings_below(user: BrowserUser) -> None:
    await _settings(user)
    await _dialog(user).locator(".password").scroll_into_view_if_needed()


NEW_USER: dict[str, Step] = {"empty-list": _empty_list, "no-notifications": _notices}


async def _group(user: BrowserUser) -> None:
    await user.open(GROUP)
    await expect(user.messages).not_to_have_count(0)


async def _direct(user: BrowserUser) -> None:
    await user.open("Bob Marsh")
    await expect(user.messages).not_to_have_count(0)


async def _unread(user: BrowserUser) -> None:
    await user.open("Allotment")
    await expect(user.page.locator(".unread-divider")).to_be_visible()


async def _offline(user: BrowserUser) -> None:
    await _direct(user)
    await user.page.context.set_offline(True)
    for text in ("Are you coming tonight?", "I could pick you up."):
        await user.page.locator("message-composer textarea").fill(text)
        await user.page.get_by_role("button", name="Send", exact=True).click()
    await expect(user.page.get_by_role("button", name="Try now")).to_be_visible()
    await user.sees_statuses(waiting=2)


async def _search(user: BrowserUser) -> None:
    await user.page.get_by_label("Search", exact=True).fill("o")
    await expect(user.page.locator(".found-people .entry").first).to_be_visible()


async def _new_group(user: BrowserUser) -> None:
    await _press(user, "New conversation")
    dialog = _dialog(user)
    await dialog.get_by_role("radio", name="Group").click()
    await dialog.get_by_label("Name of the group").fill("Choir")
    for handle in ("kim", "bob"):
        await dialog.get_by_label("Name or @handle").fill(handle)
        await dialog.locator(".people .entry").first.click()
    await dialog.get_by_label("Name or @handle").fill("o")
    await expect(dialog.locator(".people .entry").first).to_be_visible()


async def _details(user: BrowserUser) -> None:
    await _group(user)
    await user.page.locator(".room-info").click()
    await expect(_dialog(user).get_by_text("Kim Park").first).to_be_visible()


async def _person(user: BrowserUser) -> None:
    await _direct(user)
    await user.page.locator(".room-info").click()
    await expect(_dialog(user).get_by_text("@bob")).to_be_visible()


async def _switcher(user: BrowserUser) -> None:
    await user.page.keyboard.press("Control+k")
    await expect(_dialog(user).locator(".entry").first).to_be_visible()


async def _keys(user: BrowserUser) -> None:
    await user.page.locator("body").press("?")
    await expect(_dialog(user).locator("kbd").first).to_be_visible()


async def _emoji(user: BrowserUser) -> None:
    await _group(user)
    await _press(user, "Emoji")
    await expect(user.page.locator(".emoji-picker")).to_be_visible()


async def _mention(user: BrowserUser) -> None:
    await _group(user)
    await user.page.locator("message-composer textarea").press_sequentially("Thanks @")
    await expect(user.page.locator(".suggestion-list")).to_be_visible()


async def _rich_text(user: BrowserUser) -> None:
    await user.open("Kitchen")
    await user.messages.first.get_by_role("button", name="Show spoiler").click()
    await expect(user.page.locator(".spoiler.shown")).to_have_count(1)


async def _formats(user: BrowserUser) -> None:
    await user.open("Kitchen")
    await user.page.locator("message-composer textarea").fill("Thank you all!")
    await user.page.locator("message-composer textarea").select_text()
    await user.page.keyboard.press("Control+b")
    await expect(user.page.get_by_role("button", name="Bold", pressed=True)).to_be_visible()


async def _menu(user: BrowserUser) -> None:
    await _group(user)
    await _press(user, "More about this conversation")
    await expect(user.page.get_by_role("menu")).to_be_visible()


async def _message_menu(user: BrowserUser) -> None:
    await _group(user)
    await user.page.locator(".bubble", has_text="my kind of reading").click(button="right")
    await expect(user.page.get_by_role("menu")).to_be_visible()


async def _folded(user: BrowserUser) -> None:
    """The compact list; narrow screens have none."""
    await _group(user)
    fold = user.page.locator(".compact-button")
    if await fold.is_visible():
        await fold.click()
        await expect(fold).to_have_attribute("aria-pressed", "true")


async def _chinese(user: BrowserUser) -> None:
    await _settings(user)
    await _dialog(user).get_by_label("Language").select_option("zh")
    await expect(_dialog(user).locator("h2")).to_have_text("设置")


# Each starts from the conversation list.
USER: dict[str, Step] = {
    "list": _list,
    "search": _search,
    "unread": _unread,
    "group": _group,
    "direct": _direct,
    "mention": _mention,
    "rich-text": _rich_text,
    "formats": _formats,
    "emoji": _emoji,
    "conversation-menu": _menu,
    "message-menu": _message_menu,
    **MESSAGE_SCREENS,
    "group-details": _details,
    "person": _person,
    "new-group": _new_group,
    "notifications": _notices,
    "settings": _settings,
    "settings-below": _settings_below,
    "switcher": _switcher,
    "keys": _keys,
    "offline": _offline,
    "chinese": _chinese,
    # Last, because the browser stores the setting.
    "folded": _folded,
}


def _dialog(user: BrowserUser) -> Locator:
    return user.page.locator("dialog[open]").last


async def _press(user: BrowserUser, name: str) -> None:
    await user.page.get_by_role("button", name=name).first.click()


async def return_to_list(page: Page, url: str) -> None:
    """Return to the conversation list."""
    await page.context.set_offline(False)
    await page.goto(f"{url}/#/")
    await page.reload()
    await expect(page.locator(".profile-button .dot-online")).to_be_visible()
