"""The records of a run, by what they are about."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property

import attrs

from parlour.entrypoints.verify.facts import (
    Change,
    Observation,
    Page,
    Send,
    change_of,
    observation_of,
    page_of,
    send_of,
)
from parlour.entrypoints.verify.memberships import Memberships
from parlour.entrypoints.verify.records import Record


@attrs.define
class History:
    """The records of a run, by what they are about, in the order of their time.

    `canaries` maps each canary to its conversation.
    """

    sends: list[Send] = attrs.field(factory=list)
    resends: list[Send] = attrs.field(factory=list)
    changes: list[Change] = attrs.field(factory=list)
    live: list[Observation] = attrs.field(factory=list)
    changed: list[Observation] = attrs.field(factory=list)
    reacted: list[Record] = attrs.field(factory=list)
    heads: list[Record] = attrs.field(factory=list)
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
            else:
                history._note(record)
        return history

    @cached_property
    def observations(self) -> list[Observation]:
        """Every message that any user saw."""
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

    def _note(self, record: Record) -> None:
        match record.f:
            case "recv":
                self.live.append(observation_of(record, record.args, record.result))
            case "changed":
                self.changed.append(observation_of(record, record.args, record.result))
            case "reacted":
                self.reacted.append(record)
            case "head":
                self.heads.append(record)
            case "connect" | "close":
                self.connections.append(record)
            case "forgo":
                self.forgone.append(record)
            case "canary":
                self.canaries[record.result["canary"]] = record.args["conversation"]
            case "bytes":
                self.bytes.append(record)

    def _operation(self, begin: Record, end: Record | None) -> None:
        if begin.f == "send":
            self.sends.append(send_of(begin, end))
        elif begin.f == "resend":
            self.resends.append(send_of(begin, end))
        elif begin.f in {"edit", "recall", "react"}:
            self.changes.append(change_of(begin, end))
        elif begin.f in {"join", "leave"}:
            self.memberships.append((begin, end))
        elif end is not None and end.kind == "ok":
            if begin.f == "page":
                self.pages.append(page_of(begin, end))
            elif begin.f == "read":
                self.reads.append((begin, end))
