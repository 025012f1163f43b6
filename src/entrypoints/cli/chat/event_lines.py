"""The lines that a view adds to its screen: events, notes and errors, each once."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime

from parlour.entrypoints.cli.chat import formatting, notes
from parlour.entrypoints.cli.chat.formatting import Delivery, Style
from parlour.entrypoints.cli.chat.message_lines import Reader, message, people_of
from parlour.entrypoints.cli.chat.screen import Screen
from parlour.entrypoints.client.client import Client
from parlour.entrypoints.client.errors import Refused
from parlour.entrypoints.client.message_changes import about
from parlour.entrypoints.client.models import MESSAGE_EDITED, TEXT, Event
from parlour.entrypoints.client.outbox import SEND, UnsentMessage
from parlour.entrypoints.client.state import Conversation

MAX_QUOTES = 50
"""Messages that can be asked for by number at once."""


class EventLines:
    """Shows events of a client on a screen.

    `prepare` gets what their lines need, so that `show` can be called for many without a pause.
    """

    def __init__(
        self, client: Client, screen: Screen, style: Style, clock: Callable[[], datetime]
    ) -> None:
        self._client = client
        self._screen = screen
        self._style = style
        self._clock = clock
        self._sent_here: set[str] = set()
        self._quoted: dict[int, Event] = {}

    def note(self, text: str) -> None:
        """Show a line that is no message."""
        self._screen.show(self._style.dim(text))

    def error(self, error: object) -> None:
        """Show an error."""
        self._screen.show(self._style.error(f"! {formatting.safe(str(error))}"))

    def sent(self, unsent: UnsentMessage) -> None:
        """Note that a message was typed here: on a plain screen its line stands there already."""
        self._sent_here.add(unsent.key)
        if not self._screen.is_live and not self._client.connection.is_online:
            self._delivery(Delivery.SENDING, formatting.one_line(unsent.text))

    async def prepare(self, conversation: Conversation, events: Iterable[Event]) -> None:
        """Get the names and the quoted messages that the lines of *events* need.

        Raises:
            ClientError: they cannot be had now.
        """
        events = list(events)
        key = conversation.head.conversation
        for event in events:
            if event.kind == MESSAGE_EDITED and not event.body and "recalled" not in event.data:
                with suppress(Refused):  # it is shown without its text
                    await self._client.catchup.load_message(key, event.data["seq"])
        quoted: set[int] = {e.data["reply_to"] for e in events if "reply_to" in e.data}
        self._quoted = {}
        for seq in quoted:
            if found := conversation.find(seq):
                self._quoted[seq] = found
        if missing := sorted(quoted - self._quoted.keys()):
            await self._load(key, missing[:MAX_QUOTES])
        shown = [*events, *self._quoted.values()]
        await self._client.people.load(set().union(*map(people_of, shown)))

    async def _load(self, conversation: str, seqs: list[int]) -> None:
        try:
            page = await self._client.api.messages(conversation, seqs)
        except Refused as refusal:
            if refusal.temporary:
                raise
            return  # a service that does not know the request: they are shown as not here
        for raw in page["messages"]:
            self._quoted[raw["seq"]] = Event.read_message(raw)

    def show(self, event: Event, key: str) -> None:
        """Show an event of a conversation that was prepared."""
        if not event.seq:
            seq = about(event)
            known = self._client.state.conversations[key]
            changed = known.find(seq) if seq is not None else None
            if text := notes.note(event, self._reader.name, changed):
                self.note(text)
        elif self._stands_already(event):
            said = f"{formatting.one_line(event.text)}  #{event.seq}"
            self._delivery(Delivery.SENT, said)
        else:
            self.message(event)

    def message(self, event: Event) -> None:
        """Show a message."""
        is_sent = event.by == self._client.state.my_id and event.recalled_by is None
        quoted = self._quoted.get(event.data.get("reply_to", 0))
        delivery = Delivery.SENT if is_sent else None
        self._screen.show(message(event, self._reader, delivery, quoted))

    def _stands_already(self, event: Event) -> bool:
        is_typed = event.key in self._sent_here and event.message_kind == TEXT
        if event.key:
            self._sent_here.discard(event.key)
        return is_typed and not self._screen.is_live

    def _delivery(self, delivery: Delivery, text: str) -> None:
        self.note(f"{delivery.sign} {delivery.word}: {text}")

    @property
    def _reader(self) -> Reader:
        state = self._client.state
        name = formatting.handle_lookup(state)
        return Reader(me=state.my_id, name=name, now=self._clock(), style=self._style)


def describe(unsent: UnsentMessage) -> str:
    """Return in one line what waits to be sent: a text, or `reaction to #3: 👍`."""
    text, seq = formatting.one_line(unsent.text), unsent.fields.get("seq")
    if unsent.type == SEND:
        return text
    words = _WORDS.get(unsent.type, unsent.type)
    place = f" #{seq}" if seq is not None else ""
    return f"{words}{place}: {text}" if text else f"{words}{place}"


_WORDS = {
    "message.edit": "edit of",
    "message.recall": "recall of",
    "message.hide": "hiding",
    "message.forward": "forwarded messages",
    "reaction.set": "reaction to",
    "pin.set": "pin of",
    "poll.vote": "vote in",
    "draft.set": "draft",
    "history.clear": "clearing",
}
