"""Properties of delivery to the clients: complete, in order, in time, and to members alone."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator

import attrs

from parlour.entrypoints.verify.checks import Violation
from parlour.entrypoints.verify.facts import Send
from parlour.entrypoints.verify.history import History
from parlour.entrypoints.verify.memberships import Span
from parlour.entrypoints.verify.records import Record

NANOSECONDS = 1_000_000_000

Place = tuple[str, str]
"""A client or a socket, and a conversation."""


def delivered_in_order(history: History) -> Iterator[Violation]:
    """On one socket the offsets of a conversation grow: no frame is reordered or repeated."""
    last: dict[Place, int] = {}
    reacted = (
        (each.at, each.args["via"], each.args["socket"], each.args["conversation"], each.result)
        for each in history.reacted
    )
    events = [
        *(
            (seen.at, seen.via, seen.socket, seen.conversation, seen.offset)
            for seen in (*history.live, *history.changed)
        ),
        *((*facts, result["offset"]) for *facts, result in reacted),
    ]
    for _, via, socket, conversation, offset in sorted(events):
        if via != "live":
            continue
        place = (socket, conversation)
        before = last.get(place, 0)
        if offset <= before:
            yield Violation("reordered", f"{place} received {offset} after {before}")
        last[place] = max(before, offset)


def not_echoed(history: History) -> Iterator[Violation]:
    """The socket that sends a message gets the answer, and no event as well."""
    own = {(send.identity, send.socket): send.seq for send in history.acked if send.attempts == 1}
    for seen in history.live:
        if seen.via == "live" and (seen.identity, seen.socket) in own:
            yield Violation("echoed", f"{seen.socket} received its own {seen.key}")


def delivered_completely(history: History) -> Iterator[Violation]:
    """Between the first and the last message that a client received, it received all.

    This holds for each membership alone: a client that was offline when it ended, or had a gap to
    close at that moment, cannot catch up on its last part.
    """
    users = _users(history)
    forgone = _forgone(history)
    order = {conversation: sorted(known) for conversation, known in history.known.items()}
    for (client, conversation), times in _received(history).items():
        known = history.known[conversation]
        skipped: list[int] = []
        # A missing message counts once a later one, in the same span, was received.
        missing: dict[int, list[int]] = {}
        for seq in order.get(conversation, []):
            span = history.members.at(users[client], conversation, known[seq])
            if span is None or not span.certain:
                continue
            refused = forgone[client, conversation]
            if seq in times:
                skipped += missing.get(span.first, [])
                missing[span.first] = []
            elif span.first in missing and not _is_forgone(span, known[seq], refused):
                missing[span.first].append(seq)
        if skipped:
            yield Violation("skipped", f"{client} never received {conversation} {skipped[:5]}")


def _forgone(history: History) -> dict[Place, list[Record]]:
    forgone: dict[Place, list[Record]] = defaultdict(list)
    for record in history.forgone:
        forgone[record.client, record.args["conversation"]].append(record)
    return forgone


def _is_forgone(span: Span, offset: int, refused: Iterable[Record]) -> bool:
    """Return whether a client was refused this event while or after its membership ended."""
    return any(each.args["after"] < offset and span.left < each.at for each in refused)


def nothing_leaked(history: History) -> Iterator[Violation]:
    """No user sees events outside of their membership."""
    for seen in (*history.observations, *history.changed):
        if not history.members.may_see(seen.user, seen.conversation, seen.offset):
            yield Violation(
                "leaked", f"{seen.user} saw offset {seen.offset} of {seen.conversation}"
            )


def nothing_spilled(history: History) -> Iterator[Violation]:
    """No user gets bytes with the canary of a conversation that they were never a member of."""
    for found in history.bytes:
        conversation = history.canaries.get(found.result["canary"])
        if conversation and (found.user, conversation) not in history.members.spans:
            place = found.args["place"]
            yield Violation("spilled", f"{found.user} was sent bytes of {conversation} by {place}")


def delivered_in_time(history: History, heal: float, healed_at: int) -> Iterator[Violation]:
    """A client connected for *heal* seconds after an acknowledgement has received the message.

    After the last fault ended, at *healed_at* nanoseconds, all clients have as long again.
    """
    received = _received(history)
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
            at = received.get((client.name, send.conversation), {}).get(send.seq or 0)
            if at is None or at > due:
                when = "never" if at is None else f"{(at - due) / 1e9:.1f} s too late"
                message = f"{send.conversation} #{send.seq}"
                yield Violation("late", f"{client.name} received {message} {when}")


@attrs.define
class _Client:
    """A client, and the times at which it was connected long enough, in order."""

    name: str
    user: str
    opened: list[int] = attrs.field(factory=list)
    closed: list[int] = attrs.field(factory=list)

    def due(self, since: int, patience: int) -> int | None:
        """Return by when it must have received what was acknowledged at *since*."""
        at = bisect_left(self.closed, since + patience)
        return max(since, self.opened[at]) + patience if at < len(self.closed) else None


def _followers(history: History, patience: int) -> dict[str, list[_Client]]:
    """Return the clients of all users who were ever members of a conversation."""
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


def _received(history: History) -> dict[Place, dict[int, int]]:
    """Return when each client first received each `seq`; its own with the answer."""
    received: dict[Place, dict[int, int]] = defaultdict(dict)
    for seen in history.live:
        received[seen.client, seen.conversation].setdefault(seen.seq, seen.at)
    for send in history.acked:
        received[send.client, send.conversation].setdefault(send.seq or 0, _end(send))
    return received


def _end(send: Send) -> int:
    return send.ended or send.began


def _users(history: History) -> dict[str, str]:
    users = {seen.client: seen.user for seen in history.live}
    return users | {send.client: send.user for send in history.sends}
