"""Replies: with the mouse, the keyboard and a finger, and the quotes that they show."""

from playwright.async_api import Browser, expect

from tests.support.browser_user import open_browser_user
from tests.support.chat_processes import Server
from tests.support.http_client import HttpClient
from tests.support.message_rows import row

_PHONE = {"viewport": {"width": 360, "height": 640}, "has_touch": True}


async def test_a_reply_quotes_a_message_and_leads_back_to_it_also_far_away(
    chromium: Browser, server: Server, people: HttpClient
) -> None:
    ada, bob = await people.register("ada", "Ada"), await people.register("bob", "Bob Marsh")
    direct = await bob.open_direct(ada)
    await bob.post(direct, *(f"number {number}" for number in range(1, 151)))
    await ada.read(direct, 150)
    user = await open_browser_user(chromium, server.url)
    page, field = user.page, user.page.locator("message-composer textarea")
    await user.log_in("ada")
    await user.open("Bob Marsh")

    # Escape leaves a reply; what was typed stays.
    await row(user, 150).focus()
    await page.keyboard.press("r")
    await expect(page.locator(".composer-context")).to_contain_text("Reply to Bob Marshnumber 150")
    await expect(field).to_be_focused()
    await page.keyboard.type("Yes")
    await page.keyboard.press("Escape")
    await expect(page.locator(".composer-context")).to_have_count(0)
    await expect(field).to_have_value("Yes")
    await row(user, 150).hover()
    await row(user, 150).get_by_role("button", name="Reply", exact=True).click()
    await field.press("Enter")
    await expect(row(user, 151).locator(".quote")).to_have_text("In reply toBob Marshnumber 150")

    # The original of this one is not loaded: its text is fetched, then the page around it.
    await bob.call(
        "POST",
        f"/v1/conversations/{direct}/messages",
        {"body": {"text": "Remember?"}, "reply_to": 2},
        headers={"Idempotency-Key": "0195f0c2-0000-7000-8000-000000000001"},
    )
    quote = row(user, 152).locator(".quote")
    await expect(quote).to_have_text("In reply toBob Marshnumber 2")
    await quote.click()
    await expect(row(user, 2)).to_be_in_viewport()
    await expect(row(user, 2)).to_be_focused()

    # A quote shows what the original is now, and nothing of one that was recalled.
    await page.locator(".scroll-to-latest").click()
    await bob.call("PATCH", f"/v1/conversations/{direct}/messages/2", {"body": {"text": "two"}})
    await expect(quote).to_have_text("In reply toBob Marshtwo")
    await bob.call("DELETE", f"/v1/conversations/{direct}/messages/2")
    await expect(quote).to_have_text("This message was recalled")
    assert user.errors == []


async def test_a_swipe_over_a_message_answers_it(
    chromium: Browser, server: Server, people: HttpClient
) -> None:
    ada, bob = await people.register("ada", "Ada"), await people.register("bob", "Bob Marsh")
    direct = await bob.open_direct(ada)
    await bob.post(direct, "Shall we?")
    user = await open_browser_user(chromium, server.url, **_PHONE)
    await user.log_in("ada")
    await user.open("Bob Marsh")
    box = await row(user, 1).locator(".bubble").bounding_box()
    assert box is not None
    session = await user.page.context.new_cdp_session(user.page)
    x, y = box["x"] + 20, box["y"] + 15
    for kind, right in (
        ("touchStart", 0),
        *(("touchMove", right) for right in (20, 40, 70)),
        ("touchEnd", None),
    ):
        points = [] if right is None else [{"x": x + right, "y": y}]
        await session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    await expect(user.page.locator(".composer-context")).to_contain_text("Reply to Bob Marsh")
    assert user.errors == []
