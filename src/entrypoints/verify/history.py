"""What clients write down: one line of JSON a fact, with the time of one monotonic clock.

An operation is two records with the same `op`: `invoke` when it begins, and at its end `ok`,
`fail` (refused for certain) or `info` (nobody knows: a time-out, a lost connection). What comes
unasked is a single `ok`.

| f       | args                                  | result                                      |
|---------|---------------------------------------|---------------------------------------------|
| send    | conversation, key, text               | seq, offset                                 |
| recv    | conversation, socket, via             | seq, offset, key, by, text                  |
| page    | conversation, final                   | messages: [{seq, offset, key, by, text}]    |
| read    | conversation, seq                     | seq                                         |
| join    | conversation, member                  | offset: the first event that is theirs      |
| leave   | conversation, member                  | offset: the event that took them out        |
| connect | socket                                |                                             |
| close   | socket                                |                                             |
"""

import json
from collections.abc import Iterable, Iterator
from typing import IO, Any, Literal

import attrs

Kind = Literal["invoke", "ok", "fail", "info"]


@attrs.frozen(kw_only=True)
class Record:
    """One fact: at *at* nanoseconds, *client* of *user* on *node* began or ended *f*."""

    at: int
    client: str
    user: str
    node: str
    op: int
    kind: Kind
    f: str
    args: dict[str, Any] = attrs.field(factory=dict)
    result: dict[str, Any] = attrs.field(factory=dict)


def write_record(file: IO[str], record: Record) -> None:
    """Append one line."""
    file.write(json.dumps(attrs.asdict(record), ensure_ascii=False, separators=(",", ":")) + "\n")


def read_history(files: Iterable[Iterable[str]]) -> list[Record]:
    """Read the lines of all clients and put them in the order of their time."""
    return sorted(_records(files), key=lambda record: record.at)


def _records(files: Iterable[Iterable[str]]) -> Iterator[Record]:
    for lines in files:
        for line in lines:
            yield Record(**json.loads(line))


@attrs.frozen(kw_only=True)
class Send:
    """One send, from its first invocation to its end; `ended` is None where it never did."""

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


@attrs.frozen(kw_only=True)
class Sighting:
    """Somebody saw a message: live, by catching up, or on a page."""

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


@attrs.frozen(kw_only=True)
class Page:
    """Somebody read a whole conversation; `final` after everything had healed."""

    user: str
    conversation: str
    began: int
    ended: int
    final: bool
    messages: tuple[Sighting, ...]


@attrs.define
class History:
    """The records of a run, sorted out by what they are about. Everything in order of time."""

    sends: list[Send] = attrs.field(factory=list)
    live: list[Sighting] = attrs.field(factory=list)
    pages: list[Page] = attrs.field(factory=list)
    reads: list[tuple[Record, Record]] = attrs.field(factory=list)
    memberships: list[tuple[Record, Record | None]] = attrs.field(factory=list)
    connections: list[Record] = attrs.field(factory=list)

    @classmethod
    def of(cls, records: Iterable[Record]) -> "History":
        """Sort *records* out; operations that never ended count as `info`."""
        history = cls()
        begun: dict[int, Record] = {}
        ended: dict[int, Record] = {}
        listed = list(records)
        for record in listed:
            (begun if record.kind == "invoke" else ended)[record.op] = record
        for record in listed:
            if record.kind == "invoke":
                history._operation(record, ended.get(record.op))
            elif record.f == "recv":
                history.live.append(_sighting(record, record.args, record.result))
            elif record.f in {"connect", "close"}:
                history.connections.append(record)
        return history

    @property
    def sightings(self) -> list[Sighting]:
        """Everything that anybody saw."""
        return [*self.live, *(each for page in self.pages for each in page.messages)]

    def _operation(self, begin: Record, end: Record | None) -> None:
        if begin.f == "send":
            self.sends.append(_send(begin, end))
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
    )


def _sighting(record: Record, args: dict[str, Any], result: dict[str, Any]) -> Sighting:
    return Sighting(
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
        messages=tuple(_sighting(end, begin.args, each) for each in end.result["messages"]),
    )
