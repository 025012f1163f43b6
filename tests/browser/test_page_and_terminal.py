"""The life of messages between the page and the terminal, offline and over a restart."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import attrs
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.support import chat_processes
from tests.support.browser_user import open_browser_user
from tests.support.chat_processes import Server
from tests.support.http_client import HttpClient, HttpUser
from tests.support.message_rows import row
from tests.support.page_and_terminal import (
    SECONDS,
    PageUser,
    TerminalUser,
    page_agrees,
    terminal_agrees,
)
from tests.support.pseudo_terminal import PseudoTerminal

GROUP = "Choir"


@attrs.frozen(kw_only=True)
class Two:
    """Alice with the page, Bob with the terminal, and both over HTTP."""

    alice: PageUser
    bob: TerminalUser
    alice_account: HttpUser
    bob_account: HttpUser
    direct: str
    group: str

    async def agree(self) -> None:
        """Wait until the page, the terminal and the service say the same of every message."""
        names = {each.id: each.handle for each in (self.alice_account, self.bob_account)}
        for conversation, peer, name in (
            (self.group, GROUP, f"#{GROUP}"),
            (self.direct, "bob", "alice"),
        ):
            await self.alice.open(peer)
            await page_agrees(self.alice, self.alice_account, conversation)
            await terminal_agrees(self.bob, self.bob_account, conversation, name, names)

    async def draft_of_alice(self, text: str) -> None:
        """Wait until the draft of Alice is on her other devices."""
        async with asyncio.timeout(SECONDS):
            while await _draft(self.alice_account, self.direct) != text:
                await asyncio.sleep(0.1)


@pytest_asyncio.fixture(loop_scope="session")
async def two(
    chromium: Browser, server: Server, people: HttpClient, tmp_path: Path
) -> AsyncIterator[Two]:
    home = tmp_path / "home"
    home.mkdir()
    alice_account = await people.register("alice", "Alice")
    await asyncio.to_thread(chat_processes.register, server, home, "bob")
    login = {"handle": "bob", "password": chat_processes.PASSWORD}
    bob_account = people.user((await people.ask("POST", "/v1/auth/login", json=login)).json())
    group = await alice_account.create_group(GROUP, bob_account)
    direct = await alice_account.open_direct(bob_account)
    page = (await open_browser_user(chromium, server.url)).page
    alice = PageUser(page, server.url)
    page.on("pageerror", lambda error: alice.errors.append(str(error)))
    await alice.log_in("alice")
    await alice.open("bob")
    terminal = PseudoTerminal(server, home, ["chat", "--as", "bob", "--to", "alice"])
    try:
        bob = TerminalUser(terminal)
        await bob.sees("bob → alice>")
        yield Two(
            alice=alice,
            bob=bob,
            alice_account=alice_account,
            bob_account=bob_account,
            direct=direct,
            group=group,
        )
    finally:
        terminal.kill()


async def test_page_and_terminal_agree_about_every_message(two: Two, server: Server) -> None:
    await _online(two)
    await two.agree()
    await _while_the_page_is_offline(two)
    await two.agree()
    await _while_the_service_is_down(two, server)
    await two.agree()
    await _cleared(two)
    assert two.alice.errors == []


async def _online(two: Two) -> None:
    alice, bob = two.alice, two.bob
    await alice.say("Shall we meet on Monday?")
    await bob.sees("#1 alice: Shall we meet on Monday")
    await bob.types("/reply #1 Monday is fine")
    await expect(row(alice, 2).locator(".quote")).to_contain_text("Monday?")
    await alice.reply(2, "Good, at noon")
    await bob.sees("↩ #2 bob: Monday is fine\n.*#3 alice: Good, at noon")
    await alice.edit(1, "Shall we meet on Tuesday?")
    await bob.sees(r"\* alice edited #1: Shall we meet on Tuesday")
    await bob.types("/edit #2 Tuesday is fine", "/react #1 👍", "/pin #3")
    await expect(row(alice, 2).locator(".text")).to_have_text("Tuesday is fine")
    await expect(alice.page.locator(".pin-strip")).to_contain_text("Good, at noon")
    await row(alice, 1).locator(".reaction", has_text="👍").click()
    await alice.react(2, "😢")
    await bob.sees(r"\* alice reacted 👍 to #1")
    await bob.sees(r"\* alice reacted 😢 to #2")
    await alice.make_poll("Where?", "Park", "Library")
    await bob.sees("#4 alice: 📊 Where")
    await bob.types("/vote #4 2", '/poll --many "Which book?" Emma Persuasion', "a typo", "noise")
    await alice.vote(4, "Park")
    await alice.vote(5, "Emma")
    await alice.vote(5, "Persuasion")
    await bob.sees(r"\* alice voted in #5: Emma 1, Persuasion 1")
    await bob.types("/vote #5 1", "/recall #6", "y")
    await expect(row(alice, 6)).to_contain_text("bob recalled this message")
    await alice.hide(7)
    await alice.say("never mind", "a question")
    await alice.recall(8)
    await bob.sees(r"\* alice recalled #8")
    await bob.types("/hide #9")
    await alice.forward([1, 2], GROUP, merged=True)
    await alice.forward([1, 3], GROUP)
    await bob.sees(r"#9 hidden from you")
    await bob.types(f"/forward #1 #4 {GROUP}", "/draft see you there")
    await alice.page.locator("message-composer textarea").fill("not yet")
    await two.draft_of_alice("not yet")
    assert await _draft(two.bob_account, two.direct) == "see you there"


async def _while_the_page_is_offline(two: Two) -> None:
    alice, bob = two.alice, two.bob
    await alice.page.context.set_offline(True)
    await expect(alice.banner).to_be_visible()
    await alice.page.locator("message-composer textarea").fill("")
    await alice.edit(1, "Shall we meet on Wednesday?")
    await alice.reply(2, "Or on Wednesday")
    await alice.react(2, "👍")
    await alice.vote(4, "Library")
    await row(alice, 1).locator(".reaction", has_text="👍").click()
    await bob.types("/edit #2 Tuesday is best", "/react #3 😂", "/unreact #1 👍", "/unpin #3")
    await bob.types("/vote #4 none", "/vote #5 2", "/pin #2", "/reply #1 which Tuesday?")
    await bob.sees("bob: which Tuesday")
    await alice.recall(3)
    await alice.hide(5)
    await alice.forward([1], GROUP)
    await alice.page.context.set_offline(False)
    await expect(alice.banner).to_have_count(0)
    await bob.sees(r"\* alice edited #1: Shall we meet on Wednesday")
    await bob.sees(r"\* alice recalled #3")
    await bob.sees("alice: Or on Wednesday")


async def _while_the_service_is_down(two: Two, server: Server) -> None:
    alice, bob = two.alice, two.bob
    await asyncio.to_thread(server.stop)
    await expect(alice.banner).to_be_visible()
    await bob.sees("no connection")
    await bob.types("/edit #2 Wednesday is best", "/react #1 😮", "/unpin #2", "/pin #1")
    await bob.types("/vote #4 1", "/recall #10", "y", "/reply #1 see you", "/hide #6")
    await bob.types("/draft until then")
    await alice.edit(1, "We meet on Wednesday, @bob")
    await alice.react(2, "👍")
    await alice.vote(4, "Park")
    await alice.reply(2, "See you on Wednesday")
    await alice.recall(9)
    await alice.page.locator("message-composer textarea").fill("bring")
    await asyncio.to_thread(server.start)
    await expect(alice.banner).to_have_count(0)
    await bob.sees(r"\* alice edited #1: We meet on Wednesday, @bob")
    await bob.sees("alice: See you on Wednesday")
    await expect(row(alice, 10)).to_contain_text("bob recalled this message")
    await expect(row(alice, 2).locator(".text")).to_have_text("Wednesday is best")
    await two.draft_of_alice("bring")


async def _cleared(two: Two) -> None:
    """Clear the conversation for one, then for the other; what comes after is seen by both."""
    alice, bob = two.alice, two.bob
    await alice.clear()
    await alice.sees()
    await bob.types("a new start")
    await alice.sees("a new start")
    await two.agree()
    await bob.types("/clear", "y")
    await bob.sees("all messages so far are hidden")
    await alice.say("and on")
    await bob.sees("alice: and on")
    await two.agree()
    await alice.page.reload()
    await alice.sees("a new start", "and on")
    await two.agree()


async def _draft(person: HttpUser, conversation: str) -> str | None:
    text: str | None = (await person.head(conversation)).get("draft", {}).get("text")
    return text
