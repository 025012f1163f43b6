"""Properties of the messages of a conversation, wherever they are seen.

Each check is a function from a history to its faults, in O(n) or, where it sorts, O(n log n). A
message is identified by its conversation, its sender and its key.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise

import attrs

from parlour.entrypoints.verify.facts import Change, Page, Send
from parlour.entrypoints.verify.history import History


@attrs.frozen
class Violation:
    """One violation: which property, and the evidence."""

    property: str
    evidence: str


Check = Callable[[History], Iterator[Violation]]


def one_message_a_number(history: History) -> Iterator[Violation]:
    """All users see the same message under a `seq`, and a message has one `seq` only."""
    seen: Iterable[tuple[str, int, int, str, str, str | None]] = (
        (each.conversation, each.seq, each.offset, each.by, each.key, each.original_text)
        for each in history.observations
    )
    acked = (
        (each.conversation, each.seq or 0, each.offset or 0, each.user, each.key, each.text)
        for each in (*history.acked, *history.resends)
        if each.kind == "ok"
    )
    by_number: dict[tuple[str, int], tuple[int, str, str]] = {}
    texts: dict[tuple[str, int], str] = {}
    by_key: dict[tuple[str, str, str], int] = {}
    for facts in (seen, acked):
        for conversation, seq, offset, by, key, text in facts:
            content, number = (offset, by, key), (conversation, seq)
            known = by_number.setdefault(number, content)
            said = text if text is None else texts.setdefault(number, text)
            if (known, said) != (content, text):
                yield Violation(
                    "identity", f"{conversation} #{seq} is {known} {said} and {content} {text}"
                )
            first = by_key.setdefault((conversation, by, key), seq)
            if first != seq:
                yield Violation("doubled", f"{conversation} {key} is #{first} and #{seq}")


def nothing_lost(history: History) -> Iterator[Violation]:
    """Every acknowledged message is in every final page of a member who may see it."""
    acked: dict[str, list[Send]] = defaultdict(list)
    for send in history.acked:
        acked[send.conversation].append(send)
    for page in history.final_pages:
        held = {(each.seq, each.key) for each in page.messages}
        since = history.members.since(page.user, page.conversation)
        if since is None:
            continue
        for send in acked[page.conversation]:
            if (send.offset or 0) >= since and (send.seq, send.key) not in held:
                yield Violation(
                    "lost", f"{send.key}, acknowledged as #{send.seq}, for {page.user}"
                )


def no_phantoms(history: History) -> Iterator[Violation]:
    """Every message that is seen was sent with this text, and was not refused."""
    sent: dict[tuple[str, str, str], list[Send]] = defaultdict(list)
    for send in history.sends:
        sent[send.identity].append(send)
    for seen in history.observations:
        tries = sent.get(seen.identity, [])
        if not tries:
            yield Violation("phantom", f"{seen.user} saw {seen.key}, which nobody sent")
        elif all(send.kind == "fail" for send in tries):
            yield Violation("phantom", f"{seen.user} saw {seen.key}, which was refused")
        elif not any(
            send.kind != "fail" and seen.original_text in {None, send.text} for send in tries
        ):
            yield Violation("phantom", f"{seen.user} saw {seen.key} changed")
        elif all(seen.at < send.began for send in tries):
            yield Violation("phantom", f"{seen.user} saw {seen.key} before it was sent")


def dense_numbers(history: History) -> Iterator[Violation]:
    """Each `seq` from 1 on is used, without a gap; every page has consecutive ones, in order.

    A final page begins with the first message that its reader may see, and ends with the last.
    """
    for page in history.pages:
        for one, other in pairwise(page.messages):
            if (other.seq, other.offset > one.offset) != (one.seq + 1, True):
                yield Violation(
                    "dense", f"{page.user} has #{other.seq} after #{one.seq} on a page"
                )
    for conversation, known in history.known.items():
        numbers = sorted(known)
        for before, after in pairwise([0, *numbers]):
            if after != before + 1:
                yield Violation("dense", f"{conversation} has #{after} after #{before}")
            elif before and known[after] <= known[before]:
                yield Violation("dense", f"{conversation} has the offsets of #{after} in disorder")
    for page in history.final_pages:
        since = history.members.since(page.user, page.conversation)
        if since is not None:
            yield from _whole(page, since, history.known[page.conversation])


def _whole(page: Page, since: int, known: dict[int, int]) -> Iterator[Violation]:
    wanted = [seq for seq, offset in known.items() if offset >= since]
    found = {each.seq for each in page.messages}
    if wanted and not found.issuperset(wanted):
        missing = sorted(set(wanted) - found)[:5]
        yield Violation("dense", f"{page.user} has {page.conversation} without {missing}")


def real_time_order(history: History) -> Iterator[Violation]:
    """A message sent after another was acknowledged has the greater `seq`."""
    for sends in _by_conversation(history).values():
        ended = sorted(sends, key=lambda send: send.ended or 0)
        latest, position = 0, 0
        for send in sorted(sends, key=lambda send: send.began):
            while position < len(ended) and (ended[position].ended or 0) < send.began:
                latest = max(latest, ended[position].seq or 0)
                position += 1
            if (send.seq or 0) <= latest:
                yield Violation(
                    "order", f"{send.key} is #{send.seq}, sent after #{latest} was acked"
                )


def frame_order(history: History) -> Iterator[Violation]:
    """What one client asks for on one socket, without waiting, keeps its order.

    That holds for sends and changes alike. What was retried is left out, because its neighbours
    did not wait. The first send begun need not be the first frame, where a client waits for its
    connection. A change that was there already has the last offset of its conversation.
    """
    asked: list[Send | Change] = [
        *(send for send in history.acked if send.attempts == 1),
        *(each for each in history.changes if each.kind == "ok" and each.attempts == 1),
    ]
    last: dict[tuple[str, str, str], Send | Change] = {}
    for each in sorted(asked, key=lambda each: (each.frame, each.began)):
        place = (each.client, each.socket, each.conversation)
        former = last.get(place)
        if former is not None and (former.offset or 0) > (each.offset or 0):
            yield Violation(
                "order", f"{each.client} asked for {former.offset} before {each.offset}"
            )
        last[place] = each


def fresh_pages(history: History) -> Iterator[Violation]:
    """A page that is requested after an acknowledgement holds the message."""
    pages: dict[str, list[Page]] = defaultdict(list)
    for page in history.pages:
        pages[page.conversation].append(page)
    for conversation, sends in _by_conversation(history).items():
        ended = sorted(sends, key=lambda send: send.ended or 0)
        latest, position = 0, 0
        for page in sorted(pages[conversation], key=lambda page: page.began):
            while position < len(ended) and (ended[position].ended or 0) < page.began:
                latest = max(latest, ended[position].seq or 0)
                position += 1
            offset = history.known[conversation].get(latest, 0)
            if max(
                (each.seq for each in page.messages), default=0
            ) < latest and history.members.could_read(page.user, conversation, offset, page.ended):
                yield Violation("stale", f"{page.user} read {conversation} without #{latest}")


def marks_move_forward(history: History) -> Iterator[Violation]:
    """A read mark never moves back, and is at least where it was set."""
    places: dict[tuple[str, str], list[tuple[int, int, int]]] = defaultdict(list)
    for begin, end in history.reads:
        place = (begin.user, begin.args["conversation"])
        if end.result["seq"] < begin.args["seq"]:
            yield Violation("mark", f"{place} is #{end.result['seq']} after #{begin.args['seq']}")
        places[place].append((begin.at, end.at, end.result["seq"]))
    for place, reads in places.items():
        ended = sorted(reads, key=lambda read: read[1])
        latest, position = 0, 0
        for began, _, seq in sorted(reads):
            while position < len(ended) and ended[position][1] < began:
                latest = max(latest, ended[position][2])
                position += 1
            if seq < latest:
                yield Violation("mark", f"{place} went from #{latest} to #{seq}")


def _by_conversation(history: History) -> dict[str, list[Send]]:
    found: dict[str, list[Send]] = defaultdict(list)
    for send in history.acked:
        found[send.conversation].append(send)
    return found
