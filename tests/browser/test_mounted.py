"""The page below a path of another application works as it does at the root."""

from collections.abc import Iterator

import pytest
from playwright.async_api import Browser, expect

from tests.support.asgi_servers import AsgiServer
from tests.support.browser_user import open_browser_user


@pytest.fixture(params=["embed_starlette", "embed_litestar"])
def host(request: pytest.FixtureRequest) -> Iterator[AsgiServer]:
    """An application that has mounted Parlour at /chat."""
    with AsgiServer("uvicorn", app=f"examples.{request.param}:app") as running:
        yield running


async def test_people_talk_and_stay_signed_in(chromium: Browser, host: AsgiServer) -> None:
    alice = await open_browser_user(chromium, f"{host.url}/chat")
    bob = await open_browser_user(chromium, f"{host.url}/chat")
    await alice.register("alice", "Alice")
    await bob.register("bob", "Bob")
    await alice.find("bob")
    await alice.say("Hello Bob")
    await bob.open("Alice")
    await bob.sees("Hello Bob")

    await alice.page.reload()
    await alice.sees("Hello Bob")
    scope = await alice.page.evaluate("navigator.serviceWorker.ready.then(({ scope }) => scope)")
    assert scope == f"{host.url}/chat/"
    assert (alice.errors, bob.errors) == ([], [])
    assert (await alice.violations(), await bob.violations()) == ([], [])

    host.stop()
    await alice.page.reload()  # the service worker has kept the page
    await expect(alice.banner).to_be_visible()
