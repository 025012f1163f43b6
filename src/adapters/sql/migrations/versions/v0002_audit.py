"""The audit log: who did what to the service, when, and from where."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql, sqlite

from parlour.adapters.sql.migrations.exact import exact_collation

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_ID = sa.BINARY(16).with_variant(sqlite.BLOB(), "sqlite")
_MOMENT = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql")
_JSON = sa.Text().with_variant(mysql.MEDIUMTEXT(), "mysql")


def _column(name: str, kind: sa.types.TypeEngine[Any], *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=null)


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "audit",
        _column("id", _ID),
        _column("at", _MOMENT),
        _column("by_id", _ID, null=True),
        _column("place", sa.String(128)),
        _column("action", sa.String(32)),
        _column("target_id", _ID, null=True),
        _column("details", _JSON),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("action", "id", name="audit_by_action"),
        mysql_engine="InnoDB",
        mysql_charset="utf8mb4",
        mysql_collate=exact_collation(op.get_bind()),
        sqlite_with_rowid=False,
        if_not_exists=True,
    )
