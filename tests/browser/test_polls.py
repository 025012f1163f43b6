"""Polls, places and contacts between two people with the page open."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from playwright.async_api import Browser, Locator, expect

from tests.support.browser_user import BrowserUser, open_browser_user
from tests.support.chat_processes import Server
from tests.support.http_client import HttpClient, HttpUser

GROUP = "Hike"


async def test_a_poll_is_made_answered_changed_and_taken_back_and_everybody_sees_the_result(
    chromium: Browser, server: Server, people: HttpClient
) -> None:
    ada, bob = await _two_people(chromium, server, people)

    await ada.page.get_by_role("button", name="Send something else").click()
    await ada.page.get_by_role("menuitem", name="Poll").click()
    maker = ada.page.get_by_role("dialog", name="New poll")
    await maker.get_by_role("button", name="Send poll").click()
    await expect(maker.get_by_text("A poll needs a question.")).to_be_visible()
    await maker.get_by_label("Question").fill("Which day?")
    for number, day in enumerate(("Friday", "Saturday", "Sunday"), 1):
        await maker.get_by_label(f"Option {number}", exact=True).fill(day)
        if number == 2:
            await ada.page.keyboard.press("Enter")
    await maker.get_by_role("button", name="Send poll").click()
    await expect(maker).to_have_count(0)
    await expect(_poll(bob)).to_contain_text("Nobody has voted yet")

    await _option(bob, "Saturday").click()
    await expect(_option(bob, "Saturday")).to_have_attribute("aria-pressed", "true")
    await expect(_option(ada, "Saturday")).to_have_text("Saturday 100%")
    await expect(_option(ada, "Saturday")).to_have_attribute("aria-pressed", "false")
    await expect(_announced(ada)).to_have_text("Bob Marsh voted in your poll “Which day?”")
    await _option(ada, "Friday").click()
    await _option(bob, "Sunday").click()
    for user in (ada, bob):
        await expect(_poll(user)).to_contain_text("2 people voted")
        await expect(_option(user, "Saturday")).to_have_text("Saturday 0%")
        await expect(_option(user, "Sunday")).to_have_text("Sunday 50%")
    await _poll(bob).get_by_role("button", name="Take vote back").click()
    await expect(_poll(ada)).to_contain_text("1 person voted")

    # Her other device knows her own choice, although the event does not tell.
    other = await open_browser_user(chromium, server.url)
    await other.log_in("ada")
    await other.open(GROUP)
    await expect(_option(other, "Friday")).to_have_attribute("aria-pressed", "true")
    await _option(ada, "Saturday").click()
    await expect(_option(other, "Saturday")).to_have_attribute("aria-pressed", "true")
    await expect(_option(other, "Friday")).to_have_attribute("aria-pressed", "false")
    assert (ada.errors, bob.errors, other.errors) == ([], [], [])


async def test_several_answers_are_counted_each_and_a_closed_poll_takes_none(
    chromium: Browser, server: Server, people: HttpClient
) -> None:
    ada, bob = await _two_people(chromium, server, people)
    owner = await people.log_in("ada")
    body = {"question": "What to bring?", "options": ["Tea", "Soup", "Bread"]}
    await _post(owner, "poll", {**body, "multiple": True})
    for name in ("Tea", "Bread"):
        await _option(bob, name).click()
    await expect(_option(ada, "Bread")).to_have_text("Bread 100%")
    await expect(_poll(ada)).to_contain_text("1 person voted")
    await expect(_poll(ada)).to_contain_text("Several answers")

    soon = datetime.now(UTC) + timedelta(seconds=4)
    short = {"question": "Coming?", "options": ["Yes", "No"], "closes_at": soon.isoformat()}
    await _post(owner, "poll", short)
    for user in (ada, bob):
        await expect(_poll(user).last).to_contain_text("Closed:")
        await expect(_option(user, "Yes")).to_be_disabled()
        await expect(_option(user, "Tea")).to_be_enabled()
    assert (ada.errors, bob.errors) == ([], [])


async def test_a_place_and_a_person_are_shown_without_asking_anybody_else(
    chromium: Browser, server: Server, people: HttpClient
) -> None:
    ada, bob = await _two_people(chromium, server, people)
    owner = await people.log_in("ada")
    asked: list[str] = []
    bob.page.on("request", lambda request: asked.append(request.url))
    place = {"latitude": 52.5163, "longitude": 13.3777, "title": "The gate", "address": "Platz 1"}
    await _post(owner, "location", place)
    await _post(owner, "contact", {"user": str((await people.register("kim", "Kim Park")).id)})

    card = bob.page.get_by_role("group", name="Location")
    await expect(card).to_contain_text("The gate")
    await expect(card.get_by_role("link")).to_have_attribute("href", "geo:52.51630,13.37770")
    await bob.page.get_by_role("button", name="Write to Kim Park").click()
    await expect(bob.page.locator(".room-title", has_text="Kim Park")).to_be_visible()
    own = (server.url, f"blob:{server.url}")
    assert [url for url in asked if not url.startswith(own)] == []
    assert (ada.errors, bob.errors) == ([], [])


async def _two_people(
    chromium: Browser, server: Server, people: HttpClient
) -> tuple[BrowserUser, BrowserUser]:
    """Ada and Bob, who look at a group of theirs."""
    account, other = await people.register("ada", "Ada"), await people.register("bob", "Bob Marsh")
    await account.create_group(GROUP, other)
    ada = await open_browser_user(chromium, server.url)
    bob = await open_browser_user(chromium, server.url)
    for user, handle in ((ada, "ada"), (bob, "bob")):
        await user.log_in(handle)
        await user.open(GROUP)
    return ada, bob


async def _post(user: HttpUser, kind: str, body: Mapping[str, object]) -> None:
    [head] = (await user.call("GET", "/v1/conversations"))["heads"]
    path = f"/v1/conversations/{head['conversation']}/messages"
    headers = {"Idempotency-Key": str(uuid4())}
    await user.call("POST", path, {"kind": kind, "body": body}, headers=headers)


def _poll(user: BrowserUser) -> Locator:
    return user.page.locator(".poll")


def _option(user: BrowserUser, name: str) -> Locator:
    return user.page.locator(".poll-option", has_text=name)


def _announced(user: BrowserUser) -> Locator:
    return user.page.locator("chat-timeline [aria-live=polite]")
