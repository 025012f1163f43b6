"""The screens of what happens to messages: replies, edits, recalls, selecting and forwarding."""

from collections.abc import Awaitable, Callable
from uuid import uuid4

from playwright.async_api import expect

from tests.support.browser_user import BrowserUser
from tests.support.http_client import HttpUser
from tests.support.message_rows import choose, row

GARDEN = "Garden"


async def create_changed_messages(ada: HttpUser, bob: HttpUser) -> None:
    """Create a group whose messages were answered, edited, recalled and forwarded."""
    group = await bob.create_group(GARDEN, ada)
    base = f"/v1/conversations/{group}"
    await bob.post(group, "The tomatoes are ripe", "Who comes on Sunday?", "Wrong group, sorry")
    await bob.call("PATCH", f"{base}/messages/2", {"body": {"text": "Who comes on **Saturday**?"}})
    await bob.call("DELETE", f"{base}/messages/3")
    await ada.call(
        "POST",
        f"{base}/messages",
        {"body": {"text": "I do, and I bring a basket."}, "reply_to": 2},
        headers={"Idempotency-Key": str(uuid4())},
    )
    notes = await ada.create_group("Garden notes")
    await ada.post(notes, "Water the beans in the evening", "No water on the leaves")
    for seqs, merged in (([1], False), ([1, 2], True)):
        await ada.call(
            "POST",
            f"{base}/forward",
            {"from": notes, "seqs": seqs, "merged": merged, "key": str(uuid4())},
        )
    await bob.post(group, "Thank you!")
    await ada.read(group, 7)


async def _changed(user: BrowserUser) -> None:
    await user.open(GARDEN)
    await expect(user.page.locator(".bundle")).to_be_visible()


async def _replying(user: BrowserUser) -> None:
    await _changed(user)
    await choose(user, 1, "Reply")
    await expect(user.page.locator(".composer-context")).to_be_visible()


async def _editing(user: BrowserUser) -> None:
    await _changed(user)
    await choose(user, 4, "Edit")
    await expect(user.page.locator(".composer-context")).to_contain_text("Edit message")


async def _earlier_texts(user: BrowserUser) -> None:
    await _changed(user)
    await row(user, 2).locator(".edited-mark").click()
    await expect(user.page.locator(".revisions li")).to_have_count(1)


async def _selecting(user: BrowserUser) -> None:
    await _changed(user)
    await choose(user, 1, "Select")
    await row(user, 4).click()
    await expect(user.page.locator(".selection-count")).to_have_text("2 selected")


async def _forwarding(user: BrowserUser) -> None:
    await _selecting(user)
    await user.page.get_by_role("toolbar").get_by_role("button", name="Forward").click()
    dialog = user.page.locator("dialog[open]")
    await dialog.locator(".entry").first.click()
    await expect(dialog.locator(".chip")).to_be_visible()


async def _bundle(user: BrowserUser) -> None:
    await _changed(user)
    await user.page.locator(".bundle").click()
    await expect(user.page.locator("dialog[open] .bundle-item")).to_have_count(2)


async def _recalling(user: BrowserUser) -> None:
    await _changed(user)
    await choose(user, 4, "Recall")
    await expect(user.page.locator("dialog[open]")).to_be_visible()


# Each starts from the conversation list.
MESSAGE_SCREENS: dict[str, Callable[[BrowserUser], Awaitable[None]]] = {
    "changed-messages": _changed,
    "replying": _replying,
    "editing": _editing,
    "earlier-texts": _earlier_texts,
    "selecting": _selecting,
    "forwarding": _forwarding,
    "bundle": _bundle,
    "recalling": _recalling,
}
