"""Sends, changes, observations and pages: the records of a run as values."""

from collections.abc import Mapping
from typing import Any

import attrs

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
class Change:
    """One request to edit a message, to recall it or to react to it; `f` says which."""

    f: str
    client: str
    user: str
    conversation: str
    seq: int
    text: str
    emoji: str
    on: bool
    began: int
    ended: int | None
    kind: Kind
    revision: int
    offset: int | None
    socket: str
    frame: int
    attempts: int

    @property
    def number(self) -> tuple[str, int]:
        """The conversation and the `seq` of the message."""
        return self.conversation, self.seq


@attrs.frozen(kw_only=True)
class Observation:
    """A user saw a message: live, by catching up, or on a page.

    Where that was asked for, it was at `asked`. `text` is None where it is not said, and where the
    message is `recalled`. `reactions` are those of a page, by emoji.
    """

    at: int
    user: str
    client: str
    socket: str
    via: str
    conversation: str
    seq: int
    offset: int
    by: str
    key: str = ""
    asked: int | None = None
    text: str | None = None
    revision: int = 1
    recalled: bool = False
    reactions: Mapping[str, int] = attrs.field(factory=dict)

    @property
    def identity(self) -> tuple[str, str, str]:
        """What identifies the message wherever it is seen."""
        return self.conversation, self.by, self.key

    @property
    def number(self) -> tuple[str, int]:
        """The conversation and the `seq` of the message."""
        return self.conversation, self.seq

    @property
    def original_text(self) -> str | None:
        """The text that was sent, None where another one is shown, or none."""
        return self.text if self.revision == 1 else None


@attrs.frozen(kw_only=True)
class Page:
    """A user read a conversation: its newest messages, or with `final` all of it at the end."""

    user: str
    conversation: str
    began: int
    ended: int
    final: bool
    messages: tuple[Observation, ...]


_SHOWN = ("seq", "offset", "key", "by", "text", "revision", "recalled", "reactions")


def send_of(begin: Record, end: Record | None) -> Send:
    """Return the send of two records."""
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


def change_of(begin: Record, end: Record | None) -> Change:
    """Return the change of two records."""
    result = end.result if end else {}
    return Change(
        f=begin.f,
        client=begin.client,
        user=begin.user,
        conversation=begin.args["conversation"],
        seq=begin.args["seq"],
        text=begin.args.get("text", ""),
        emoji=begin.args.get("emoji", ""),
        on=begin.args.get("on", True),
        began=begin.at,
        ended=end.at if end else None,
        kind=end.kind if end else "info",
        revision=result.get("revision", 0),
        offset=result.get("offset"),
        socket=result.get("socket", ""),
        frame=result.get("frame", 0),
        attempts=result.get("attempts", 1),
    )


def observation_of(record: Record, args: dict[str, Any], result: dict[str, Any]) -> Observation:
    """Return what a record says that a user saw."""
    return Observation(
        at=record.at,
        user=record.user,
        client=record.client,
        socket=args.get("socket", ""),
        via=args.get("via", "page"),
        conversation=args["conversation"],
        asked=args.get("asked"),
        **{name: result[name] for name in _SHOWN if name in result},
    )


def page_of(begin: Record, end: Record) -> Page:
    """Return the page of two records."""
    return Page(
        user=begin.user,
        conversation=begin.args["conversation"],
        began=begin.at,
        ended=end.at,
        final=bool(begin.args.get("final")),
        messages=tuple(
            attrs.evolve(observation_of(end, begin.args, each), asked=begin.at)
            for each in end.result["messages"]
        ),
    )
