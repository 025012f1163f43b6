"""The records of a run: one line of JSON for each, with the time of one monotonic clock.

As in Jepsen, an operation is two records with the same `op`: `invoke` when it begins, and at its
end `ok`, `fail` (refused for certain) or `info` (unknown: a time-out, a lost connection). What
comes without a request is a single `ok`.

| f       | args                                  | result                                      |
|---------|---------------------------------------|---------------------------------------------|
| send    | conversation, key, text               | seq, offset, attempts, socket, frame        |
| resend  | conversation, key, text               | seq, offset                                 |
| recv    | conversation, socket, via, asked      | seq, offset, key, by, and what it shows     |
| page    | conversation, final                   | messages: [the same, reactions]             |
| edit    | conversation, seq, text               | revision, and the result of a change        |
| recall  | conversation, seq                     | the result of a change                      |
| react   | conversation, seq, emoji, on          | count, and the result of a change           |
| changed | conversation, socket, via, asked      | seq, offset, by, and what it shows          |
| reacted | conversation, socket, via             | seq, offset, by, emoji, on, count           |
| head    | conversation                          | read, unread                                |
| read    | conversation, seq                     | seq                                         |
| join    | conversation, member                  | offset: the first event that they may see   |
| leave   | conversation, member                  | offset: the event that removed them         |
| connect | socket                                |                                             |
| close   | socket                                |                                             |
| forgo   | conversation, after: all known so far |                                             |
| canary  | conversation                          | canary: a word for its members alone        |
| bytes   | place                                 | canary: it came in for the first time       |

A send is one operation however often it was tried: `fail` where every try was refused, `info`
where one may have been committed and none was acknowledged; `frame` grows with each request on a
socket. A `resend` repeats an acknowledged message, and must get the same answer. `recv` is
recorded when a frame comes in (`via` is `live`) or when catching up brings it (`via` is `sync`),
repeats included; `asked` is the time at which that was asked for. What a message shows is `text`,
`revision` and `recalled`, which leaves no text; a text is None where the event does not say it.
The result of a change is offset, attempts, socket, frame. `changed` is an edit or a recall that
comes in, `reacted` a reaction. A client that may not catch up any more, because it was removed or
has joined again since, records `forgo`. `bytes` are searched as they come from the network, before
they are parsed; the place is a node, or the request that was answered.
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
    """Append a record to a file."""
    line = {name: getattr(record, name) for name in _NAMES}
    file.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")


def read_history(files: Iterable[Iterable[str]]) -> list[Record]:
    """Return the records of all files in the order of their time."""
    return sorted(_records(files), key=lambda record: record.at)


def _records(files: Iterable[Iterable[str]]) -> Iterator[Record]:
    for lines in files:
        for line in lines:
            # A killed client may have left half a line, which is always its last.
            if line.endswith("\n"):
                yield Record(**json.loads(line))


_NAMES = tuple(field.name for field in attrs.fields(Record))
