"""
The life of a message: what edits, recalls, reactions, pins and votes make of it. Pure functions.

A message keeps its place in the log; its `data` is what it is now. `as_of` says up to where that
is known, so that an event changes nothing of a message which was read after it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import attrs

from parlour.entrypoints.client.models import (
    MESSAGE_EDITED,
    MESSAGE_RECALLED,
    POLL_VOTED,
    Event,
    Frame,
    recalled_data,
)

MAX_NAMED = 10
"""Users that a reaction names beside its count."""

Change = Callable[[Frame, Event, str], Frame]
"""Returns the `data` of a message after an event; the third value is the own id."""


def _edited(data: Frame, event: Event, _me: str) -> Frame:
    new = event.data
    if recalled := new.get("recalled"):
        return recalled_data(recalled["by"], recalled["at"])
    if new["revision"] <= data.get("revision", 1):
        return data  # it was read with its present content
    if not new["kind"]:
        return data  # members who may see it ask for it (`needs`)
    kept = {name: data[name] for name in data if name not in _CONTENT}
    return {**kept, **{name: new[name] for name in _CONTENT if new.get(name)}}


_CONTENT = ("kind", "body", "mentions", "revision", "edited_at")


def _recalled(_data: Frame, event: Event, _me: str) -> Frame:
    return recalled_data(event.by, event.at)


def _reacted(data: Frame, event: Event, me: str) -> Frame:
    emoji, is_on, count = event.data["emoji"], event.data["on"], event.data["count"]
    known = list(data.get("reactions", ()))
    place = next((n for n, each in enumerate(known) if each["emoji"] == emoji), len(known))
    was = known[place] if place < len(known) else {"emoji": emoji, "users": [], "mine": False}
    users = [user for user in was["users"] if user != event.by or is_on]
    # Nobody moves up: a name is added while there are fewer than ten.
    if is_on and event.by not in users and len(users) < MAX_NAMED:
        users.append(event.by)
    is_mine = is_on if event.by == me else was["mine"]
    known[place : place + 1] = [{**was, "count": count, "users": users, "mine": is_mine}]
    return _with(data, "reactions", [each for each in known if each["count"] > 0])


def _pinned(data: Frame, event: Event, _me: str) -> Frame:
    return _with(data, "pinned", event.data["on"])


def _voted(data: Frame, event: Event, me: str) -> Frame:
    counts, voters = list(event.data["counts"]), event.data["voters"]
    votes: Frame = {**data.get("votes", {}), "counts": counts, "voters": voters}
    # In a secret poll the own choice is not told: it is asked for (`catchup.needs`).
    if event.by == me and event.data.get("options") is not None:
        votes = _with(votes, "mine", list(event.data["options"]))
    return _with(data, "votes", votes if voters else None)


def _with(data: Frame, name: str, value: object) -> Frame:
    """Return *data* with another value, without the name where the value says nothing."""
    rest = {each: data[each] for each in data if each != name}
    return {**rest, name: value} if value else rest


MESSAGE_CHANGES: Mapping[str, Change] = {
    MESSAGE_EDITED: _edited,
    MESSAGE_RECALLED: _recalled,
    "reaction.set": _reacted,
    "pin.set": _pinned,
    POLL_VOTED: _voted,
}
"""What each kind of event about a message makes of it."""


def about(event: Event) -> int | None:
    """Return the `seq` of the message that an event changes; None where it changes none."""
    return event.data.get("seq") if event.kind in MESSAGE_CHANGES else None


def change(message: Event, event: Event, me: str) -> Event:
    """Return a message after an event about it; nothing changes where it shows that already."""
    if event.offset <= message.as_of:
        return message
    data = message.data
    if message.recalled_by is None:
        data = MESSAGE_CHANGES[event.kind](data, event, me)
    return attrs.evolve(message, data=data, as_of=event.offset)


def add_events(events: tuple[Event, ...], new: Iterable[Event], me: str) -> tuple[Event, ...]:
    """Return a log with *new* events after it, each of which changes the message it is about."""
    log = list(events)
    for event in new:
        seq = about(event)
        if seq is not None and (place := _place_of(log, seq)) is not None:
            log[place] = change(log[place], event, me)
        log.append(event)
    return tuple(log)


def settle(messages: Iterable[Event], log: Sequence[Event], me: str) -> list[Event]:
    """Return messages of a page after the events of *log* that came since the page was read."""
    settled = {message.seq: message for message in messages}
    for event in log:
        seq = about(event)
        if seq in settled and seq is not None:
            settled[seq] = change(settled[seq], event, me)
    return list(settled.values())


def replace(log: tuple[Event, ...], messages: Iterable[Event], me: str) -> tuple[Event, ...]:
    """Return a log with messages as they were read later; unknown ones are left out."""
    newer = {message.seq: message for message in settle(messages, log, me)}

    def latest(event: Event) -> Event:
        read = newer.get(event.seq) if event.seq else None
        return read if read and read.as_of >= event.as_of else event

    return tuple(map(latest, log))


def find_message(log: Sequence[Event], seq: int) -> Event | None:
    """Return a message of a log by its number."""
    place = _place_of(log, seq)
    return log[place] if place is not None else None


def _place_of(log: Sequence[Event], seq: int) -> int | None:
    # From the end: what is changed was mostly said not long ago.
    for place in range(len(log) - 1, -1, -1):
        if log[place].seq == seq:
            return place
    return None


def reaction_of(message: Event, emoji: str) -> Mapping[str, Any]:
    """Return what a message has of one emoji; empty where it has none."""
    reactions = message.data.get("reactions", ())
    return next((each for each in reactions if each["emoji"] == emoji), {})
