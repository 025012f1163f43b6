"""Recalls, deletions for oneself, and cleared histories."""

from playwright.async_api import Browser, expect

from tests.support.browser_user import open_browser_user
from tests.support.chat_processes import Server
from tests.support.http_client import HttpClient
from tests.support.message_rows import announced, choose, confirm, row

_CANARY = "canary-in-a-coal-mine"
# Whether the database of the page contains a text.
_STORED = """
async (text) => {
  const open = indexedDB.open('parlour');
  await new Promise((resolve) => { open.onsuccess = resolve; });
  const all = open.result.transaction('values').objectStore('values').getAll();
  await new Promise((resolve) => { all.onsuccess = resolve; });
  open.result.close();
  return JSON.stringify(all.result).includes(text);
}
"""


async def test_a_recall_can_be_undone_and_then_leaves_nothing_on_the_other_side(
    chromium: Browser, server: Server, people: HttpClient
) -> None:
    ada, bob = await people.register("ada", "Ada"), await people.register("bob", "Bob Marsh")
    direct = await ada.open_direct(bob)
    await ada.post(direct, _CANARY, "and on")
    one = await open_browser_user(chromium, server.url)
    other = await open_browser_user(chromium, server.url)
    await one.log_in("ada")
    await one.open("Bob Marsh")
    await other.log_in("bob")
    await other.open("Ada")
    await other.page.wait_for_function(_STORED, arg=_CANARY)

    await choose(one, 1, "Recall")
    await confirm(one, "Recall")
    await row(one, 1).get_by_role("button", name="Undo").click()
    await expect(row(one, 1).locator(".text")).to_have_text(_CANARY)
    await choose(one, 1, "Recall")
    await confirm(one, "Recall")
    await expect(row(one, 1)).to_contain_text("Recalling")
    # It is sent at once where the page is closed before the time is up.
    await one.page.evaluate("dispatchEvent(new Event('pagehide'))")
    note = row(other, 1).locator(".recalled-note")
    await expect(note).to_have_text("Ada recalled this message")
    await announced(other.page, "Ada recalled this message")
    await expect(row(one, 1).locator(".recalled-note")).to_have_text("You recalled this message")
    await other.page.wait_for_function(
        f"(text) => ({_STORED})(text).then((found) => !found)", arg=_CANARY
    )
    assert _CANARY not in await other.page.content()
    assert (one.errors, other.errors) == ([], [])


async def test_messages_deleted_for_oneself_are_gone_on_all_devices_of_that_person_alone(
    chromium: Browser, server: Server, people: HttpClient
) -> None:
    ada, bob = await people.register("ada", "Ada"), await people.register("bob", "Bob Marsh")
    direct = await bob.open_direct(ada)
    await bob.post(direct, *(f"number {number}" for number in range(1, 6)))
    await ada.read(direct, 5)
    desk = await open_browser_user(chromium, server.url)
    phone = await open_browser_user(chromium, server.url)
    for device in (desk, phone):
        await device.log_in("ada")
        await device.open("Bob Marsh")
        await expect(device.messages).to_have_count(5)

    # With the keyboard: two are selected and deleted, the last one with them.
    await row(desk, 4).focus()
    await desk.page.keyboard.press("Shift+ArrowDown")
    await expect(desk.page.locator(".selection-count")).to_have_text("2 selected")
    await desk.page.get_by_role("button", name="Delete for me").click()
    await confirm(desk, "Delete for me")
    for device in (desk, phone):
        await device.sees("number 1", "number 2", "number 3")
        await expect(device.page.locator(".entry-preview").first).to_have_text("number 3")
    assert len(await bob.history(direct)) == 5

    await desk.page.get_by_role("button", name="More about this conversation").click()
    await desk.page.get_by_role("menuitem", name="Clear history").click()
    await confirm(desk, "Clear history")
    for device in (desk, phone):
        await device.sees()
    await bob.post(direct, "a new start")
    for device in (desk, phone):
        await device.sees("a new start")
    await desk.page.reload()
    await desk.sees("a new start")
    assert len(await bob.history(direct)) == 6
    assert (desk.errors, phone.errors) == ([], [])


async def test_the_owner_of_a_group_recalls_messages_of_a_member_which_are_not_unread_any_more(
    chromium: Browser, server: Server, people: HttpClient
) -> None:
    ada, bob = await people.register("ada", "Ada"), await people.register("bob", "Bob Marsh")
    kim = await people.register("kim", "Kim Park")
    group = await ada.create_group("Choir", bob, kim)
    await bob.post(group, "one @kim", "two @kim", mentions=[kim])
    await bob.post(group, "three")
    await ada.read(group, 3)
    owner = await open_browser_user(chromium, server.url)
    member = await open_browser_user(chromium, server.url)
    await owner.log_in("ada")
    await owner.open("Choir")
    await member.log_in("kim")
    entry = member.page.locator("chat-list .entry")
    await expect(entry).to_contain_text("3 unread messages")
    await expect(entry.locator(".badge-mention")).to_be_visible()

    await row(owner, 1).locator(".bubble").click(modifiers=["Control"])
    await row(owner, 2).click()
    await owner.page.get_by_role("toolbar").get_by_role("button", name="Recall").click()
    await confirm(owner, "Recall")
    await expect(owner.page.locator(".recalled-note")).to_have_count(2)
    await expect(entry).to_contain_text("1 unread message")
    await expect(entry.locator(".badge-mention")).to_have_count(0)
    await member.open("Choir")
    await member.sees("three")
    await expect(member.page.locator(".recalled-note")).to_have_text(
        ["Ada recalled a message of Bob Marsh"] * 2
    )
    assert (await kim.head(group))["unread"] in {0, 1}
    assert (owner.errors, member.errors) == ([], [])
