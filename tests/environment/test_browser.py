"""Tests use a real browser, with separate contexts."""

from playwright.async_api import Browser


async def test_two_people_have_two_browsers(chromium: Browser) -> None:
    alice = await (await chromium.new_context()).new_page()
    bob = await (await chromium.new_context()).new_page()
    for page in (alice, bob):
        await page.route("http://parlour.test/", lambda route: route.fulfill(body="hello"))
        await page.goto("http://parlour.test/")
    await alice.evaluate("localStorage.setItem('who', 'alice')")

    assert await alice.inner_text("body") == "hello"
    assert await alice.evaluate("localStorage.getItem('who')") == "alice"
    assert await bob.evaluate("localStorage.getItem('who')") is None
