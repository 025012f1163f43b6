"""
The tables as this version of the code expects them; `migrations` creates and upgrades them.

Ids are 16 bytes made by the application. There is no AUTO_INCREMENT and no foreign key between
aggregates, so the tables can be sharded by conversation and by user. Every secondary index is
unique because it ends in the primary key: that costs InnoDB nothing, and one statement creates a
table with all of its indexes and can be repeated after a crash.
"""

from parlour.adapters.sql.tables.accounts import (
    audit,
    credentials,
    devices,
    private_events,
    private_logs,
    service_keys,
    tokens,
    user_words,
    users,
)
from parlour.adapters.sql.tables.columns import metadata
from parlour.adapters.sql.tables.conversations import conversation_events, conversations, members
from parlour.adapters.sql.tables.message_life import (
    drafts,
    hidden_messages,
    pins,
    reaction_tallies,
    reactions,
    vote_tallies,
    votes,
)
from parlour.adapters.sql.tables.messages import mentions, message_counts, messages, revisions
from parlour.adapters.sql.tables.notifications import (
    notifications,
    push_outbox,
    push_subscriptions,
)

__all__ = [
    "audit",
    "conversation_events",
    "conversations",
    "credentials",
    "devices",
    "drafts",
    "hidden_messages",
    "members",
    "mentions",
    "message_counts",
    "messages",
    "metadata",
    "notifications",
    "pins",
    "private_events",
    "private_logs",
    "push_outbox",
    "push_subscriptions",
    "reaction_tallies",
    "reactions",
    "revisions",
    "service_keys",
    "tokens",
    "user_words",
    "users",
    "vote_tallies",
    "votes",
]
