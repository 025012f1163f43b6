"""Messages, who is mentioned in them, earlier contents, and counts."""

from sqlalchemy import Integer, PrimaryKeyConstraint, UniqueConstraint

from parlour.adapters.sql.tables.columns import (
    Bytes,
    Id,
    Json,
    Kind,
    Number,
    Timestamp,
    column,
    table,
)

messages = table(
    "messages",
    column("conversation_id", Id),
    column("seq", Number),
    column("log_offset", Number),
    column("sender_id", Id),
    column("session_id", Id, null=True),
    column("send_key", Id),
    column("at", Timestamp),
    column("kind", Kind),
    column("body", Json),
    column("reply_to", Number, null=True),
    # One byte: 1 if it mentions everyone; then the ids of the other mentioned users.
    column("mentions", Bytes, null=True),
    column("revision", Integer()),
    # Bits: what other tables have about it, and whether it was recalled.
    column("flags", Integer()),
    # What few messages have: when it was edited, who recalled it, where it was forwarded from.
    column("details", Json, null=True),
    PrimaryKeyConstraint("conversation_id", "seq"),
    UniqueConstraint("conversation_id", "sender_id", "send_key", name="messages_by_key"),
)

# One row for each mentioned user; one row with sixteen zero bytes where everyone is mentioned.
mentions = table(
    "mentions",
    column("conversation_id", Id),
    column("user_id", Id),
    column("seq", Number),
    column("sender_id", Id),
    PrimaryKeyConstraint("conversation_id", "user_id", "seq"),
)

# Of each full block of 1,000 messages, what counts of unread messages need: how many a user sent,
# how many messages of others mention them, how many of their own mention everyone. A row under
# sixteen zeros stands for everyone; every block that was counted has one. Recalled messages, which
# nobody counts as unread, are `sent` there and not under their senders.
message_counts = table(
    "message_counts",
    column("conversation_id", Id),
    column("user_id", Id),
    column("block", Number),
    column("sent", Integer()),
    column("mentioned", Integer()),
    column("sent_to_everyone", Integer()),
    PrimaryKeyConstraint("conversation_id", "user_id", "block"),
)

# Earlier contents of messages that were edited.
revisions = table(
    "revisions",
    column("conversation_id", Id, "conversation"),
    column("seq", Number),
    column("revision", Integer()),
    column("at", Timestamp),
    column("kind", Kind),
    column("body", Json),
    PrimaryKeyConstraint("conversation_id", "seq", "revision"),
)
