"""What must hold of how messages reach the clients: whole, in order, in time, and nobody else."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator

import attrs

from parlour.entrypoints.verify.checks import Fault
from parlour.entrypoints.verify.history import History, Send
from parlour.entrypoints.verify.memberships import Span
from parlour.entrypoints.verify.records import Record

NANOSECONDS = 1_000_000_000

Place = tuple[str, str]
"""A client or a socket, and a conversation."""


def delivered_in_order(history: History) -> Iterator[Fault]:
    """On one socket, offsets of a conversation grow: no frame goes back, none comes twice."""
    last: dict[Place, int] = {}
    for seen in history.live:
        if seen.via != "live":
            continue
        place = (seen.socket, seen.conversation)
        before = last.get(place, 0)
        if seen.offset <= before:
            yield Fault("reordered", f"{place} heard {seen.offset} after {before}")
        last[place] = max(before, seen.offset)


def not_echoed(history: History) -> Iterator[Fault]:
    """The socket that sends a message hears the answer, and no event beside it."""
    own = {(send.identity, send.socket): send.seq for send in history.acked if send.attempts == 1}
    for seen in history.live:
        if seen.via == "live" and (seen.identity, seen.socket) in own:
            yield Fault("echoed", f"{seen.socket} heard its own {seen.key}")


def delivered_completely(history: History) -> Iterator[Fault]:
    """Between the first and the last that a client has heard, it has heard everything.

    Each membership is for itself: who was away when it ended cannot catch up on its last part, nor
    can who had a gap to close at that moment.
    """
    users = _users(history)
    forgone = _forgone(history)
    order = {conversation: sorted(known) for conversation, known in history.known.items()}
    for (client, conversation), times in _heard(history).items():
        known = history.known[conversation]
        skipped: list[int] = []
        # What was not heard counts as soon as something after it, in the same span, was.
        unheard: dict[int, list[int]] = {}
        for seq in order.get(conversation, []):
            span = history.members.at(users[client], conversation, known[seq])
            if span is None or not span.certain:
                continue
            refused = forgone[client, conversation]
            if seq in times:
                skipped += unheard.get(span.first, [])
                unheard[span.first] = []
            elif span.first in unheard and not _is_forgone(span, known[seq], refused):
                unheard[span.first].append(seq)
        if skipped:
            yield Fault("skipped", f"{client} never heard {conversation} {skipped[:5]}")


def _forgone(history: History) -> dict[Place, list[Record]]:
    forgone: dict[Place, list[Record]] = defaultdict(list)
    for record in history.forgone:
        forgone[record.client, record.args["conversation"]].append(record)
    return forgone


def _is_forgone(span: Span, offset: int, refused: Iterable[Record]) -> bool:
    """Tell whether a client was refused this event since its membership was being ended."""
    return any(each.args["after"] < offset and span.left < each.at for each in refused)


def nothing_leaked(history: History) -> Iterator[Fault]:
    """Nobody sees what is outside of their membership."""
    for seen in history.observations:
        if not history.members.may_see(seen.user, seen.conversation, seen.offset):
            yield Fault("leaked", f"{seen.user} saw offset {seen.offset} of {seen.conversation}")


def nothing_spilled(history: History) -> Iterator[Fault]:
    """Nobody's bytes hold the canary of a conversation that they never belonged to."""
    for heard in history.bytes:
        conversation = history.canaries.get(heard.result["canary"])
        if conversation and (heard.user, conversation) not in history.members.spans:
            place = heard.args["place"]
            yield Fault("spilled", f"{heard.user} was sent bytes of {conversation} by {place}")


def delivered_in_time(history: History, heal: float, healed_at: int) -> Iterator[Fault]:
    """Whoever was connected for *heal* seconds after an acknowledgement has heard the message.

    After the last fault had ended, at *healed_at*, everybody has as long again.
    """
    heard = _heard(history)
    patience = int(heal * NANOSECONDS)
    followers = _followers(history, patience)
    for send in history.acked:
        since = max(send.ended or 0, healed_at)
        for client in followers[send.conversation]:
            due = client.due(since, patience)
            if due is None or not history.members.could_read(
                client.user, send.conversation, send.offset or 0, due
            ):
                continue
            at = heard.get((client.name, send.conversation), {}).get(send.seq or 0)
            if at is None or at > due:
                when = "never" if at is None else f"{(at - due) / 1e9:.1f} s too late"
                yield Fault("late", f"{client.name} heard {send.conversation} #{send.seq} {when}")


@attrs.define
class _Client:
    """A client, and when it was connected long enough to have heard, in order."""

    name: str
    user: str
    opened: list[int] = attrs.field(factory=list)
    closed: list[int] = attrs.field(factory=list)

    def due(self, since: int, patience: int) -> int | None:
        """Return when it must have heard what was acknowledged at *since*."""
        at = bisect_left(self.closed, since + patience)
        return max(since, self.opened[at]) + patience if at < len(self.closed) else None


def _followers(history: History, patience: int) -> dict[str, list[_Client]]:
    """Return the clients of everybody who ever belonged to a conversation."""
    clients: dict[str, _Client] = {}
    sockets: dict[str, tuple[str, str, int]] = {}
    spans: list[tuple[int, int, str, str]] = []
    for record in history.connections:
        socket = record.args["socket"]
        if record.f == "connect":
            sockets[socket] = (record.client, record.user, record.at)
        elif socket in sockets:
            client, user, opened = sockets.pop(socket)
            spans.append((opened, record.at, client, user))
    spans += [(opened, history.ended, client, user) for client, user, opened in sockets.values()]
    for opened, closed, name, user in sorted(spans):
        each = clients.setdefault(name, _Client(name, user))
        if closed - opened >= patience:
            each.opened.append(opened)
            each.closed.append(closed)
    by_user: dict[str, list[_Client]] = defaultdict(list)
    for each in clients.values():
        by_user[each.user].append(each)
    followers: dict[str, list[_Client]] = defaultdict(list)
    for user, conversation in history.members.spans:
        followers[conversation] += by_user[user]
    return followers


def _heard(history: History) -> dict[Place, dict[int, int]]:
    """Return when each client first heard each number; its own it hears with the answer."""
    heard: dict[Place, dict[int, int]] = defaultdict(dict)
    for seen in history.live:
        heard[seen.client, seen.conversation].setdefault(seen.seq, seen.at)
    for send in history.acked:
        heard[send.client, send.conversation].setdefault(send.seq or 0, _end(send))
    return heard


def _end(send: Send) -> int:
    return send.ended or send.began


def _users(history: History) -> dict[str, str]:
    users = {seen.client: seen.user for seen in history.live}
    return users | {send.client: send.user for send in history.sends}
