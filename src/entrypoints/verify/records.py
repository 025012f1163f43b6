"""What clients write down: one line of JSON a fact, with the time of one monotonic clock.

An operation is two records with the same `op`: `invoke` when it begins, and at its end `ok`,
`fail` (refused for certain) or `info` (nobody knows: a time-out, a lost connection). What comes
unasked is a single `ok`.

| f       | args                                  | result                                      |
|---------|---------------------------------------|---------------------------------------------|
| send    | conversation, key, text               | seq, offset, attempts, socket, frame        |
| resend  | conversation, key, text               | seq, offset                                 |
| recv    | conversation, socket, via             | seq, offset, key, by, text                  |
| page    | conversation, final                   | messages: [{seq, offset, key, by, text}]    |
| read    | conversation, seq                     | seq                                         |
| join    | conversation, member                  | offset: the first event that is theirs      |
| leave   | conversation, member                  | offset: the event that took them out        |
| connect | socket                                |                                             |
| close   | socket                                |                                             |
| forgo   | conversation, after: all known so far |                                             |
| canary  | conversation                          | canary: what its members' bytes alone hold  |
| bytes   | place                                 | canary: it came in, and never before        |

A send is one operation however often it was tried: `fail` where every try was refused, `info`
where one may have been committed and none was acknowledged; `frame` grows with each frame that a
client sends. A `resend` repeats what was acknowledged before, and must be answered
alike. `recv` is written when a frame comes in (`via` is `live`) or when catching up brings it
(`via` is `sync`), repeats and all. A client that may not catch up any more, as it was removed
or has come back since, writes `forgo`. `bytes` are looked at as they come from the network, before
anybody understands them; the place is a node, or what was asked of it.
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
    line = {name: getattr(record, name) for name in _NAMES}
    file.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")


def read_history(files: Iterable[Iterable[str]]) -> list[Record]:
    """Read the lines of all clients and put them in the order of their time."""
    return sorted(_records(files), key=lambda record: record.at)


def _records(files: Iterable[Iterable[str]]) -> Iterator[Record]:
    for lines in files:
        for line in lines:
            # A client that was killed may have left half a line, which is always its last.
            if line.endswith("\n"):
                yield Record(**json.loads(line))


_NAMES = tuple(field.name for field in attrs.fields(Record))
