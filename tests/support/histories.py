"""Histories of correct clients and a correct service, which tests mutate."""

from collections.abc import Callable, Iterable
from typing import Any

import attrs

from parlour.entrypoints.verify import Record
from parlour.entrypoints.verify.records import Kind

LOBBY = "lobby"
STEP = 1_000_000  # a millisecond

Change = Callable[[Record], Record]
Test = Callable[[Record], bool]


@attrs.define
class Writer:
    """Records the history of a correct service; one record each millisecond."""

    records: list[Record] = attrs.field(factory=list)
    messages: list[dict[str, Any]] = attrs.field(factory=list)
    clients: dict[str, str] = attrs.field(factory=dict)
    since: dict[str, int] = attrs.field(factory=dict)
    now: int = 0
    offset: int = 0
    ops: int = 0

    def write(
        self,
        client: str,
        kind: Kind,
        f: str,
        args: dict[str, Any],
        result: dict[str, Any] | None = None,
        *,
        op: int | None = None,
    ) -> int:
        """Append a record; return its operation."""
        self.now += STEP
        if op is None:
            self.ops += 1
            op = self.ops
        user = client.partition("-")[0]
        self.records.append(
            Record(
                at=self.now,
                client=client,
                user=user,
                node="one",
                op=op,
                kind=kind,
                f=f,
                args=args,
                result=result or {},
            )
        )
        return op

    def does(
        self, client: str, f: str, args: dict[str, Any], result: dict[str, Any] | None = None
    ) -> None:
        """Append a successful operation."""
        op = self.write(client, "invoke", f, args)
        self.write(client, "ok", f, args, result, op=op)

    def connects(self, client: str) -> None:
        """A client opens its only socket."""
        self.clients[client] = client.partition("-")[0]
        self.write(client, "ok", "connect", {"socket": f"{client}/1"})

    def joins(self, user: str) -> None:
        """A user joins the lobby."""
        self.offset += 1
        self.since[user] = len(self.messages)
        args = {"conversation": LOBBY, "member": user}
        self.does("alice-phone", "join", args, {"offset": self.offset})

    def leaves(self, user: str) -> None:
        """A user leaves the lobby."""
        self.offset += 1
        del self.since[user]
        args = {"conversation": LOBBY, "member": user}
        self.does("alice-phone", "leave", args, {"offset": self.offset})

    def begins_to_say(self, client: str) -> tuple[int, dict[str, Any]]:
        """A client sends a message; its answer is for `has_said`."""
        self.offset += 1
        number = len(self.messages) + 1
        message = {
            "seq": number,
            "offset": self.offset,
            "key": f"key-{number}",
            "by": self.clients[client],
            "text": f"text {number}",
        }
        self.messages.append(message)
        return self.write(client, "invoke", "send", _send(message)), message

    def has_said(self, client: str, op: int, message: dict[str, Any]) -> None:
        """The sender gets the answer and everybody else the event."""
        place = f"{client}/1"
        result = {"seq": message["seq"], "offset": message["offset"], "socket": place, "frame": op}
        self.write(client, "ok", "send", _send(message), result, op=op)
        for other, user in self.clients.items():
            if other != client and user in self.since:
                args = {"conversation": LOBBY, "socket": f"{other}/1", "via": "live"}
                self.write(other, "ok", "recv", args, dict(message))

    def says(self, client: str) -> None:
        """A client sends a message and everybody receives it."""
        self.has_said(client, *self.begins_to_say(client))

    def turns(self, client: str, *, final: bool = False, newest: int | None = None) -> None:
        """A client reads a page."""
        visible = self.messages[self.since[self.clients[client]] :]
        page = [dict(each) for each in (visible[-newest:] if newest else visible)]
        args = {"conversation": LOBBY, "final": final}
        self.does(client, "page", args, {"messages": page})

    def reads(self, client: str) -> None:
        """A client reads up to the newest message."""
        seq = len(self.messages)
        self.does(client, "read", {"conversation": LOBBY, "seq": seq}, {"seq": seq})


def _send(message: dict[str, Any]) -> dict[str, Any]:
    return {
        "conversation": LOBBY,
        "key": message["key"],
        "text": message["text"],
    }


def good_history(rounds: int = 12) -> list[Record]:
    """Return the history of alice, bob with two devices, and carol, who joins and leaves."""
    writer = Writer()
    for user in ("alice", "bob"):
        writer.joins(user)
    for client in ("alice-phone", "bob-phone", "bob-laptop", "carol-phone"):
        writer.connects(client)
    for number in range(rounds):
        if number in {rounds // 4, rounds // 2}:
            writer.joins("carol")
        if number == rounds // 3:
            writer.leaves("carol")
        for client in ("alice-phone", "bob-phone", "bob-laptop"):
            writer.says(client)
        pipeline = [writer.begins_to_say("alice-phone") for _ in range(3)]
        for sent in pipeline:
            writer.has_said("alice-phone", *sent)
        writer.reads("bob-phone")
        writer.turns("alice-phone", newest=8)
    writer.now += 5_000 * STEP
    for client in ("alice-phone", "bob-phone", "carol-phone"):
        writer.turns(client, final=True)
    for client in writer.clients:
        writer.write(client, "ok", "close", {"socket": f"{client}/1"})
    return writer.records


def changed(records: Iterable[Record], where: Test, change: Change) -> list[Record]:
    """Return the history with every record changed that passes *where*."""
    return [change(record) if where(record) else record for record in records]


def told(record: Record, **result: Any) -> Record:
    """Return *record* with other results."""
    return attrs.evolve(record, result={**record.result, **result})


def everywhere(
    records: Iterable[Record], change: Callable[[dict[str, Any]], None]
) -> list[Record]:
    """Return the history with a change of every message as it is seen and acknowledged."""

    def apply(message: dict[str, Any]) -> dict[str, Any]:
        copy = dict(message)
        change(copy)
        return copy

    def one(record: Record) -> Record:
        if record.f == "page" and record.kind == "ok":
            return told(record, messages=[apply(each) for each in record.result["messages"]])
        if record.kind == "ok" and record.f in {"send", "recv"}:
            return attrs.evolve(record, result=apply(record.result))
        return record

    return [one(record) for record in records]


def pick(records: list[Record], position: int, f: str, kind: str = "ok") -> int:
    """Return the index of some record of a kind."""
    found = [at for at, each in enumerate(records) if (each.f, each.kind) == (f, kind)]
    return found[position % len(found)]


def without(records: list[Record], at: int) -> list[Record]:
    """Return the history without one record."""
    return [*records[:at], *records[at + 1 :]]


def put(records: list[Record], at: int, record: Record) -> list[Record]:
    """Replace a record."""
    return [*records[:at], record, *records[at + 1 :]]


def beyond(records: list[Record], at: int, record: Record) -> list[Record]:
    """Insert a record right after another, at the same time."""
    return [*records[: at + 1], record, *records[at + 1 :]]


def final_pages(records: list[Record]) -> list[int]:
    """Return the indexes of the pages that were read at the end."""
    return [
        at
        for at, each in enumerate(records)
        if each.f == "page" and each.kind == "ok" and each.args["final"]
    ]
