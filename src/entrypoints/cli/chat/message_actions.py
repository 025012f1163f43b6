"""
The commands about messages: reply, edit, recall, react, pin, forward, vote, hide, draft.

A message is named by the number that stands before it, `#12`. Without a number each command takes
the last message that it suits.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any

from parlour.entrypoints.cli.chat import formatting
from parlour.entrypoints.cli.chat.conversation_actions import find
from parlour.entrypoints.cli.chat.conversation_view import ConversationView
from parlour.entrypoints.client.errors import ClientError
from parlour.entrypoints.client.kinds import excerpt_of
from parlour.entrypoints.client.message_changes import reaction_of
from parlour.entrypoints.client.models import POLL, TEXT, Event
from parlour.entrypoints.client.state import Conversation
from parlour.entrypoints.client.unstarted import peer_of_unstarted

Words = Sequence[str]
Ask = Callable[[str, Callable[[], None]], None]
"""Asks a question that is answered with y or n; y carries out what is given."""

MANY = "--many"
_NUMBER = re.compile(r"#?([0-9]{1,15})")
_NUMBERED = re.compile(r"#([0-9]{1,15})(?:\s+(.*))?", re.DOTALL)


class MessageActions:
    """What is done with messages of the open conversation; each public method is a command."""

    def __init__(self, view: ConversationView, ask: Ask) -> None:
        self._view = view
        self._client = view.client
        self._ask = ask

    async def reply(self, words: Words) -> None:
        """Reply to a message, without a number to the last one of somebody else."""
        seq, text = self._text(words, "/reply [#N] TEXT")
        self._view.send(text, reply_to=seq or self._last(self._is_of_others))

    async def edit(self, words: Words) -> None:
        """Give an own message another text; without one, put the present text on the line."""
        seq, text = _numbered(words)
        seq = seq or self._last(self._is_own_text)
        known = self._conversation.find(seq)
        if text:
            revision = known.data.get("revision") if known else None
            self._client.messages.edit(self._key, seq, text, revision=revision)
            self._changed()
        elif known and self._view.screen.is_live and "\n" not in known.text:
            self._view.screen.prefill(f"/edit #{seq} {known.text}")
        else:
            raise ClientError("This command is written /edit [#N] TEXT")

    async def recall(self, words: Words) -> None:
        """Take a message back, after a question."""
        key, seq = self._key, self._number(words, self._is_own)

        def recall() -> None:
            self._client.messages.recall(key, seq)
            self._changed()

        self._ask(f"recall {self._quoted(seq)} for everybody? y/n", recall)

    async def react(self, words: Words) -> None:
        """React to a message, without a number to the last one of somebody else."""
        self._react(words, on=True)

    async def unreact(self, words: Words) -> None:
        """Take a reaction back."""
        self._react(words, on=False)

    def _react(self, words: Words, *, on: bool) -> None:
        *numbers, emoji = words
        if on:
            seq = self._number(numbers, self._is_of_others)
        else:
            mine = "mine"
            seq = self._number(numbers, lambda each: bool(reaction_of(each, emoji).get(mine)))
        self._client.messages.react(self._key, seq, emoji, on=on)
        self._changed()

    async def pin(self, words: Words) -> None:
        """Pin a message, without a number the last one."""
        self._client.messages.pin(self._key, self._number(words, _is_there))
        self._changed()

    async def unpin(self, words: Words) -> None:
        """Unpin a message, without a number the last one that is pinned."""
        seq = self._number(words, lambda each: bool(each.data.get("pinned")))
        self._client.messages.pin(self._key, seq, on=False)
        self._changed()

    async def pins(self, _words: Words) -> None:
        """Show the pinned messages."""
        key, conversation = self._key, self._conversation
        pins = await self._client.api.pins(key)
        messages = [Event.read_message(pin["message"]) for pin in pins]
        await self._view.lines.prepare(conversation, messages)
        self._view.lines.note(f"-- {len(messages)} pinned --")
        for message in messages:
            self._view.lines.message(message)

    async def forward(self, words: Words) -> None:
        """Send messages on to another conversation, without a number the last one."""
        *numbers, who = words
        source = self._key
        seqs = [_read_number(number) for number in numbers] or [self._last(_is_there)]
        to = await find(self._client, who)
        self._client.messages.forward(source, seqs, to)
        self._view.lines.note(f"* forwarded {_numbers(seqs)} to {self._view.title(to)}")
        self._changed()

    async def vote(self, words: Words) -> None:
        """Vote in a poll, without a number in the last one; `none` takes the vote back."""
        seq, chosen = 0, list(words)
        if chosen[0].startswith("#"):
            seq = _read_number(chosen.pop(0))
        seq = seq or self._last(lambda each: each.message_kind == POLL)
        if not chosen:
            raise ClientError("Say which options: their numbers, or none")
        options = [] if chosen == ["none"] else [_read_number(word) - 1 for word in chosen]
        self._client.messages.vote(self._key, seq, options)
        self._changed()

    async def poll(self, words: Words) -> None:
        """Ask a question with options to choose from."""
        is_multiple = words[0] == MANY
        question, *options = words[1:] if is_multiple else words
        if len(options) < 2:
            raise ClientError("A poll has a question and 2 to 12 options")
        body: dict[str, Any] = {"question": question, "options": options}
        if is_multiple:
            body["multiple"] = True
        key = self._view.writable()
        self._view.lines.sent(self._client.messages.post(key, POLL, body, f"📊 {question}"))
        self._changed()

    async def hide(self, words: Words) -> None:
        """Hide messages from this user alone, without a number the last one."""
        seqs = [_read_number(word) for word in words] or [self._last(_is_there)]
        self._client.messages.hide(self._key, seqs)
        self._view.lines.note(f"* {_numbers(seqs)} hidden from you, on all your devices")

    async def clear(self, _words: Words) -> None:
        """Hide all messages of the conversation from this user alone, after a question."""
        key, up_to = self._key, self._conversation.head.seq

        def clear() -> None:
            self._client.messages.clear(key, up_to)
            self._view.lines.note("* all messages so far are hidden from you")

        title = self._view.title(key)
        self._ask(f"hide all messages of {title} from you, on all your devices? y/n", clear)

    async def draft(self, words: Words) -> None:
        """Keep a text for later, `-` forgets it; without one, show what is kept."""
        text = " ".join(words).strip()
        if text:
            self._client.messages.draft(self._key, None if text == "-" else text)
            self._view.lines.note("* draft forgotten" if text == "-" else "* draft kept")
        elif kept := self._conversation.head.draft:
            self._view.lines.note(f"your draft: {formatting.one_line(kept.text, 200)}")
        else:
            self._view.lines.note("you have no draft here")

    # -- which message -----------------------------------------------------------------------

    def _text(self, words: Words, form: str) -> tuple[int, str]:
        seq, text = _numbered(words)
        if not text:
            raise ClientError(f"This command is written {form}")
        return seq, text

    def _number(self, words: Words, suits: Callable[[Event], bool]) -> int:
        return _read_number(words[0]) if words else self._last(suits)

    def _last(self, suits: Callable[[Event], bool]) -> int:
        """Return the number of the last message that *suits*."""
        messages = (each for each in reversed(self._conversation.events) if _is_there(each))
        found = next((each.seq for each in messages if suits(each)), None)
        if not found:
            raise ClientError("No message here suits: give its number, as in #12")
        return found

    def _is_own(self, message: Event) -> bool:
        return message.by == self._view.state.my_id

    def _is_own_text(self, message: Event) -> bool:
        return self._is_own(message) and message.message_kind == TEXT

    def _is_of_others(self, message: Event) -> bool:
        return not self._is_own(message)

    def _quoted(self, seq: int) -> str:
        message = self._conversation.find(seq)
        return f"#{seq} “{formatting.one_line(excerpt_of(message))}”" if message else f"#{seq}"

    @property
    def _key(self) -> str:
        key = self._view.writable()
        if peer_of_unstarted(key):
            raise ClientError("Nothing was said here yet")
        return key

    @property
    def _conversation(self) -> Conversation:
        return self._view.state.conversations[self._key]

    def _changed(self) -> None:
        """Say where a change waits for the connection; otherwise it is shown once it is made."""
        if not self._view.screen.is_live and not self._client.connection.is_online:
            self._view.lines.note("… kept, and sent when the connection is back")
        self._view.update()


def _is_there(message: Event) -> bool:
    return message.counts_as_unread


def _numbered(words: Words) -> tuple[int, str]:
    """Return the number before a text, 0 where there is none, and the text."""
    line = " ".join(words).strip()
    found = _NUMBERED.fullmatch(line)
    return (int(found[1]), (found[2] or "").strip()) if found else (0, line)


def _read_number(word: str) -> int:
    found = _NUMBER.fullmatch(word)
    if not found or not int(found[1]):
        raise ClientError(f"{word} is not the number of a message, as in #12")
    return int(found[1])


def _numbers(seqs: Sequence[int]) -> str:
    return ", ".join(f"#{seq}" for seq in seqs)
