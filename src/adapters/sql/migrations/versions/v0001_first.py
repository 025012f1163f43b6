"""The first tables.

Every statement makes a whole table with its indexes, and only where it is missing: MySQL cannot
take such statements back, so a migration that was cut off is simply run again.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql, sqlite

from parlour.adapters.sql.migrations.exact import exact_collation

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_ID = sa.BINARY(16).with_variant(sqlite.BLOB(), "sqlite")
_DIGEST = sa.BINARY(32).with_variant(sqlite.BLOB(), "sqlite")
_BYTES = sa.LargeBinary().with_variant(mysql.VARBINARY(1024), "mysql")
_WORD = sa.LargeBinary().with_variant(mysql.VARBINARY(256), "mysql")
_MOMENT = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql")
_JSON = sa.Text().with_variant(mysql.MEDIUMTEXT(), "mysql")
_KIND = sa.String(32)
_NUMBER = sa.BigInteger()


def _column(name: str, kind: sa.types.TypeEngine[Any], *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=null)


def _create(name: str, *parts: sa.schema.SchemaItem) -> None:
    op.create_table(
        name,
        *parts,
        mysql_engine="InnoDB",
        mysql_charset="utf8mb4",
        mysql_collate=exact_collation(op.get_bind()),
        sqlite_with_rowid=False,
        if_not_exists=True,
    )


def upgrade() -> None:
    """Make the tables."""
    _make_people()
    _make_devices()
    _make_private()
    _make_conversations()
    _make_messages()


def _make_people() -> None:
    _create(
        "users",
        _column("id", _ID),
        _column("handle", sa.String(32)),
        _column("display_name", sa.String(64)),
        _column("role", _KIND),
        _column("disabled", sa.Boolean()),
        _column("created_at", _MOMENT),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("handle", name="users_by_handle"),
    )
    _create(
        "user_words",
        _column("word", _WORD),
        _column("user_id", _ID),
        _column("handle", sa.String(32)),
        sa.PrimaryKeyConstraint("word", "user_id"),
        sa.UniqueConstraint("user_id", "word", name="user_words_by_user"),
    )
    _create(
        "credentials",
        _column("user_id", _ID),
        _column("password_hash", sa.String(255)),
        _column("changed_at", _MOMENT),
        sa.PrimaryKeyConstraint("user_id"),
    )


def _make_devices() -> None:
    _create(
        "devices",
        _column("id", _ID),
        _column("user_id", _ID),
        _column("name", sa.String(64)),
        _column("platform", sa.String(64)),
        _column("created_at", _MOMENT),
        _column("last_seen_at", _MOMENT),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("user_id", "id", name="devices_by_user"),
    )
    _create(
        "tokens",
        _column("digest", _DIGEST),
        _column("kind", _KIND),
        _column("device_id", _ID),
        _column("user_id", _ID),
        _column("expires_at", _MOMENT),
        _column("used_at", _MOMENT, null=True),
        _column("salt", _BYTES, null=True),
        sa.PrimaryKeyConstraint("digest"),
        sa.UniqueConstraint("device_id", "digest", name="tokens_by_device"),
    )


def _make_private() -> None:
    _create(
        "private_logs",
        _column("user_id", _ID),
        _column("last_offset", _NUMBER),
        sa.PrimaryKeyConstraint("user_id"),
    )
    _create(
        "private_events",
        _column("user_id", _ID),
        _column("log_offset", _NUMBER),
        _column("kind", _KIND),
        _column("at", _MOMENT),
        _column("data", _JSON),
        sa.PrimaryKeyConstraint("user_id", "log_offset"),
    )


def _make_conversations() -> None:
    _create(
        "conversations",
        _column("id", _ID),
        _column("kind", _KIND),
        _column("title", sa.String(128), null=True),
        _column("pair", _DIGEST, null=True),
        _column("members", sa.Integer()),
        _column("last_seq", _NUMBER),
        _column("last_offset", _NUMBER),
        _column("created_at", _MOMENT),
        _column("changed_at", _MOMENT),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("pair", name="conversations_by_pair"),
    )
    _create(
        "members",
        _column("conversation_id", _ID),
        _column("user_id", _ID),
        _column("role", _KIND),
        _column("joined_at", _MOMENT),
        _column("since_seq", _NUMBER),
        _column("since_offset", _NUMBER),
        _column("read_seq", _NUMBER),
        _column("private_read_seq", _NUMBER),
        _column("received_seq", _NUMBER),
        _column("muted_until", _MOMENT, null=True),
        _column("pinned", sa.Boolean()),
        sa.PrimaryKeyConstraint("conversation_id", "user_id"),
        sa.UniqueConstraint("user_id", "conversation_id", name="members_by_user"),
    )
    _create(
        "conversation_events",
        _column("conversation_id", _ID),
        _column("log_offset", _NUMBER),
        _column("kind", _KIND),
        _column("by_id", _ID),
        _column("at", _MOMENT),
        _column("data", _JSON),
        _column("seq", _NUMBER),
        _column("send_key", _ID, null=True),
        _column("session_id", _ID, null=True),
        sa.PrimaryKeyConstraint("conversation_id", "log_offset"),
    )


def _make_messages() -> None:
    _create(
        "messages",
        _column("conversation_id", _ID),
        _column("seq", _NUMBER),
        _column("log_offset", _NUMBER),
        _column("sender_id", _ID),
        _column("session_id", _ID, null=True),
        _column("send_key", _ID),
        _column("at", _MOMENT),
        _column("kind", _KIND),
        _column("body", _JSON),
        _column("reply_to", _NUMBER, null=True),
        _column("mentions", _BYTES, null=True),
        _column("revision", sa.Integer()),
        sa.PrimaryKeyConstraint("conversation_id", "seq"),
        sa.UniqueConstraint("conversation_id", "sender_id", "send_key", name="messages_by_key"),
    )
    _create(
        "mentions",
        _column("conversation_id", _ID),
        _column("user_id", _ID),
        _column("seq", _NUMBER),
        _column("sender_id", _ID),
        sa.PrimaryKeyConstraint("conversation_id", "user_id", "seq"),
    )
