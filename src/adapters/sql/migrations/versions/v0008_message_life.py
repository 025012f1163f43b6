"""The life of a message: reactions, pins, votes, earlier contents, drafts, hidden messages.

What a message says is kept in the message alone from now on: notifications and private logs lose
their excerpts.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql, sqlite

from parlour.adapters.sql.migrations.exact import exact_collation

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

STEP = 1_000

_ID = sa.BINARY(16).with_variant(sqlite.BLOB(), "sqlite")
_MOMENT = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql")
_JSON = sa.Text().with_variant(mysql.MEDIUMTEXT(), "mysql")
_NUMBER = sa.BigInteger()
_CONVERSATIONS = sa.table("conversations", sa.column("id"), sa.column("joined_seq"))
_MEMBERS = sa.table("members", sa.column("conversation_id"), sa.column("since_seq"))
_NOTIFICATIONS = sa.table("notifications", sa.column("excerpt"))
_EVENTS = sa.table(
    "private_events",
    sa.column("user_id"),
    sa.column("log_offset"),
    sa.column("kind"),
    sa.column("data"),
)


def upgrade() -> None:
    """Make the tables, and add the columns unless that was done before the version was noted.

    New columns are the last ones of their tables and have defaults: InnoDB adds them without
    touching a row, and nodes of the release before add rows without naming them.
    """
    _create_tables()
    no = sa.false()
    _add("messages", sa.Column("flags", sa.Integer(), nullable=False, server_default="0"))
    _add("messages", sa.Column("details", _JSON))
    _add("members", sa.Column("cleared_seq", _NUMBER, nullable=False, server_default="0"))
    _add("members", sa.Column("hides", sa.Boolean(), nullable=False, server_default=no))
    _add("members", sa.Column("has_draft", sa.Boolean(), nullable=False, server_default=no))
    _add("conversations", sa.Column("joined_seq", _NUMBER, nullable=False, server_default="0"))
    # What nodes of the release before wait for is locked last.
    _forget_excerpts_of_events()
    _forget_excerpts_of_notifications()
    _note_who_joined_later()


def _create_tables() -> None:
    emoji, users, options = _bytes(64), _bytes(160), _bytes(255)
    place = (("conversation_id", _ID), ("seq", _NUMBER))
    person, at = ("user_id", _ID), ("at", _MOMENT)
    _create("reactions", 4, *place, ("emoji", emoji), person, at)
    _create(
        "reaction_tallies",
        3,
        *place,
        ("emoji", emoji),
        ("count", sa.Integer()),
        ("users", users),
        ("since", _NUMBER),
    )
    _create("pins", 2, *place, ("by_id", _ID), at, ("log_offset", _NUMBER))
    _create("votes", 3, *place, person, ("options", options))
    _create("vote_tallies", 2, *place, ("counts", _JSON), ("voters", sa.Integer()))
    content = (("kind", sa.String(32)), ("body", _JSON))
    _create("revisions", 3, *place, ("revision", sa.Integer()), at, *content)
    draft = (("text", sa.Text()), ("reply_to", _NUMBER), at)
    _create("drafts", 2, person, ("conversation_id", _ID), *draft)
    _create("hidden_messages", 3, person, *place)


def _create(name: str, key: int, *columns: tuple[str, Any]) -> None:
    """Make a table whose first *key* columns are its primary key."""
    op.create_table(
        name,
        *(sa.Column(each, kind, nullable=each == "reply_to") for each, kind in columns),
        sa.PrimaryKeyConstraint(*(each for each, _ in columns[:key])),
        mysql_engine="InnoDB",
        mysql_charset="utf8mb4",
        mysql_collate=exact_collation(op.get_bind()),
        sqlite_with_rowid=False,
        if_not_exists=True,
    )


def _bytes(most: int) -> sa.types.TypeEngine[Any]:
    return sa.LargeBinary().with_variant(mysql.VARBINARY(most), "mysql")


def _add(table: str, column: sa.Column[Any]) -> None:
    if column.name not in _columns(table):
        op.add_column(table, column)


def _columns(table: str) -> set[str]:
    return {column["name"] for column in sa.inspect(op.get_bind()).get_columns(table)}


def _note_who_joined_later() -> None:
    """Note in each conversation up to which message not every member may see it."""
    connection = op.get_bind()
    later = (
        sa.select(_MEMBERS.c.conversation_id, sa.func.max(_MEMBERS.c.since_seq).label("seq"))
        .where(_MEMBERS.c.since_seq > 0)
        .group_by(_MEMBERS.c.conversation_id)
    )
    noted = (
        sa.update(_CONVERSATIONS)
        .where(_CONVERSATIONS.c.id == sa.bindparam("whose"))
        .values(joined_seq=sa.bindparam("place"))
    )
    rows = [{"whose": row.conversation_id, "place": row.seq} for row in connection.execute(later)]
    if rows:
        connection.execute(noted, rows)


def _forget_excerpts_of_notifications() -> None:
    """Empty the excerpts of notifications; the column stays for nodes of the release before."""
    is_set = _NOTIFICATIONS.c.excerpt != ""
    op.get_bind().execute(sa.update(_NOTIFICATIONS).where(is_set).values(excerpt=""))


def _forget_excerpts_of_events() -> None:
    """Empty the excerpts in private logs; readers fill in what the message says then."""
    connection = op.get_bind()
    changed = (
        sa.update(_EVENTS)
        .where(
            _EVENTS.c.user_id == sa.bindparam("whose"),
            _EVENTS.c.log_offset == sa.bindparam("place"),
        )
        .values(data=sa.bindparam("emptied"))
    )
    for events in _pages(connection):
        rows = [
            {"whose": event.user_id, "place": event.log_offset, "emptied": _emptied(event.data)}
            for event in events
        ]
        if rows:
            connection.execute(changed, rows)


def _pages(connection: sa.Connection) -> Iterator[Sequence[Any]]:
    user, offset = _EVENTS.c.user_id, _EVENTS.c.log_offset
    wanted = (
        sa.select(_EVENTS)
        .where(_EVENTS.c.kind == "notification.added")
        .order_by(user, offset)
        .limit(STEP)
    )
    after = (b"", 0)
    while True:
        beyond = sa.or_(user > after[0], sa.and_(user == after[0], offset > after[1]))
        events = connection.execute(wanted.where(beyond)).all()
        yield events
        if len(events) < STEP:
            return
        after = (events[-1].user_id, events[-1].log_offset)


def _emptied(data: str) -> str:
    said = json.loads(data)
    return json.dumps({**said, "excerpt": ""}, ensure_ascii=False, separators=(",", ":"))
