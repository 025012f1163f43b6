"""The list of conversations and the history of one."""

import asyncio

from playwright.async_api import Browser, Route, expect

from tests.support.residents import Town
from tests.support.terminals import Server
from tests.support.visitors import PATIENCE, visit

LENGTH = 140

# Scrolls up a third of a row a frame, and returns how many rows came into the document in the
# fullest frame, and in all.
COMING = """
async () => {
  const scroller = document.querySelector('.scroller');
  const [rows] = scroller.children;
  const coming = [];
  const observer = new MutationObserver((records) =>
    coming.push(records.reduce((sum, { addedNodes }) => sum + addedNodes.length, 0)));
  observer.observe(rows, { childList: true });
  const end = scroller.scrollTop - 3 * scroller.clientHeight;
  while (scroller.scrollTop > end) {
    scroller.scrollTop -= 10;
    await new Promise(requestAnimationFrame);
  }
  observer.disconnect();
  return [Math.max(...coming), coming.reduce((sum, one) => sum + one, 0)];
}
"""


async def test_a_conversation_is_muted_for_good_and_pinned_from_its_menu(
    chromium: Browser, server: Server, people: Town
) -> None:
    ada, bob = people.person("ada", "Ada"), people.person("bob", "Bob")
    bob.say(bob.direct(ada), "Hello Ada")
    group = bob.group("Reading circle", ada)
    bob.say(group, "Friday at seven")
    visitor = await visit(chromium, server.url)
    await visitor.log_in("ada")
    page = visitor.page
    direct = page.locator(".entry", has_text="Hello Ada")

    await direct.click(button="right")
    await page.get_by_role("menuitem", name="Mute …").click()
    await page.get_by_role("menuitem", name="Until I turn it on again").click()
    await expect(direct).to_contain_text("Muted")
    # What is muted does not count.
    await expect(page).to_have_title("(1) Parlour")
    await expect(page.locator(".entry").first).to_contain_text("Friday at seven")
    await direct.click(button="right")
    await page.get_by_role("menuitem", name="Pin to the top").click()
    await expect(page.locator(".entry").first).to_contain_text("Hello Ada")
    await page.reload()
    await expect(page.locator(".entry").first).to_contain_text("Pinned")
    await expect(direct).to_contain_text("Muted")
    assert visitor.errors == []


async def test_a_jump_through_the_history_stays_where_it_went(
    chromium: Browser, server: Server, people: Town
) -> None:
    ada, bob = people.person("ada", "Ada"), people.person("bob", "Bob")
    direct = bob.direct(ada)
    bob.say(direct, *(f"number {number}" for number in range(1, LENGTH + 1)))
    ada.read(direct, LENGTH)
    visitor = await visit(chromium, server.url)
    await visitor.log_in("ada")
    await visitor.open("Bob")
    scroller = visitor.page.locator(".scroller")
    newest = visitor.page.locator(f"[data-seq='{LENGTH}']")
    await expect(newest).to_be_in_viewport()

    # As somebody does who drags the scrollbar: again and again to the top, then down and up.
    start = visitor.page.locator(".conversation-start")
    async with asyncio.timeout(PATIENCE / 1_000):
        while not await start.count():
            await scroller.evaluate("one => { one.scrollTop = 0; }")
            await expect(visitor.page.locator(".row-message").first).to_be_visible()
    await scroller.evaluate("one => { one.scrollTop = one.scrollHeight; }")
    await expect(newest).to_be_in_viewport()
    await scroller.evaluate("one => { one.scrollTop = 0; }")
    await expect(start).to_be_in_viewport()
    await expect(visitor.page.locator("[data-seq='1']")).to_be_in_viewport()
    assert visitor.errors == []


async def test_rows_come_in_a_few_at_a_time_while_somebody_scrolls(
    chromium: Browser, server: Server, people: Town
) -> None:
    ada, bob = people.person("ada", "Ada"), people.person("bob", "Bob")
    direct = bob.direct(ada)
    bob.say(direct, *(f"number {number}" for number in range(1, LENGTH + 1)))
    ada.read(direct, LENGTH)
    visitor = await visit(chromium, server.url)
    await visitor.log_in("ada")
    await visitor.open("Bob")
    await expect(visitor.page.locator(f"[data-seq='{LENGTH}']")).to_be_in_viewport()

    fullest, all_rows = await visitor.page.evaluate(COMING)
    # A screen holds about twenty: as many at once would take longer than a frame has.
    assert fullest <= 12
    assert all_rows >= 40


async def test_the_list_calls_nobody_by_another_name_before_it_knows_theirs(
    chromium: Browser, server: Server, people: Town
) -> None:
    ada, bob = people.person("ada", "Ada"), people.person("bob", "Bob")
    bob.say(bob.group("Reading circle", ada), "Friday at seven")
    visitor = await visit(chromium, server.url)
    names = asyncio.Event()

    async def late(route: Route) -> None:
        await names.wait()
        await route.continue_()

    await visitor.page.route("**/v1/users**", late)
    await visitor.log_in("ada")
    preview = visitor.page.locator(".entry-preview")
    await expect(preview).to_have_text("Friday at seven")
    names.set()
    await expect(preview).to_have_text("Bob: Friday at seven")
