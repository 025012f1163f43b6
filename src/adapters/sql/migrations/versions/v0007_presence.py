"""Which presence users chose, and their text beside it."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns, unless that was done before the version was noted."""
    known = {column["name"] for column in sa.inspect(op.get_bind()).get_columns("users")}
    # With a default: nodes of the release before add users without naming it.
    if "presence" not in known:
        op.add_column(
            "users",
            sa.Column("presence", sa.String(32), nullable=False, server_default="online"),
        )
    if "presence_text" not in known:
        op.add_column("users", sa.Column("presence_text", sa.String(80)))
