"""What users do to messages: reactions, pins, votes, drafts, and messages that they hide."""

from sqlalchemy import Integer, PrimaryKeyConstraint, Text

from parlour.adapters.sql.tables.columns import Id, Json, Number, Timestamp, binary, column, table
from parlour.domain.messages.emoji import MAX_BYTES
from parlour.domain.messages.life import MAX_NAMED

_Emoji = binary(MAX_BYTES)

reactions = table(
    "reactions",
    column("conversation_id", Id, "conversation"),
    column("seq", Number),
    column("emoji", _Emoji),
    column("user_id", Id, "user"),
    column("at", Timestamp),
    PrimaryKeyConstraint("conversation_id", "seq", "emoji", "user_id"),
)

# How many there are, and the ids of the first users: a page reads no more of reactions.
reaction_tallies = table(
    "reaction_tallies",
    column("conversation_id", Id, "conversation"),
    column("seq", Number),
    column("emoji", _Emoji),
    column("count", Integer()),
    column("users", binary(16 * MAX_NAMED)),
    column("since", Number),
    PrimaryKeyConstraint("conversation_id", "seq", "emoji"),
)

pins = table(
    "pins",
    column("conversation_id", Id, "conversation"),
    column("seq", Number),
    column("by_id", Id, "by"),
    column("at", Timestamp),
    column("log_offset", Number, "offset"),
    PrimaryKeyConstraint("conversation_id", "seq"),
)

# Options of a poll, one byte each.
votes = table(
    "votes",
    column("conversation_id", Id),
    column("seq", Number),
    column("user_id", Id),
    column("options", binary(255)),
    PrimaryKeyConstraint("conversation_id", "seq", "user_id"),
)

vote_tallies = table(
    "vote_tallies",
    column("conversation_id", Id, "conversation"),
    column("seq", Number),
    column("counts", Json),
    column("voters", Integer()),
    PrimaryKeyConstraint("conversation_id", "seq"),
)

drafts = table(
    "drafts",
    column("user_id", Id, "user"),
    column("conversation_id", Id, "conversation"),
    column("text", Text()),
    column("reply_to", Number, null=True),
    column("at", Timestamp),
    PrimaryKeyConstraint("user_id", "conversation_id"),
)

# Messages that one user does not see any more.
hidden_messages = table(
    "hidden_messages",
    column("user_id", Id),
    column("conversation_id", Id),
    column("seq", Number),
    PrimaryKeyConstraint("user_id", "conversation_id", "seq"),
)
