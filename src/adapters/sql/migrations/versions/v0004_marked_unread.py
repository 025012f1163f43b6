"""Which conversations their members marked as unread."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column, unless that was done before the version was noted."""
    columns = sa.inspect(op.get_bind()).get_columns("members")
    if any(column["name"] == "marked_unread" for column in columns):
        return
    # With a default: nodes of the release before add members without naming it.
    op.add_column(
        "members",
        sa.Column("marked_unread", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
