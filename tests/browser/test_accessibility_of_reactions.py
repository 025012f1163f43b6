"""Accessibility: axe reports no violations where people react, pin, vote and keep drafts."""

from uuid import uuid4

import pytest
from playwright.async_api import Browser, expect

from tests.browser.test_accessibility import NARROW, WIDE, violations_of
from tests.support.browser_user import open_browser_user
from tests.support.chat_processes import Server
from tests.support.http_client import HttpClient

GROUP = "Reading circle"


@pytest.mark.parametrize(("scheme", "viewport"), [("light", WIDE), ("dark", NARROW)])
async def test_axe_reports_no_violations_of_reactions_pins_polls_and_drafts(
    chromium: Browser, server: Server, people: HttpClient, scheme: str, viewport: dict[str, int]
) -> None:
    await _create_conversations(people)
    user = await open_browser_user(
        chromium, server.url, viewport=viewport, color_scheme=scheme, reduced_motion="reduce"
    )
    page = user.page
    await user.log_in("ada")
    await expect(page.locator(".draft")).to_be_visible()
    found = {"list with a draft": await violations_of(user)}
    await user.open(GROUP)
    await expect(page.locator(".poll")).to_be_visible()
    await expect(page.locator(".pin-strip")).to_be_visible()
    await page.locator("[data-seq='1']").hover()
    found["messages"] = await violations_of(user)
    await page.locator("[data-seq='1'] .bubble").click(button="right")
    await expect(page.get_by_role("menu")).to_be_visible()
    found["menu"] = await violations_of(user)
    await page.get_by_role("menuitem", name="Who reacted").click()
    await expect(page.locator(".reacted").first).to_be_visible()
    found["who reacted"] = await violations_of(user)
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="All pinned messages").click()
    await expect(page.get_by_role("dialog", name="Pinned messages")).to_be_visible()
    found["pins"] = await violations_of(user)
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Send something else").click()
    await page.get_by_role("menuitem", name="Poll").click()
    await page.get_by_role("button", name="Send poll").click()
    await expect(page.get_by_text("A poll needs a question.")).to_be_visible()
    found["poll"] = await violations_of(user)
    assert found == {screen: [] for screen in found}


async def _create_conversations(people: HttpClient) -> None:
    ada, bob = await people.register("ada", "Ada"), await people.register("bob", "Bob Marsh")
    direct = await ada.open_direct(bob)
    await bob.post(direct, "Hello Ada")
    await ada.call("PUT", f"/v1/conversations/{direct}/draft", {"text": "Dear Bob"})
    group = await ada.create_group(GROUP, bob)
    path = f"/v1/conversations/{group}"
    await bob.post(group, "Friday at seven?")
    poll = {"question": "Which book?", "options": ["Middlemarch", "三体"], "multiple": True}
    place = {"latitude": 52.5163, "longitude": 13.3777, "title": "My place"}
    for kind, body in (("poll", poll), ("location", place), ("contact", {"user": bob.id})):
        headers = {"Idempotency-Key": str(uuid4())}
        await bob.call("POST", f"{path}/messages", {"kind": kind, "body": body}, headers=headers)
    for person, emoji in ((ada, "👍"), (bob, "👍"), (bob, "🎉")):
        await person.call("PUT", f"{path}/messages/1/reactions/{emoji}")
    await bob.call("PUT", f"{path}/messages/2/vote", {"options": [1]})
    for seq in (1, 2):
        await bob.call("PUT", f"{path}/pins/{seq}")
