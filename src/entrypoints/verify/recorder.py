"""Records a history while it happens, on one monotonic clock."""

from itertools import count
from threading import Lock
from time import monotonic_ns
from typing import IO, Any

import attrs

from parlour.entrypoints.verify.records import Kind, Record, write_record

Facts = dict[str, Any]


@attrs.frozen
class Actor:
    """Who records: a client, the id of its user, and the node that it is connected to."""

    client: str
    user: str
    node: str = ""


@attrs.define
class Recorder:
    """The history of one run, in memory and, where there is a *file*, line by line in it.

    Requests over HTTP run in threads, so several may record at the same time.
    """

    file: IO[str] | None = None
    records: list[Record] = attrs.field(factory=list)
    _ops: "count[int]" = attrs.field(factory=lambda: count(1))
    _writing: Lock = attrs.field(factory=Lock)

    def note(self, actor: Actor, f: str, args: Facts, result: Facts | None = None) -> None:
        """Record what came unasked."""
        self._write(next(self._ops), actor, "ok", f, args=args, result=result)

    def begin(self, actor: Actor, f: str, args: Facts) -> "Operation":
        """Record that an operation begins."""
        op = next(self._ops)
        self._write(op, actor, "invoke", f, args=args, result=None)
        return Operation(self, op, f, args)

    def end(self, begun: "Operation", actor: Actor, kind: Kind, result: Facts | None) -> None:
        """Record how an operation ended."""
        self._write(begun.id, actor, kind, begun.f, args=begun.args, result=result)

    def _write(
        self, op: int, actor: Actor, kind: Kind, f: str, *, args: Facts, result: Facts | None
    ) -> None:
        record = Record(
            at=monotonic_ns(),
            client=actor.client,
            user=actor.user,
            node=actor.node,
            op=op,
            kind=kind,
            f=f,
            args=args,
            result=result or {},
        )
        with self._writing:
            self.records.append(record)
            if self.file is not None:
                write_record(self.file, record)


@attrs.frozen
class Operation:
    """An operation that has begun."""

    recorder: Recorder
    id: int
    f: str
    args: Facts

    def ok(self, actor: Actor, **result: Any) -> None:
        """Record that it succeeded."""
        self.recorder.end(self, actor, "ok", result)

    def failed(self, actor: Actor, *, is_sure: bool) -> None:
        """Record that it was refused or, where that is not sure, that nobody knows."""
        self.recorder.end(self, actor, "fail" if is_sure else "info", None)
