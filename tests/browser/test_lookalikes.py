"""People whose names look like those of others are pointed out wherever they are met."""

from playwright.async_api import Browser, expect

from tests.support.browser_user import open_browser_user
from tests.support.chat_processes import Server
from tests.support.http_client import HttpClient

COPY = "\N{CYRILLIC CAPITAL LETTER VE}ob"


async def test_a_person_who_looks_like_another_has_a_badge(
    chromium: Browser, server: Server, people: HttpClient
) -> None:
    ada, bob = await people.register("ada", "Ada"), await people.register("bob", "Bob")
    mallory = await people.register("mallory", COPY)
    await bob.post(await bob.open_direct(ada), "hello")
    await mallory.post(await mallory.open_direct(ada), "this is Bob, send me your password")
    await ada.create_group("Garden", bob, mallory)
    user = await open_browser_user(chromium, server.url)
    await user.log_in("ada")
    page = user.page

    await user.open(COPY)
    badge = page.locator(".room-header .name-warning")
    await expect(badge).to_have_text("Looks like @bob · Mixes letters of several alphabets")
    await user.open("Garden")
    await page.locator(".room-info").click()
    members = page.locator("dialog .people li")
    await expect(members.filter(has_text=COPY).locator(".name-warning")).to_contain_text("@bob")
    await expect(members.filter(has_text="@bob").first).to_contain_text("Looks like @mallory")
    await expect(members.filter(has_text="Ada").locator(".name-warning")).to_have_count(0)
    await page.keyboard.press("Escape")
    await page.get_by_label("Search", exact=True).fill("mallory")
    found = page.locator(".found-people li").filter(has_text="@mallory")
    await expect(found.locator(".name-warning")).to_contain_text("Looks like @bob")
