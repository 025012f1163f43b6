"""The screens of the page: how to get to each, from its first visit to its last dialog."""

from collections.abc import Awaitable, Callable

from playwright.async_api import Locator, Page, expect

from tests.support.residents import Town
from tests.support.visitors import Visitor

GROUP = "Reading circle"
Step = Callable[[Visitor], Awaitable[None]]


def furnish(people: Town) -> None:
    """Give Ada conversations of every kind, and Neo an account without any."""
    ada = people.person("ada", "Ada Winter")
    people.person("neo", "Neo")
    bob, mei = people.person("bob", "Bob Marsh"), people.person("mei", "陈小美")
    kim, omar = people.person("kim", "Kim Park"), people.person("omar", "Omar Haddad")
    weekend = kim.group("Weekend hike", ada, bob, omar)
    omar.say(weekend, "Weather looks fine. I'll bring the map.")
    kim.say(weekend, "@ada can you drive?", mentions=[ada])
    direct = mei.direct(ada)
    mei.say(direct, "晚上一起吃饭吗？", "我知道一家很好的面馆")
    notes = ada.direct(bob)
    bob.say(notes, "The new draft: https://example.org/drafts/7")
    ada.say(notes, "Thank you, reading it tonight!")
    for person in (ada, bob):
        person.read(notes, 2)
    group = ada.group(GROUP, bob, mei, kim, omar)
    bob.say(group, "Friday at seven, at my place? 🙂")
    mei.say(group, "周五晚上七点可以！")
    kim.say(group, "Works for me. @ada do you bring the book?", mentions=[ada])
    ada.say(group, "Yes! And for those who want to count along:")
    ada.say(group, "```python\nfor chapter in book:\n    read(chapter)\n```")
    omar.say(group, "Ha, my kind of reading plan.")
    omar.say(group, "I may be ten minutes late: the train comes at half past six.")
    bob.say(group, "No hurry, there will be soup.")
    kim.say(group, "🎉")
    for person in (ada, bob, mei, kim, omar):
        person.read(group, 9)
    busy = omar.group("Allotment", ada, kim)
    for number in range(1, 41):
        omar.say(busy, f"Bed {number} is watered.")
        kim.say(busy, "Thank you, and the one beside it looks dry, too. I'll be there at noon.")


async def visit_first(visitor: Visitor) -> None:
    """Nobody is logged in."""
    await visitor.page.goto(visitor.url)
    await expect(visitor.page.get_by_role("button", name="Create account")).to_be_visible()


async def _refuse(visitor: Visitor) -> None:
    await visit_first(visitor)
    await visitor.page.get_by_label("Handle").fill("ada")
    await visitor.page.get_by_label("Password", exact=True).fill("short")
    await visitor.page.get_by_role("button", name="Create account").click()
    await expect(visitor.page.locator("[aria-invalid=true]").first).to_be_visible()


SIGNED_OUT: dict[str, Step] = {"first-visit": visit_first, "refused": _refuse}


async def _list(visitor: Visitor) -> None:
    await expect(visitor.page.locator(".badge-corner")).to_be_visible()
    await expect(visitor.page.locator(".entry", has_text="Kim Park:")).to_have_count(3)


async def _empty_list(visitor: Visitor) -> None:
    await expect(visitor.page.get_by_text("Welcome!")).to_be_visible()


async def _notices(visitor: Visitor) -> None:
    await _press(visitor, "Notifications")
    await expect(_dialog(visitor).locator("h2")).to_be_visible()


async def _settings(visitor: Visitor) -> None:
    await _press(visitor, "Settings and profile")
    await expect(_dialog(visitor).locator(".device").first).to_be_visible()


async def _settings_below(visitor: Visitor) -> None:
    await _settings(visitor)
    await _dialog(visitor).locator(".password").scroll_into_view_if_needed()


NEWCOMER: dict[str, Step] = {"empty-list": _empty_list, "no-notifications": _notices}


async def _group(visitor: Visitor) -> None:
    await visitor.open(GROUP)
    await expect(visitor.messages).not_to_have_count(0)


async def _direct(visitor: Visitor) -> None:
    await visitor.open("Bob Marsh")
    await expect(visitor.messages).not_to_have_count(0)


async def _unread(visitor: Visitor) -> None:
    await visitor.open("Allotment")
    await expect(visitor.page.locator(".unread-divider")).to_be_visible()


async def _offline(visitor: Visitor) -> None:
    await _direct(visitor)
    await visitor.page.context.set_offline(True)
    for text in ("Are you coming tonight?", "I could pick you up."):
        await visitor.page.locator("message-composer textarea").fill(text)
        await _press(visitor, "Send")
    await expect(visitor.page.get_by_role("button", name="Try now")).to_be_visible()
    await visitor.sees_ticks(waiting=2)


async def _search(visitor: Visitor) -> None:
    await visitor.page.get_by_label("Search", exact=True).fill("o")
    await expect(visitor.page.locator(".found-people .entry").first).to_be_visible()


async def _new_group(visitor: Visitor) -> None:
    await _press(visitor, "New conversation")
    dialog = _dialog(visitor)
    await dialog.get_by_role("radio", name="Group").click()
    await dialog.get_by_label("Name of the group").fill("Choir")
    for handle in ("kim", "bob"):
        await dialog.get_by_label("Name or @handle").fill(handle)
        await dialog.locator(".people .entry").first.click()
    await dialog.get_by_label("Name or @handle").fill("o")
    await expect(dialog.locator(".people .entry").first).to_be_visible()


async def _details(visitor: Visitor) -> None:
    await _group(visitor)
    await visitor.page.locator(".room-info").click()
    await expect(_dialog(visitor).get_by_text("Kim Park").first).to_be_visible()


async def _person(visitor: Visitor) -> None:
    await _direct(visitor)
    await visitor.page.locator(".room-info").click()
    await expect(_dialog(visitor).get_by_text("@bob")).to_be_visible()


async def _switcher(visitor: Visitor) -> None:
    await visitor.page.keyboard.press("Control+k")
    await expect(_dialog(visitor).locator(".entry").first).to_be_visible()


async def _keys(visitor: Visitor) -> None:
    await visitor.page.locator("body").press("?")
    await expect(_dialog(visitor).locator("kbd").first).to_be_visible()


async def _emoji(visitor: Visitor) -> None:
    await _group(visitor)
    await _press(visitor, "Emoji")
    await expect(visitor.page.locator(".emoji-picker")).to_be_visible()


async def _mention(visitor: Visitor) -> None:
    await _group(visitor)
    await visitor.page.locator("message-composer textarea").press_sequentially("Thanks @")
    await expect(visitor.page.locator(".mention-list")).to_be_visible()


async def _menu(visitor: Visitor) -> None:
    await _group(visitor)
    await _press(visitor, "More about this conversation")
    await expect(visitor.page.get_by_role("menu")).to_be_visible()


async def _message_menu(visitor: Visitor) -> None:
    await _group(visitor)
    await visitor.page.locator(".bubble", has_text="my kind of reading").click(button="right")
    await expect(visitor.page.get_by_role("menu")).to_be_visible()


async def _folded(visitor: Visitor) -> None:
    """Where there is room beside the list; the other lists are as wide as the screen."""
    await _group(visitor)
    fold = visitor.page.locator(".compact-button")
    if await fold.is_visible():
        await fold.click()
        await expect(fold).to_have_attribute("aria-pressed", "true")


async def _chinese(visitor: Visitor) -> None:
    await _settings(visitor)
    await _dialog(visitor).get_by_label("Language").select_option("zh")
    await expect(_dialog(visitor).locator("h2")).to_have_text("设置")


# Each begins at the list of conversations.
RESIDENT: dict[str, Step] = {
    "list": _list,
    "search": _search,
    "unread": _unread,
    "group": _group,
    "direct": _direct,
    "mention": _mention,
    "emoji": _emoji,
    "conversation-menu": _menu,
    "message-menu": _message_menu,
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
    # Last: the device remembers it.
    "folded": _folded,
}


def _dialog(visitor: Visitor) -> Locator:
    return visitor.page.locator("dialog[open]").last


async def _press(visitor: Visitor, name: str) -> None:
    await visitor.page.get_by_role("button", name=name).first.click()


async def begin_again(page: Page, url: str) -> None:
    """Go back to the list, whatever is open."""
    await page.context.set_offline(False)
    await page.goto(f"{url}/#/")
    await page.reload()
    await expect(page.locator(".profile-button .dot-online")).to_be_visible()
