"""Properties of what happens to messages after they were posted: edits, recalls, reactions."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator

from parlour.entrypoints.verify.checks import Violation
from parlour.entrypoints.verify.facts import Change, Observation, Page
from parlour.entrypoints.verify.history import History

Number = tuple[str, int]
"""The conversation and the `seq` of a message."""


def one_text_a_revision(history: History) -> Iterator[Violation]:
    """All users see the same text under a revision: one that was asked for by an edit."""
    texts: dict[tuple[Number, int], str] = {}
    edits: dict[Number, set[str]] = defaultdict(set)
    for edit in _changes(history, "edit"):
        edits[edit.number].add(edit.text)
        if edit.kind == "ok":
            known = texts.setdefault((edit.number, edit.revision), edit.text)
            if known != edit.text:
                yield Violation("revision", f"{edit.number} says {known} and {edit.text}")
    for seen in (*history.observations, *history.changed):
        if seen.text is None or seen.revision == 1:
            continue
        known = texts.setdefault((seen.number, seen.revision), seen.text)
        if known != seen.text:
            yield Violation("revision", f"{seen.number} says {known} and {seen.text}")
        elif seen.text not in edits[seen.number]:
            yield Violation("revision", f"{seen.number} says {seen.text}, which nobody wrote")


def revisions_move_forward(history: History) -> Iterator[Violation]:
    """On one socket the revision of a message never goes back."""
    last: dict[tuple[str, Number], int] = {}
    for seen in sorted((*history.live, *history.changed), key=lambda seen: seen.at):
        if seen.via == "live" and not seen.recalled:
            place = (seen.socket, seen.number)
            if seen.revision < last.get(place, 0):
                yield Violation("revision", f"{place} went back to {seen.revision}")
            last[place] = seen.revision


def no_edit_lost(history: History) -> Iterator[Violation]:
    """A page that is requested after an edit was acknowledged has its revision or a later one."""
    edits = _by_number(each for each in _changes(history, "edit") if each.kind == "ok")
    for page in history.pages:
        for seen in page.messages:
            revision = _latest(edits.get(seen.number, ()), page.began)
            if seen.revision < revision and not seen.recalled:
                yield Violation(
                    "edit lost", f"{page.user} reads revision {seen.revision} of {seen.number}"
                )


def _latest(edits: Iterable[Change], before: int) -> int:
    """Return the greatest revision that was acknowledged by then."""
    return max((each.revision for each in edits if (each.ended or 0) < before), default=0)


def edits_are_of_the_sender(history: History) -> Iterator[Violation]:
    """Only its sender may edit a message."""
    authors = {seen.number: seen.by for seen in history.observations}
    for edit in _changes(history, "edit"):
        author = authors.get(edit.number, edit.user)
        if edit.kind == "ok" and edit.user != author:
            yield Violation("forged", f"{edit.user} edited {edit.number} of {author}")
    for seen in history.changed:
        if not seen.recalled and seen.by != authors.get(seen.number, seen.by):
            yield Violation("forged", f"{seen.by} edited {seen.number}")


def nothing_recalled_comes_back(history: History) -> Iterator[Violation]:
    """Whatever is asked for after a recall was acknowledged shows nothing of the message.

    A socket to which the recall came shows nothing of it either. Only what somebody wanted to
    recall is recalled.
    """
    recalls = _by_number(each for each in _changes(history, "recall") if each.kind != "fail")
    since = {
        number: min((each.ended or 0 for each in found if each.kind == "ok"), default=None)
        for number, found in recalls.items()
    }
    told: dict[tuple[str, Number], int] = {}
    for seen in history.changed:
        if seen.recalled and seen.via == "live":
            told.setdefault((seen.socket, seen.number), seen.at)
    for seen in (*history.observations, *history.changed):
        if seen.recalled:
            if seen.number not in recalls:
                yield Violation("recall", f"nobody recalled {seen.number}")
        elif seen.text is not None and _is_late(seen, since.get(seen.number), told):
            yield Violation("recall", f"{seen.user} saw the text of {seen.number}")


def _is_late(seen: Observation, recalled: int | None, told: dict[tuple[str, Number], int]) -> bool:
    if seen.asked is not None:
        return recalled is not None and recalled < seen.asked
    return seen.at > told.get((seen.socket, seen.number), seen.at)


def reactions_are_counted_once(history: History) -> Iterator[Violation]:
    """At the end each emoji of a message has the count of those who react with it.

    Where the outcome of a request is not known, both counts are right.
    """
    certain, possible = _who_reacts(history)
    emojis: dict[Number, set[str]] = defaultdict(set)
    for number, emoji in possible:
        emojis[number].add(emoji)
    shown = [seen for page in history.final_pages for seen in page.messages if not seen.recalled]
    for seen in shown:
        for emoji in emojis[seen.number] | seen.reactions.keys():
            place, count = (seen.number, emoji), seen.reactions.get(emoji, 0)
            if not len(certain[place]) <= count <= len(possible[place]):
                yield Violation("count", f"{seen.number} has {count} × {emoji}")


Reacting = dict[tuple[Number, str], set[str]]
"""Users who react to a message with an emoji."""


def _who_reacts(history: History) -> tuple[Reacting, Reacting]:
    """Return who reacts for certain, and who may react, after all requests."""
    certain: Reacting = defaultdict(set)
    possible: Reacting = defaultdict(set)
    for each in sorted(_changes(history, "react"), key=lambda each: each.began):
        place, is_sure = (each.number, each.emoji), each.kind == "ok"
        if each.kind == "fail":
            continue
        if each.on:
            possible[place].add(each.user)
            if is_sure:
                certain[place].add(each.user)
        else:
            certain[place].discard(each.user)
            if is_sure:
                possible[place].discard(each.user)
    return certain, possible


def unread_counts_are_right(history: History) -> Iterator[Violation]:
    """At the end a head counts what others sent after the read mark, without what was recalled."""
    pages = {(page.user, page.conversation): page for page in history.final_pages}
    for head in history.heads:
        page = pages.get((head.user, head.args["conversation"]))
        if page is not None:
            wanted = _unread(page, head.result["read"])
            if head.result["unread"] != wanted:
                yield Violation(
                    "unread", f"{head.user} has {head.result['unread']} instead of {wanted}"
                )


def _unread(page: Page, read: int) -> int:
    """Count the messages of others beyond the mark; the messages are in order."""
    first = bisect_left(page.messages, read + 1, key=lambda seen: seen.seq)
    return sum(seen.by != page.user and not seen.recalled for seen in page.messages[first:])


def _changes(history: History, f: str) -> Iterator[Change]:
    return (each for each in history.changes if each.f == f)


def _by_number(changes: Iterable[Change]) -> dict[Number, list[Change]]:
    found: dict[Number, list[Change]] = defaultdict(list)
    for each in changes:
        found[each.number].append(each)
    return found
