"""The status of a conversation: presence, typing, delivery of the last message, the connection."""

from collections.abc import Callable, Iterator
from datetime import datetime

from parlour.entrypoints.cli.chat import formatting
from parlour.entrypoints.cli.chat.formatting import Delivery
from parlour.entrypoints.client.connection import Phase
from parlour.entrypoints.client.state import Conversation, State
from parlour.entrypoints.client.unstarted import peer_of_unstarted

_ANNOUNCED = frozenset({"online", "away", "busy", "offline"})


def status(
    state: State, conversation: Conversation | None, phase: Phase, *, now: datetime, ticks: float
) -> str:
    """Return the status line of a terminal; *ticks* is the clock of `State.typing`, in seconds."""
    if phase.name == "waiting":
        return f"no connection; the next try is in {phase.seconds:.0f} s"
    if phase.name == "connecting":
        return "connecting …"
    if conversation is None:
        return "/list shows your conversations, /open WHO opens one, /help lists the commands"
    return " · ".join(_parts(state, conversation, now, ticks)) or "/help lists the commands"


def _parts(state: State, conversation: Conversation, now: datetime, ticks: float) -> Iterator[str]:
    head, name = conversation.head, formatting.handle_lookup(state)
    is_known = peer_of_unstarted(head.conversation) is None
    if head.peer and head.peer != state.my_id and is_known:
        yield f"{name(head.peer)} {formatting.presence(state, head.peer, now)}"
    if typing := state.typing_in(head.conversation, ticks):
        yield f"{', '.join(map(name, typing))} typing …"
    if last := formatting.last_own(conversation, state.my_id):
        delivery = formatting.delivery_of(conversation, last, state.my_id)
        yield f"your last: {delivery.sign} {delivery.word}"


class PlainStatus:
    """Prints on a plain screen, once for each change, what a terminal has in its status line."""

    def __init__(self, show: Callable[[str], None]) -> None:
        self._show = show
        self._delivery: tuple[int, Delivery] | None = None
        self._presence = ""
        self._was_lost = False

    def connection(self, phase: Phase, *, was_online: bool) -> None:
        """Print that the connection was lost, and that it is back."""
        if was_online and phase.name != "online":
            self._was_lost = True
            self._show("* the connection is lost; what you write is kept and sent later")
        elif self._was_lost and phase.name == "online":
            self._was_lost = False
            self._show("* the connection is back")

    def begin(self, state: State, conversation: Conversation) -> None:
        """Take the present status as known: only changes after it are printed."""
        self._delivery = self._last_delivery(state, conversation)
        self._presence = ""

    def update(self, state: State, conversation: Conversation) -> None:
        """Print how far the last own message came, and a new presence of the peer."""
        now, was = self._last_delivery(state, conversation), self._delivery
        self._delivery = now
        if now != was and now[0] and now[1] is not Delivery.SENT:
            self._show(f"{now[1].sign} {now[1].word}")
        peer = conversation.head.peer
        if peer is not None and peer != state.my_id and peer in state.presence:
            presence = state.presence[peer].state
            if presence != self._presence and presence in _ANNOUNCED:
                self._show(f"* {formatting.handle_lookup(state)(peer)} is {presence}")
            self._presence = presence

    def _last_delivery(self, state: State, conversation: Conversation) -> tuple[int, Delivery]:
        last = formatting.last_own(conversation, state.my_id)
        if not last:
            return 0, Delivery.SENT
        return last, formatting.delivery_of(conversation, last, state.my_id)
