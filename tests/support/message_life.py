"""Random lives of messages: a log of changes, and what a service shows of it at any offset."""

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from typing import Any

import attrs
from hypothesis import strategies as st

from tests.support.chat_log import AT, ME, OTHER, THIRD, WHERE, Frame

PEOPLE = (ME, OTHER, THIRD)
CROWD = tuple(f"user-{number}" for number in range(11))
EMOJIS = ("👍", "❤️")
OPTIONS = 2


@attrs.define
class Log:
    """The log of one conversation as a service keeps it; each method is one command."""

    events: list[Frame] = attrs.field(factory=list)
    messages: dict[int, Frame] = attrs.field(factory=dict)
    states: list[dict[int, Frame]] = attrs.field(factory=lambda: [{}])
    votes: dict[tuple[int, str], list[int]] = attrs.field(factory=dict)

    def post(self, by: str, kind: str = "text") -> None:
        seq = len(self.messages) + 1
        body: Frame = {"text": f"line {seq}"}
        if kind == "poll":
            body = {"question": f"question {seq}", "options": ["tea", "coffee"], "public": True}
        data = {"kind": kind, "body": body, "revision": 1}
        self.messages[seq] = {"by": by, "seq": seq, "offset": self._next, "at": AT, **data}
        self.messages[seq]["key"] = f"key-{seq}"
        self._write("message.posted", by, data, seq=seq, key=f"key-{seq}")

    def edit(self, by: str, seq: int) -> None:
        message = self.messages.get(seq)
        if message is None or message["by"] != by or message["kind"] != "text":
            return
        revision = message["revision"] + 1
        new = {"body": {"text": f"text {revision} of {seq}"}, "revision": revision}
        message |= {**new, "edited_at": AT}
        self._write("message.edited", by, {"seq": seq, "kind": "text", **new, "edited_at": AT})

    def recall(self, by: str, seq: int) -> None:
        message = self.messages.get(seq)
        if message is None or message["by"] != by or "recalled" in message:
            return
        kept = {name: message[name] for name in ("by", "seq", "offset", "at", "key", "revision")}
        self.messages[seq] = {**kept, "kind": "", "body": {}, "recalled": {"by": by, "at": AT}}
        self._write("message.recalled", by, {"seq": seq})

    def react(self, by: str, seq: int, emoji: str) -> None:
        message = self._living(seq)
        if message is None:
            return
        held: dict[str, Any] = message.setdefault("held", {})
        people, shown = held.setdefault(emoji, ([], []))
        on = by not in people
        people.append(by) if on else people.remove(by)
        if on and len(shown) < 10:
            shown.append(by)
        elif by in shown and not on:
            shown.remove(by)
        if not people:
            del held[emoji]
        count = len(people)
        self._write("reaction.set", by, {"seq": seq, "emoji": emoji, "on": on, "count": count})

    def crowd(self, people: Sequence[str], seq: int) -> None:
        for by in people:
            self.react(by, seq, EMOJIS[0])

    def pin(self, by: str, seq: int) -> None:
        message = self._living(seq)
        if message is not None:
            message["pinned"] = not message.get("pinned")
            self._write("pin.set", by, {"seq": seq, "on": message["pinned"]})

    def vote(self, by: str, seq: int, option: int) -> None:
        message = self._living(seq)
        if message is None or message["kind"] != "poll":
            return
        options = [] if self.votes.get((seq, by)) == [option] else [option]
        self.votes[seq, by] = options
        cast = [chosen for (where, _), chosen in self.votes.items() if where == seq and chosen]
        counts = [sum(n in chosen for chosen in cast) for n in range(OPTIONS)]
        message["votes"] = {
            "counts": counts,
            "voters": len(cast),
            "mine": self.votes.get((seq, ME)),
        }
        tally = {"counts": counts, "voters": len(cast), "options": options}
        self._write("poll.voted", by, {"seq": seq, **tally})

    # -- what a service shows ----------------------------------------------------------------

    def page(self, upto: int) -> Frame:
        """Return the newest page of history, read at the offset *upto*."""
        messages = [_view(message) for message in self.states[upto].values()]
        return {"conversation": WHERE, "messages": messages, "as_of": upto}

    def head(self, upto: int) -> Frame:
        """Return the head at the offset *upto*; nothing was read."""
        messages = list(self.states[upto].values())
        unread = sum(each["by"] != ME and "recalled" not in each for each in messages)
        head: Frame = {"conversation": WHERE, "kind": "group", "title": "Garden", "members": 3}
        head |= {"seq": len(messages), "offset": upto, "unread": unread}
        if messages:
            last = messages[-1]
            text = last["body"].get("text", f"📊 {last['body'].get('question')}")
            head["last"] = {"seq": last["seq"], "by": last["by"], "at": AT, "kind": last["kind"]}
            head["last"] |= {"excerpt": "" if "recalled" in last else text}
            head["last"] |= {"recalled": True} if "recalled" in last else {}
        return head

    def read(self, after: int) -> list[Frame]:
        """Return the events after an offset as `sync` does: each shows the present message."""
        return [self._at_present(event) for event in self.events[after:]]

    def _at_present(self, event: Frame) -> Frame:
        if event["kind"] not in ("message.posted", "message.edited"):
            return event
        now = self.messages[event.get("seq") or event["data"]["seq"]]
        names = ("kind", "body", "revision", "edited_at", "recalled")
        content = {name: now[name] for name in names if name in now}
        seq = {"seq": event["data"]["seq"]} if event["kind"] == "message.edited" else {}
        return {**event, "data": {**seq, **content}}

    # -- inside ------------------------------------------------------------------------------

    @property
    def _next(self) -> int:
        return len(self.events) + 1

    def _living(self, seq: int) -> Frame | None:
        message = self.messages.get(seq)
        return message if message and "recalled" not in message else None

    def _write(self, kind: str, by: str, data: Mapping[str, Any], **more: Any) -> None:
        event = {"offset": self._next, "kind": kind, "by": by, "at": AT, "data": dict(data)}
        self.events.append({**event, **more})
        self.states.append(deepcopy(self.messages))


def _view(message: Mapping[str, Any]) -> Frame:
    """Return a message as a page shows it to `ME`."""
    view = {name: message[name] for name in message if name not in ("held", "votes", "pinned")}
    if held := message.get("held"):
        view["reactions"] = [
            {"emoji": emoji, "count": len(people), "mine": ME in people, "users": list(shown)}
            for emoji, (people, shown) in held.items()
        ]
    if message.get("pinned"):
        view["pinned"] = True
    votes = message.get("votes")
    if votes and votes["voters"]:
        view["votes"] = {name: votes[name] for name in votes if votes[name] is not None}
    return {**view, "conversation": WHERE}


@st.composite
def lives(draw: st.DrawFn, most: int = 40) -> Log:
    """Draw the history of a few messages."""
    log = Log()
    commands: tuple[Callable[[str, int, int], None], ...] = (
        lambda by, _seq, _some: log.post(by),
        lambda by, _seq, _some: log.post(by, "poll"),
        lambda by, seq, _some: log.edit(by, seq),
        lambda by, seq, _some: log.recall(by, seq),
        lambda by, seq, some: log.react(by, seq, EMOJIS[some % len(EMOJIS)]),
        lambda _by, seq, some: log.crowd(CROWD[:some], seq),
        lambda by, seq, _some: log.pin(by, seq),
        lambda by, seq, some: log.vote(by, seq, some % OPTIONS),
    )
    people, seqs, some = st.sampled_from(PEOPLE), st.integers(1, 5), st.integers(0, len(CROWD))
    for _ in range(draw(st.integers(0, most))):
        draw(st.sampled_from(commands))(draw(people), draw(seqs), draw(some))
    return log


def run(*commands: Sequence[Any]) -> Log:
    """Return the log of commands, each its name and its arguments."""
    log = Log()
    for name, *arguments in commands:
        getattr(log, name)(*arguments)
    return log
