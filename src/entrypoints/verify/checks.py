"""The properties of a conversation, each a function from a history to what is wrong with it.

All of them are linear, or n log n where they sort. A message is named by its conversation and key.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator

import attrs

from entrypoints.verify.history import History, Page, Send


@attrs.frozen
class Fault:
    """One broken promise: which property, and what shows it."""

    property: str
    evidence: str


Check = Callable[[History], Iterator[Fault]]


def one_message_a_number(history: History) -> Iterator[Fault]:
    """Everybody sees the same message under a number, and a message has one number only."""
    by_number: dict[tuple[str, int], tuple[str, str, str]] = {}
    by_key: dict[tuple[str, str, str], int] = {}
    for seen in history.sightings:
        content = (seen.by, seen.key, seen.text)
        known = by_number.setdefault((seen.conversation, seen.seq), content)
        if known != content:
            yield Fault("identity", f"{seen.conversation} #{seen.seq}: {known} and {content}")
        first = by_key.setdefault((seen.conversation, seen.by, seen.key), seen.seq)
        if first != seen.seq:
            yield Fault("doubled", f"{seen.conversation} {seen.key} is #{first} and #{seen.seq}")
    for send in _acked(history):
        known_seq = by_key.setdefault((send.conversation, send.user, send.key), send.seq or 0)
        if known_seq != send.seq:
            yield Fault("doubled", f"{send.key} was acknowledged as #{send.seq}, is #{known_seq}")


def nothing_lost(history: History) -> Iterator[Fault]:
    """Every acknowledged message is in every final page of a member who may see it."""
    acked: dict[str, list[Send]] = defaultdict(list)
    for send in _acked(history):
        acked[send.conversation].append(send)
    for page in _final(history):
        held = {(each.seq, each.key) for each in page.messages}
        first = min((seq for seq, _ in held), default=1)
        for send in acked[page.conversation]:
            if (send.seq or 0) >= first and (send.seq, send.key) not in held:
                yield Fault("lost", f"{send.key}, acknowledged as #{send.seq}, for {page.user}")


def no_phantoms(history: History) -> Iterator[Fault]:
    """Every message that is seen was sent, as it is seen, and was not refused."""
    sent = {(send.user, send.key): send for send in history.sends}
    for seen in history.sightings:
        send = sent.get((seen.by, seen.key))
        if send is None:
            yield Fault("phantom", f"{seen.user} saw {seen.key}, which nobody sent")
        elif send.kind == "fail":
            yield Fault("phantom", f"{seen.user} saw {seen.key}, which was refused")
        elif send.text != seen.text or send.conversation != seen.conversation:
            yield Fault("phantom", f"{seen.user} saw {seen.key} changed")


def dense_numbers(history: History) -> Iterator[Fault]:
    """A final page holds consecutive numbers, and every final page ends with the same one."""
    last: dict[str, int] = {}
    for page in _final(history):
        numbers = [each.seq for each in page.messages]
        if numbers != list(range(numbers[0], numbers[0] + len(numbers)) if numbers else []):
            yield Fault("dense", f"{page.user} holds {_holes(numbers)} of {page.conversation}")
        end = numbers[-1] if numbers else 0
        if last.setdefault(page.conversation, end) != end:
            yield Fault(
                "dense", f"{page.conversation} ends at #{last[page.conversation]} and #{end}"
            )


def delivered_in_order(history: History) -> Iterator[Fault]:
    """On one socket, offsets of a conversation grow: no frame goes back, none comes twice."""
    last: dict[tuple[str, str], int] = {}
    for seen in history.live:
        place = (seen.socket, seen.conversation)
        if seen.offset <= last.get(place, 0):
            yield Fault("reordered", f"{place} heard {seen.offset} after {last[place]}")
        last[place] = max(last.get(place, 0), seen.offset)


def delivered_completely(history: History) -> Iterator[Fault]:
    """What a client has heard, live and by catching up, is all there is between first and last."""
    heard: dict[tuple[str, str], set[int]] = defaultdict(set)
    own: dict[tuple[str, str], set[int]] = defaultdict(set)
    for seen in history.live:
        heard[seen.client, seen.conversation].add(seen.seq)
    for send in history.sends:
        if send.seq is not None:
            own[send.client, send.conversation].add(send.seq)
    for place, numbers in heard.items():
        missing = set(range(min(numbers), max(numbers) + 1)) - numbers - own[place]
        if missing:
            yield Fault("skipped", f"{place} never heard {sorted(missing)[:5]}")


def real_time_order(history: History) -> Iterator[Fault]:
    """A message sent after another was acknowledged has the greater number."""
    for sends in _by_conversation(history).values():
        begun = sorted(sends, key=lambda send: send.began)
        ended = sorted(sends, key=lambda send: send.ended or 0)
        latest, position = 0, 0
        for send in begun:
            while position < len(ended) and (ended[position].ended or 0) < send.began:
                latest = max(latest, ended[position].seq or 0)
                position += 1
            if (send.seq or 0) <= latest:
                yield Fault("order", f"{send.key} is #{send.seq}, sent after #{latest} was acked")


def frame_order(history: History) -> Iterator[Fault]:
    """What one client sends on one socket, without waiting, keeps its order."""
    last: dict[tuple[str, str], Send] = {}
    for send in history.sends:
        if send.kind == "ok":
            former = last.get((send.client, send.conversation))
            if former is not None and (former.seq or 0) > (send.seq or 0):
                yield Fault("order", f"{send.client} sent {former.key} before {send.key}")
            last[send.client, send.conversation] = send


def fresh_pages(history: History) -> Iterator[Fault]:
    """A page that is asked for after an acknowledgement holds the message."""
    for conversation, sends in _by_conversation(history).items():
        ended = sorted(sends, key=lambda send: send.ended or 0)
        pages = sorted(
            (page for page in history.pages if page.conversation == conversation),
            key=lambda page: page.began,
        )
        latest, position = 0, 0
        for page in pages:
            while position < len(ended) and (ended[position].ended or 0) < page.began:
                latest = max(latest, ended[position].seq or 0)
                position += 1
            if max((each.seq for each in page.messages), default=0) < latest:
                yield Fault("stale", f"{page.user} read {conversation} without #{latest}")


def nothing_leaked(history: History) -> Iterator[Fault]:
    """Nobody sees what is outside of their membership."""
    inside: dict[tuple[str, str], list[tuple[int, float]]] = defaultdict(list)
    for begin, end in history.memberships:
        member = (begin.args["member"], begin.args["conversation"])
        if begin.f == "join":
            inside[member].append((end.result["offset"] if end else 0, float("inf")))
        elif end is not None and end.kind == "ok" and inside[member]:
            first, _ = inside[member].pop()
            inside[member].append((first, end.result["offset"]))
    for seen in history.sightings:
        spans = inside[seen.user, seen.conversation]
        if not any(first <= seen.offset <= last for first, last in spans):
            yield Fault("leaked", f"{seen.user} saw offset {seen.offset} of {seen.conversation}")


def marks_move_forward(history: History) -> Iterator[Fault]:
    """A read mark never goes back."""
    last: dict[tuple[str, str], tuple[int, int]] = {}
    for begin, end in sorted(history.reads, key=lambda pair: pair[1].at):
        place = (begin.user, begin.args["conversation"])
        ended, seq = last.get(place, (0, 0))
        if begin.at > ended and end.result["seq"] < seq:
            yield Fault("mark", f"{place} went from #{seq} to #{end.result['seq']}")
        last[place] = (end.at, max(seq, end.result["seq"]))


CHECKS: tuple[Check, ...] = (
    one_message_a_number,
    nothing_lost,
    no_phantoms,
    dense_numbers,
    delivered_in_order,
    delivered_completely,
    real_time_order,
    frame_order,
    fresh_pages,
    nothing_leaked,
    marks_move_forward,
)


def _acked(history: History) -> Iterator[Send]:
    return (send for send in history.sends if send.kind == "ok")


def _final(history: History) -> Iterator[Page]:
    return (page for page in history.pages if page.final)


def _by_conversation(history: History) -> dict[str, list[Send]]:
    found: dict[str, list[Send]] = defaultdict(list)
    for send in _acked(history):
        found[send.conversation].append(send)
    return found


def _holes(numbers: list[int]) -> str:
    whole = set(range(1, max(numbers) + 1))
    return f"{len(numbers)} numbers without {sorted(whole - set(numbers))[:5]}"
