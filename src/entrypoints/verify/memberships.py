"""Who was a member of a conversation, from which event to which, as far as is known."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable

import attrs

from parlour.entrypoints.verify.records import Record

FOR_EVER = 2**63


@attrs.define
class Span:
    """One membership, in offsets, both ends included.

    Where it is unknown whether a change was committed, the span is as wide as possible and not
    `certain`. `left` is the time at which the request to end it was sent.
    """

    first: int
    last: int = FOR_EVER
    certain: bool = True
    left: int = FOR_EVER


@attrs.define
class Memberships:
    """The spans of every (user, conversation), in order."""

    spans: dict[tuple[str, str], list[Span]]

    @classmethod
    def of(cls, changes: Iterable[tuple[Record, Record | None]]) -> "Memberships":
        """Return the spans after joins and leaves, each with its end if it had one."""
        spans: dict[tuple[str, str], list[Span]] = defaultdict(list)
        for begin, end in changes:
            kind = end.kind if end else "info"
            if kind != "fail":
                offset = end.result["offset"] if end and kind == "ok" else None
                place = spans[begin.args["member"], begin.args["conversation"]]
                if begin.f == "join":
                    _join(place, offset)
                elif place:
                    _leave(place[-1], offset, begin.at)
        return cls(dict(spans))

    def may_see(self, user: str, conversation: str, offset: int) -> bool:
        """Return whether *user* may have been a member of *conversation* at *offset*."""
        return self.at(user, conversation, offset) is not None

    def could_read(self, user: str, conversation: str, offset: int, until: int) -> bool:
        """Return whether *user* could certainly still read the event at *offset* at *until*."""
        span = self.at(user, conversation, offset)
        return span is not None and span.certain and until < span.left

    def since(self, user: str, conversation: str) -> int | None:
        """Return the offset from which *user*, a member now, sees events; None if unknown."""
        spans = self.spans.get((user, conversation))
        return spans[-1].first if spans and spans[-1].certain else None

    def at(self, user: str, conversation: str, offset: int) -> Span | None:
        """Return the span of *user* in *conversation* that *offset* lies in."""
        spans = self.spans.get((user, conversation), [])
        at = bisect_right(spans, offset, key=lambda span: span.first)
        return spans[at - 1] if at and offset <= spans[at - 1].last else None


def _join(spans: list[Span], offset: int | None) -> None:
    """Begin a span; spans of one place are in order and never overlap."""
    last = spans[-1] if spans else None
    if offset is None:
        if last is None or last.last != FOR_EVER:
            spans.append(Span(last.last + 1 if last else 0, certain=False))
        return
    if last is not None and last.last == FOR_EVER:
        last.last = offset - 1
    spans.append(Span(offset))


def _leave(span: Span, offset: int | None, at: int) -> None:
    span.left = min(span.left, at)
    if offset is None:
        span.certain = False
    else:
        span.last = offset
