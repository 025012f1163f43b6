"""Finds damaged logs in a database that is being served, and mends what needs no invention.

Each finding comes from one statement, which sees one moment: a service that writes meanwhile is
never taken for damage.
"""

from collections.abc import Iterator
from typing import Any

import attrs
from sqlalchemy import Connection, Engine, FromClause, Select, func, or_, select, update

from parlour.adapters.sql.tables import (
    conversation_events,
    conversations,
    members,
    messages,
    pins,
    private_events,
    private_logs,
    reaction_tallies,
    reactions,
    revisions,
    vote_tallies,
    votes,
)
from parlour.adapters.sql.values import uuid

PAGE = 200
"""Logs that one statement looks at: locks and snapshots stay short."""

_MARKS = {
    "read_seq": conversations.c.last_seq,
    "private_read_seq": conversations.c.last_seq,
    "received_seq": conversations.c.last_seq,
    "since_seq": conversations.c.last_seq,
    "cleared_seq": conversations.c.last_seq,
    "since_offset": conversations.c.last_offset,
}
"""The columns of a member that must not be beyond a column of the conversation."""


_OF_CONVERSATIONS = (
    members,
    messages,
    conversation_events,
    revisions,
    reactions,
    reaction_tallies,
    pins,
    votes,
    vote_tallies,
)


@attrs.frozen
class Finding:
    """One damage, with the id of its conversation or user; `is_mendable` says what repair does."""

    subject: str
    text: str
    is_mendable: bool = False


def check_logs(engine: Engine) -> Iterator[Finding]:
    """Yield the damage of all logs: heads, holes, marks beyond the end, rows without their log."""
    with engine.connect() as connection:
        yield from _conversations(connection)
        yield from _private_logs(connection)
        yield from _marks(connection)
        yield from _joins(connection)
        yield from _orphans(connection)


def repair_logs(engine: Engine) -> int:
    """Move heads up to the end of their logs and marks down to the heads; return how many rows.

    Lost events are not invented, and no head is moved down: clients may have seen its number.
    """
    with engine.begin() as connection:
        changed = 0
        for log, head, events, end in (
            (conversations, "last_seq", messages, "seq"),
            (conversations, "last_offset", messages, "log_offset"),
            (conversations, "last_offset", conversation_events, "log_offset"),
            (private_logs, "last_offset", private_events, "log_offset"),
        ):
            last = _of_log(log, events, func.max(events.c[end]))
            moved = update(log).where(log.c[head] < last).values({head: last})
            changed += connection.execute(moved).rowcount
        for mark, head_column in _MARKS.items():
            last = (
                select(head_column)
                .where(conversations.c.id == members.c.conversation_id)
                .scalar_subquery()
            )
            moved = update(members).where(members.c[mark] > last).values({mark: last})
            changed += connection.execute(moved).rowcount
        latest = _of_log(conversations, members, func.max(members.c.since_seq))
        joined = update(conversations).where(conversations.c.joined_seq < latest)
        return changed + connection.execute(joined.values(joined_seq=latest)).rowcount


def _conversations(connection: Connection) -> Iterator[Finding]:
    query = select(
        conversations.c.id,
        conversations.c.last_seq,
        conversations.c.last_offset,
        _of_log(conversations, messages, func.count()),
        _of_log(conversations, messages, func.max(messages.c.seq)),
        _of_log(conversations, messages, func.max(messages.c.log_offset)),
        _of_log(conversations, conversation_events, func.count()),
        _of_log(conversations, conversation_events, func.max(conversation_events.c.log_offset)),
    )
    for row in _pages(connection, query, conversations.c.id):
        id_, seq, offset, sent, last_seq, last_sent, events, last_event = (
            value or 0 for value in row
        )
        subject = f"conversation {uuid(id_)}"
        last_offset = max(last_sent, last_event)
        if last_seq > seq or last_offset > offset:
            text = f"head at seq {seq}, offset {offset}; log up to {last_seq}, {last_offset}"
            yield Finding(subject, text, is_mendable=True)
        if lost := max(offset, last_offset) - sent - events:
            yield Finding(subject, f"{lost} events are missing or there twice")
        elif lost := max(seq, last_seq) - sent:
            yield Finding(subject, f"{lost} seqs are missing")


def _private_logs(connection: Connection) -> Iterator[Finding]:
    query = select(
        private_logs.c.user_id,
        private_logs.c.last_offset,
        _of_log(private_logs, private_events, func.count()),
        _of_log(private_logs, private_events, func.max(private_events.c.log_offset)),
    )
    for id_, offset, events, last in _pages(connection, query, private_logs.c.user_id):
        subject = f"private log of user {uuid(id_)}"
        end = last or 0
        if end > offset:
            yield Finding(subject, f"head at offset {offset}, log up to {end}", is_mendable=True)
        if lost := max(offset, end) - events:
            yield Finding(subject, f"{lost} events are missing")


def _marks(connection: Connection) -> Iterator[Finding]:
    beyond = or_(*(members.c[mark] > head for mark, head in _MARKS.items()))
    query = (
        select(members.c.conversation_id, func.count())
        .join(conversations, conversations.c.id == members.c.conversation_id)
        .where(beyond)
        .group_by(members.c.conversation_id)
    )
    for id_, count in connection.execute(query):
        text = f"{count} members have marks beyond the end"
        yield Finding(f"conversation {uuid(id_)}", text, is_mendable=True)


def _joins(connection: Connection) -> Iterator[Finding]:
    """Find conversations whose `joined_seq` is below where a member begins to see messages.

    A release that did not know the column may have added the member during an upgrade.
    """
    query = (
        select(members.c.conversation_id, func.count())
        .join(conversations, conversations.c.id == members.c.conversation_id)
        .where(members.c.since_seq > conversations.c.joined_seq)
        .group_by(members.c.conversation_id)
    )
    for id_, count in connection.execute(query):
        text = f"{count} members joined later than it says"
        yield Finding(f"conversation {uuid(id_)}", text, is_mendable=True)


def _orphans(connection: Connection) -> Iterator[Finding]:
    for table in _OF_CONVERSATIONS:
        owner = table.c.conversation_id
        query = (
            select(owner, func.count())
            .outerjoin(conversations, conversations.c.id == owner)
            .where(conversations.c.id.is_(None))
            .group_by(owner)
        )
        for id_, count in connection.execute(query):
            text = f"does not exist, and has {count} rows in {table.name}"
            yield Finding(f"conversation {uuid(id_)}", text)


def _of_log(log: FromClause, events: FromClause, value: Any) -> Any:
    """Return *value* over the *events* of each row of *log*."""
    key = next(iter(log.primary_key))
    owner = events.c[0]
    return select(value).select_from(events).where(owner == key).correlate(log).scalar_subquery()


def _pages(connection: Connection, query: Select[Any], key: Any) -> Iterator[Any]:
    """Yield the rows of *query* in the order of *key*, a few a statement."""
    after = b""
    while True:
        page = connection.execute(query.where(key > after).order_by(key).limit(PAGE)).fetchall()
        connection.rollback()  # the next page sees a new moment
        yield from page
        if len(page) < PAGE:
            return
        after = page[-1][0]
