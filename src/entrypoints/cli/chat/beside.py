"""What is said beside the lines of a talk: presence, typing, how far a message came, the line."""

from collections.abc import Callable, Iterator
from datetime import datetime

from parlour.entrypoints.cli.chat import words
from parlour.entrypoints.cli.chat.conversation import Conversation
from parlour.entrypoints.cli.chat.link import Phase
from parlour.entrypoints.cli.chat.store import State
from parlour.entrypoints.cli.chat.words import Tick

_TOLD = frozenset({"online", "away", "busy", "offline"})


def status(
    state: State, conversation: Conversation | None, phase: Phase, *, now: datetime, ticks: float
) -> str:
    """Return the status of a terminal in one line; *ticks* is the clock of `State.typing`."""
    if phase.name == "waiting":
        return f"no line; the next try is in {phase.seconds:.0f} s"
    if phase.name == "connecting":
        return "connecting …"
    if conversation is None:
        return "/list shows your conversations, /open WHO opens one, /help lists the commands"
    return " · ".join(_parts(state, conversation, now, ticks)) or "/help lists the commands"


def _parts(state: State, conversation: Conversation, now: datetime, ticks: float) -> Iterator[str]:
    head, name = conversation.head, words.namer(state)
    if head.peer and head.peer != state.my_id:
        yield f"{name(head.peer)} {words.seen(state, head.peer, now)}"
    if typing := state.typists(head.conversation, ticks):
        yield f"{', '.join(map(name, typing))} typing …"
    if last := last_own(conversation, state.my_id):
        tick = words.tick_of(conversation, last, state.my_id)
        yield f"your last: {tick.sign} {tick.word}"


def last_own(conversation: Conversation, me: str) -> int:
    """Return the number of the last own message, 0 where there is none."""
    own = (event.seq for event in reversed(conversation.events) if event.by == me and event.seq)
    return next(own, 0) or 0


class Whisper:
    """Says on a plain screen, once each, what a terminal shows in its status."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._came: tuple[int, Tick] | None = None
        self._peer = ""
        self._is_lost = False

    def line(self, phase: Phase, *, was_online: bool) -> None:
        """Say that the line is lost, and that it is back."""
        if was_online and phase.name != "online":
            self._is_lost = True
            self._say("* the line is lost; what you write is kept and sent later")
        elif self._is_lost and phase.name == "online":
            self._is_lost = False
            self._say("* the line is back")

    def begin(self, state: State, conversation: Conversation) -> None:
        """Take what stands for known: only what changes is said."""
        self._came = self._progress(state, conversation)
        self._peer = ""

    def follow(self, state: State, conversation: Conversation) -> None:
        """Say how far the last own message came now, and how the other one is seen."""
        now, was = self._progress(state, conversation), self._came
        self._came = now
        if now != was and now[0] and now[1] is not Tick.SENT:
            self._say(f"{now[1].sign} {now[1].word}")
        peer = conversation.head.peer
        if peer is not None and peer != state.my_id and peer in state.presence:
            seen = state.presence[peer].state
            if seen != self._peer and seen in _TOLD:
                self._say(f"* {words.namer(state)(peer)} is {seen}")
            self._peer = seen

    def _progress(self, state: State, conversation: Conversation) -> tuple[int, Tick]:
        last = last_own(conversation, state.my_id)
        return last, words.tick_of(conversation, last, state.my_id) if last else Tick.SENT
