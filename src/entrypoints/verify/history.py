"""The records of a run as values, by what they are about."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

import attrs

from parlour.entrypoints.verify.memberships import Memberships
from parlour.entrypoints.verify.records import Kind, Record


@attrs.frozen(kw_only=True)
class Send:
    """One send, from its begin to its end; `ended` is None where it never ended."""

    client: str
    user: str
    conversation: str
    key: str
    text: str
    began: int
    ended: int | None
    kind: Kind
    seq: int | None
    offset: int | None
    socket: str = ""
    frame: int = 0
    attempts: int = 1

    @property
    def identity(self) -> tuple[str, str, str]:
        """What identifies the message wherever it is seen."""
        return self.conversation, self.user, self.key


@attrs.frozen(kw_only=True)
class Observation:
    """A user saw a message: live, by catching up, or on a page."""

    at: int
    user: str
    client: str
    socket: str
    via: str
    conversation: str
    seq: int
    offset: int
    key: str
    by: str
    text: str

    @property
    def identity(self) -> tuple[str, str, str]:
        """What identifies the message wherever it is seen."""
        return self.conversation, self.by, self.key


@attrs.frozen(kw_only=True)
class Page:
    """A user read a conversation: its newest messages, or with `final` all of it at the end."""

    user: str
    conversation: str
    began: int
    ended: int
    final: bool
    messages: tuple[Observation, ...]


@attrs.define
class History:
    """The records of a run, by what they are about, in the order of their time.

    `canaries` maps each canary to its conversation.
    """

    sends: list[Send] = attrs.field(factory=list)
    resends: list[Send] = attrs.field(factory=list)
    live: list[Observation] = attrs.field(factory=list)
    pages: list[Page] = attrs.field(factory=list)
    reads: list[tuple[Record, Record]] = attrs.field(factory=list)
    memberships: list[tuple[Record, Record | None]] = attrs.field(factory=list)
    connections: list[Record] = attrs.field(factory=list)
    forgone: list[Record] = attrs.field(factory=list)
    canaries: dict[str, str] = attrs.field(factory=dict)
    bytes: list[Record] = attrs.field(factory=list)
    ended: int = 0

    @classmethod
    def of(cls, records: Iterable[Record]) -> "History":
        """Return the history of *records*; operations that never ended count as `info`."""
        history = cls()
        ended: dict[int, Record] = {}
        listed = sorted(records, key=lambda record: record.at)
        for record in listed:
            if record.kind != "invoke":
                ended[record.op] = record
            history.ended = max(history.ended, record.at)
        for record in listed:
            if record.kind == "invoke":
                history._operation(record, ended.get(record.op))
            elif record.f == "recv":
                history.live.append(_observation(record, record.args, record.result))
            elif record.f in {"connect", "close"}:
                history.connections.append(record)
            elif record.f == "forgo":
                history.forgone.append(record)
            elif record.f == "canary":
                history.canaries[record.result["canary"]] = record.args["conversation"]
            elif record.f == "bytes":
                history.bytes.append(record)
        return history

    @cached_property
    def observations(self) -> list[Observation]:
        """Everything that any user saw."""
        return [*self.live, *(each for page in self.pages for each in page.messages)]

    @cached_property
    def members(self) -> Memberships:
        """Who was a member of what, and from which event to which."""
        return Memberships.of(self.memberships)

    @cached_property
    def known(self) -> dict[str, dict[int, int]]:
        """The offset of every `seq` that was acknowledged, or was there at the end."""
        known: dict[str, dict[int, int]] = defaultdict(dict)
        for page in self.final_pages:
            for each in page.messages:
                known[page.conversation][each.seq] = each.offset
        for send in self.acked:
            known[send.conversation].setdefault(send.seq or 0, send.offset or 0)
        return known

    @property
    def acked(self) -> Iterator[Send]:
        """The sends that were acknowledged."""
        return (send for send in self.sends if send.kind == "ok")

    @property
    def final_pages(self) -> Iterator[Page]:
        """What the members read at the end."""
        return (page for page in self.pages if page.final)

    def _operation(self, begin: Record, end: Record | None) -> None:
        if begin.f == "send":
            self.sends.append(_send(begin, end))
        elif begin.f == "resend":
            self.resends.append(_send(begin, end))
        elif begin.f in {"join", "leave"}:
            self.memberships.append((begin, end))
        elif end is not None and end.kind == "ok":
            if begin.f == "page":
                self.pages.append(_page(begin, end))
            elif begin.f == "read":
                self.reads.append((begin, end))


def _send(begin: Record, end: Record | None) -> Send:
    return Send(
        client=begin.client,
        user=begin.user,
        conversation=begin.args["conversation"],
        key=begin.args["key"],
        text=begin.args["text"],
        began=begin.at,
        ended=end.at if end else None,
        kind=end.kind if end else "info",
        seq=end.result.get("seq") if end else None,
        offset=end.result.get("offset") if end else None,
        socket=end.result.get("socket", "") if end else "",
        frame=end.result.get("frame", 0) if end else 0,
        attempts=end.result.get("attempts", 1) if end else 1,
    )


def _observation(record: Record, args: dict[str, Any], result: dict[str, Any]) -> Observation:
    return Observation(
        at=record.at,
        user=record.user,
        client=record.client,
        socket=args.get("socket", ""),
        via=args.get("via", "page"),
        conversation=args["conversation"],
        **{name: result[name] for name in ("seq", "offset", "key", "by", "text")},
    )


def _page(begin: Record, end: Record) -> Page:
    return Page(
        user=begin.user,
        conversation=begin.args["conversation"],
        began=begin.at,
        ended=end.at,
        final=bool(begin.args.get("final")),
        messages=tuple(_observation(end, begin.args, each) for each in end.result["messages"]),
    )
