"""Notifications, subscriptions to pushes, pushes that wait, and keys of the service."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql, sqlite

from parlour.adapters.sql.migrations.exact import exact_collation

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_ID = sa.BINARY(16).with_variant(sqlite.BLOB(), "sqlite")
_DIGEST = sa.BINARY(32).with_variant(sqlite.BLOB(), "sqlite")
_BYTES = sa.LargeBinary().with_variant(mysql.VARBINARY(1024), "mysql")
_MOMENT = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql")


def _column(name: str, kind: sa.types.TypeEngine[Any]) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


def _create(name: str, *parts: Any) -> None:
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
    _create(
        "notifications",
        _column("user_id", _ID),
        _column("conversation_id", _ID),
        _column("seq", sa.BigInteger()),
        _column("number", sa.BigInteger()),
        _column("by_id", _ID),
        _column("reason", sa.String(32)),
        _column("excerpt", sa.String(140)),
        _column("at", _MOMENT),
        _column("is_read", sa.Boolean()),
        sa.PrimaryKeyConstraint("user_id", "conversation_id", "seq"),
        sa.UniqueConstraint("user_id", "number", name="notifications_by_number"),
    )
    _create(
        "push_subscriptions",
        _column("id", _ID),
        _column("user_id", _ID),
        _column("device_id", _ID),
        _column("endpoint", _BYTES),
        _column("digest", _DIGEST),
        _column("p256dh", _BYTES),
        _column("auth", _BYTES),
        _column("preview", sa.Boolean()),
        _column("created_at", _MOMENT),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("user_id", "id", name="push_subscriptions_by_user"),
        sa.UniqueConstraint("digest", name="push_subscriptions_by_digest"),
    )
    _create(
        "push_outbox",
        _column("id", _ID),
        _column("subscription_id", _ID),
        _column("user_id", _ID),
        _column("conversation_id", _ID),
        _column("seq", sa.BigInteger()),
        _column("reason", sa.String(32)),
        _column("tries", sa.Integer()),
        _column("due_at", _MOMENT),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("due_at", "id", name="push_outbox_by_due_at"),
    )
    _create(
        "service_keys",
        _column("name", sa.String(32)),
        _column("value", _BYTES),
        sa.PrimaryKeyConstraint("name"),
    )
