"""Notifications, subscriptions to pushes, and pushes that wait."""

from sqlalchemy import Boolean, Integer, PrimaryKeyConstraint, String, UniqueConstraint

from parlour.adapters.sql.tables.columns import (
    Bytes,
    Digest,
    Id,
    Kind,
    Number,
    Timestamp,
    column,
    table,
)
from parlour.domain.messages.model import EXCERPT_LENGTH

# Mentions of users. The number is the offset of the event in the user's private log.
notifications = table(
    "notifications",
    column("user_id", Id, "user"),
    column("conversation_id", Id, "conversation"),
    column("seq", Number),
    column("number", Number),
    column("by_id", Id, "by"),
    column("reason", Kind),
    column("excerpt", String(EXCERPT_LENGTH)),
    column("at", Timestamp),
    column("is_read", Boolean(), "read"),
    PrimaryKeyConstraint("user_id", "conversation_id", "seq"),
    UniqueConstraint("user_id", "number", name="notifications_by_number"),
)

# Web Push subscriptions. The digest is that of the endpoint, which is too long for an index.
push_subscriptions = table(
    "push_subscriptions",
    column("id", Id),
    column("user_id", Id, "user"),
    column("device_id", Id, "device"),
    column("endpoint", Bytes),
    column("digest", Digest),
    column("p256dh", Bytes, "keys.p256dh"),
    column("auth", Bytes, "keys.auth"),
    column("preview", Boolean()),
    column("created_at", Timestamp),
    PrimaryKeyConstraint("id"),
    UniqueConstraint("user_id", "id", name="push_subscriptions_by_user"),
    UniqueConstraint("digest", name="push_subscriptions_by_digest"),
)

push_outbox = table(
    "push_outbox",
    column("id", Id),
    column("subscription_id", Id, "subscription"),
    column("user_id", Id, "user"),
    column("conversation_id", Id, "conversation"),
    column("seq", Number),
    column("reason", Kind),
    column("tries", Integer()),
    # Taking a lease moves it ahead.
    column("due_at", Timestamp),
    PrimaryKeyConstraint("id"),
    UniqueConstraint("due_at", "id", name="push_outbox_by_due_at"),
)
