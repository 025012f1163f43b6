"""Counts of own messages and mentions, for each full block of 1,000 messages."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import sqlite

from parlour.adapters.sql.migrations.exact import exact_collation

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_ID = sa.BINARY(16).with_variant(sqlite.BLOB(), "sqlite")

_EVERYONE = "X'00000000000000000000000000000000'"


def _part(table: str, user: str, counts: str, condition: str) -> str:
    return (
        f"SELECT stored.conversation_id AS room, {user} AS whose, "  # noqa: S608 - constants
        f"(stored.seq - 1 - (stored.seq - 1) % 1000) / 1000 AS block, {counts} "
        f"FROM {table} AS stored JOIN conversations AS heads ON heads.id = stored.conversation_id "
        f"WHERE stored.seq <= heads.last_seq - heads.last_seq % 1000 AND {condition}"
    )


_PARTS = (
    _part("messages", "stored.sender_id", "1 AS sent, 0 AS named, 0 AS to_all", "1 = 1"),
    _part("mentions", "stored.user_id", "0, 1, 0", "stored.user_id <> stored.sender_id"),
    _part("mentions", "stored.sender_id", "0, 0, 1", f"stored.user_id = {_EVERYONE}"),
    _part("messages", _EVERYONE, "0, 0, 0", "stored.seq % 1000 = 0"),
)
_COUNT = (
    "INSERT INTO message_counts "  # noqa: S608 - constants
    "(conversation_id, user_id, block, sent, mentioned, sent_to_everyone) "
    "SELECT room, whose, block, SUM(sent), SUM(named), SUM(to_all) "
    f"FROM ({' UNION ALL '.join(_PARTS)}) AS parts GROUP BY room, whose, block"
)


def upgrade() -> None:
    """Make the table and count the messages that are there.

    A node of the release before may complete a block meanwhile: it is counted with the next one.
    """
    op.create_table(
        "message_counts",
        sa.Column("conversation_id", _ID, nullable=False),
        sa.Column("user_id", _ID, nullable=False),
        sa.Column("block", sa.BigInteger(), nullable=False),
        sa.Column("sent", sa.Integer(), nullable=False),
        sa.Column("mentioned", sa.Integer(), nullable=False),
        sa.Column("sent_to_everyone", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("conversation_id", "user_id", "block"),
        mysql_engine="InnoDB",
        mysql_charset="utf8mb4",
        mysql_collate=exact_collation(op.get_bind()),
        sqlite_with_rowid=False,
        if_not_exists=True,
    )
    op.execute("DELETE FROM message_counts")  # of a run that ended before the version was noted
    op.execute(_COUNT)
