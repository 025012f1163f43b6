"""Two people, one with the page and one with the terminal, and what each of them knows."""

import asyncio
import itertools
import re
import time
from collections.abc import Mapping, Sequence
from typing import Any

import attrs
from playwright.async_api import expect

from parlour.entrypoints.cli.chat.formatting import Delivery, Style
from parlour.entrypoints.cli.chat.message_lines import Reader, message
from parlour.entrypoints.client.models import Event
from parlour.entrypoints.client.tokens import now_utc
from tests.support.browser_user import BrowserUser
from tests.support.http_client import HttpUser
from tests.support.message_rows import choose, confirm, row
from tests.support.pseudo_terminal import ENTER, VARIATION_SELECTOR, PseudoTerminal

CLEAR_LINE = "\x15"
SECONDS = 45.0
"""How long the people may take to see the same: much more than they need."""

# The messages of a conversation in the state of the page, without those that the user deleted.
_PAGE_STATE = """
async (conversation) => {
  const loaded = performance.getEntriesByType('resource').map(({ name }) => name);
  const { state } = await import(loaded.find((name) => name.endsWith('/ui/context.js')));
  const known = state().conversations.get(conversation);
  return known ? known.log.messages.filter(({ hidden }) => !hidden) : [];
}
"""
_PROMPT = r"\w+(?: → [#\w]+)?>"
_TIME = re.compile(r"\b\d\d:\d\d ")
_FIELDS = ("seq", "by", "at", "kind", "body", "revision", "reply_to", "mentions", "pinned")


class PageUser(BrowserUser):
    """A user with the page open, who does things with messages."""

    async def reply(self, seq: int, text: str) -> None:
        """Reply to a message."""
        await self._compose(seq, "r", text)

    async def edit(self, seq: int, text: str) -> None:
        """Give an own message another text."""
        await self._compose(seq, "e", text)

    async def _compose(self, seq: int, key: str, text: str) -> None:
        await row(self, seq).focus()
        await self.page.keyboard.press(key)
        await expect(self.page.locator(".composer-context")).to_be_visible()
        await self.say(text)
        await expect(self.page.locator(".composer-context")).to_have_count(0)

    async def react(self, seq: int, emoji: str) -> None:
        """React with one of the frequent emoji, or take that back."""
        await row(self, seq).locator(".bubble").hover()
        bar = row(self, seq).locator(".message-bar")
        await bar.get_by_role("button", name=f"React with {emoji}").click()

    async def vote(self, seq: int, option: str) -> None:
        """Choose an option of a poll."""
        await row(self, seq).locator(".poll-option", has_text=option).click()

    async def make_poll(self, question: str, *options: str) -> None:
        """Post a poll with two options."""
        await self.page.get_by_role("button", name="Send something else").click()
        await self.page.get_by_role("menuitem", name="Poll").click()
        await self.page.get_by_label("Question").fill(question)
        for number, option in enumerate(options, 1):
            await self.page.get_by_label(f"Option {number}", exact=True).fill(option)
        await self.page.get_by_role("button", name="Send poll").click()

    async def recall(self, seq: int) -> None:
        """Recall a message, and let the time to undo it end."""
        await choose(self, seq, "Recall")
        await confirm(self, "Recall")
        await expect(row(self, seq).locator(".recalled-note")).to_be_visible()
        await self.page.evaluate("dispatchEvent(new Event('pagehide'))")

    async def hide(self, seq: int) -> None:
        """Delete a message for oneself."""
        await choose(self, seq, "Delete for me")
        await confirm(self, "Delete for me")
        await expect(row(self, seq)).to_have_count(0)

    async def forward(self, seqs: Sequence[int], to: str, *, merged: bool = False) -> None:
        """Forward messages to a group."""
        first, *others = seqs
        await row(self, first).locator(".bubble").click(modifiers=["Control"])
        for seq in others:
            await row(self, seq).click()
        await self.page.get_by_role("toolbar").get_by_role("button", name="Forward").click()
        dialog = self.page.locator("dialog")
        await dialog.locator(".entry", has_text=to).click()
        if merged:
            await dialog.get_by_label("As one message").check()
        await confirm(self, "Forward")
        await expect(dialog).to_have_count(0)

    async def clear(self) -> None:
        """Delete all messages for oneself."""
        await self.page.get_by_role("button", name="More about this conversation").click()
        await self.page.get_by_role("menuitem", name="Clear history").click()
        await confirm(self, "Clear history")


@attrs.define
class TerminalUser:
    """A user at a terminal; `types` carries out a line."""

    terminal: PseudoTerminal

    async def types(self, *lines: str) -> None:
        """Type lines, in the place of a draft that may stand there."""
        for line in lines:
            self.terminal.types(CLEAR_LINE + line + ENTER)

    async def sees(self, pattern: str) -> None:
        """Wait until something on the screen matches."""
        await asyncio.to_thread(self.terminal.sees, pattern, seconds=SECONDS)

    async def lines(self, name: str) -> list[str]:
        """Open a conversation again; return the lines of its messages, as they are known here."""
        await self.types("/close")
        await self.sees(_prompt(""))
        await self.types(f"/open {name}")
        await self.sees(_prompt(f" → {name}"))
        shown = self.terminal.screen.rpartition(f"-- {name} --")[2].splitlines()
        # The prompt is away for a moment while something is written above it.
        prompts = (place for place, line in enumerate(shown) if re.match(_PROMPT, line))
        end = next(prompts, len(shown))
        return [_TIME.sub("", line) for line in shown[:end] if line]


def _prompt(name: str) -> str:
    """Return a pattern for a screen whose last prompt names a conversation."""
    return rf"(?m)^\w+{re.escape(name)}>(?![\s\S]*^{_PROMPT})"


def from_service(messages: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return of each message what clients have to agree about."""
    return [_agreed(message) for message in messages]


def _different(seen: Sequence[object], service: Sequence[object]) -> str:
    pairs = itertools.zip_longest(seen, service)
    return "\n".join(f"{one}\n  and in truth {other}" for one, other in pairs if one != other)


def _agreed(message: Mapping[str, Any]) -> dict[str, Any]:
    agreed = {name: message[name] for name in _FIELDS if message.get(name) is not None}
    # The page takes its own clock for the time of its own changes, until it reads them again.
    agreed["edited"] = message.get("edited_at") is not None
    agreed["recalled"] = (message.get("recalled") or {}).get("by")
    agreed["reactions"] = [
        (each["emoji"], each["count"], each["users"], bool(each.get("mine")))
        for each in message.get("reactions") or ()
    ]
    votes = message.get("votes") or {}
    agreed["votes"] = (votes.get("counts"), votes.get("voters"), votes.get("mine"))
    origin = message.get("forwarded") or {}
    agreed["forwarded"] = (origin.get("by"), origin.get("at"))
    return agreed


async def page_agrees(user: PageUser, account: HttpUser, conversation: str) -> None:
    """Wait until the state of the page is what the service says."""
    deadline = time.monotonic() + SECONDS
    while True:
        service = from_service(await account.history(conversation))
        page = from_service(await user.page.evaluate(_PAGE_STATE, conversation))
        if page == service or time.monotonic() > deadline:
            break
        await asyncio.sleep(0.1)
    assert page == service, _different(page, service)


async def terminal_agrees(
    user: TerminalUser, account: HttpUser, conversation: str, name: str, names: Mapping[str, str]
) -> None:
    """Wait until the terminal shows what the service says."""
    reader = Reader(me=account.id, name=lambda user: names[user], now=now_utc(), style=Style())
    deadline = time.monotonic() + SECONDS
    while True:
        messages = await account.history(conversation)
        service = [line for each in messages for line in _lines(each, messages, reader)]
        terminal = await user.lines(name)
        if terminal == service or time.monotonic() > deadline:
            break
    assert terminal == service, _different(terminal, service)


def _lines(raw: Any, messages: Sequence[Any], reader: Reader) -> list[str]:
    event = Event.read_message(raw)
    is_own = event.by == reader.me and event.recalled_by is None
    quoted = next((each for each in messages if each["seq"] == raw.get("reply_to")), None)
    text = message(
        event,
        reader,
        Delivery.SENT if is_own else None,
        quoted and Event.read_message(quoted),
    )
    seen = _TIME.sub("", text.replace(VARIATION_SELECTOR, ""))
    return [line.rstrip() for line in seen.splitlines()]
