"""Conversations, their members, and the events of their logs."""

from sqlalchemy import Boolean, Integer, PrimaryKeyConstraint, String, UniqueConstraint

from parlour.adapters.sql.tables.columns import (
    Digest,
    Id,
    Json,
    Kind,
    Number,
    Timestamp,
    column,
    table,
)
from parlour.domain.conversations import Title

conversations = table(
    "conversations",
    column("id", Id),
    column("kind", Kind),
    column("title", String(Title.MAX_LENGTH), null=True),
    # Both ids of a direct conversation, the lower one first.
    column("pair", Digest, null=True),
    column("members", Integer()),
    column("last_seq", Number, "seq"),
    column("last_offset", Number, "offset"),
    column("created_at", Timestamp),
    column("changed_at", Timestamp),
    column("joined_seq", Number),
    PrimaryKeyConstraint("id"),
    UniqueConstraint("pair", name="conversations_by_pair"),
)

members = table(
    "members",
    column("conversation_id", Id, "conversation"),
    column("user_id", Id, "user"),
    column("role", Kind),
    column("joined_at", Timestamp),
    column("since_seq", Number),
    column("since_offset", Number),
    column("read_seq", Number, "read"),
    column("private_read_seq", Number, "private_read"),
    column("received_seq", Number, "received"),
    column("muted_until", Timestamp, null=True),
    column("pinned", Boolean()),
    column("marked_unread", Boolean()),
    # What the user does not want to see any more, and whether rows of other tables say so.
    column("cleared_seq", Number),
    column("hides", Boolean()),
    column("has_draft", Boolean()),
    PrimaryKeyConstraint("conversation_id", "user_id"),
    UniqueConstraint("user_id", "conversation_id", name="members_by_user"),
)

conversation_events = table(
    "conversation_events",
    column("conversation_id", Id),
    column("log_offset", Number),
    column("kind", Kind),
    column("by_id", Id),
    column("at", Timestamp),
    column("data", Json),
    # The seq of the last message before the event: converts offsets to seqs without an index.
    column("seq", Number),
    column("send_key", Id, null=True),
    column("session_id", Id, null=True),
    PrimaryKeyConstraint("conversation_id", "log_offset"),
)
