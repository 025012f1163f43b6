"""Users, their devices and tokens, their private logs, and what the service keeps of itself."""

from sqlalchemy import Boolean, PrimaryKeyConstraint, String, UniqueConstraint

from parlour.adapters.sql.tables.columns import (
    Bytes,
    Digest,
    Id,
    Json,
    Kind,
    Number,
    Timestamp,
    binary,
    column,
    table,
)
from parlour.domain.access import DeviceInfo
from parlour.domain.administration import MAX_PLACE
from parlour.domain.users import DisplayName, Handle, PresenceChoice
from parlour.domain.users.model import MAX_SEARCH_WORD

WORD_BYTES = MAX_SEARCH_WORD * 4
"""Search words are stored and compared as UTF-8."""

users = table(
    "users",
    column("id", Id),
    column("handle", String(Handle.MAX_LENGTH)),
    column("display_name", String(DisplayName.MAX_LENGTH)),
    column("role", Kind),
    column("disabled", Boolean()),
    column("created_at", Timestamp),
    column("presence", Kind, "presence.state"),
    column("presence_text", String(PresenceChoice.MAX_TEXT), "presence.text", null=True),
    PrimaryKeyConstraint("id"),
    UniqueConstraint("handle", name="users_by_handle"),
)

# Search words of users; disabled users have none. Results are in the order of handles.
user_words = table(
    "user_words",
    column("word", binary(WORD_BYTES)),
    column("user_id", Id),
    column("handle", String(Handle.MAX_LENGTH)),
    PrimaryKeyConstraint("word", "user_id"),
    UniqueConstraint("user_id", "word", name="user_words_by_user"),
)

credentials = table(
    "credentials",
    column("user_id", Id, "user"),
    column("password_hash", String(255)),
    column("changed_at", Timestamp),
    PrimaryKeyConstraint("user_id"),
)

devices = table(
    "devices",
    column("id", Id),
    column("user_id", Id, "user"),
    column("name", String(DeviceInfo.MAX_LENGTH), "info.name"),
    column("platform", String(DeviceInfo.MAX_LENGTH), "info.platform"),
    column("created_at", Timestamp),
    column("last_seen_at", Timestamp),
    PrimaryKeyConstraint("id"),
    UniqueConstraint("user_id", "id", name="devices_by_user"),
)

tokens = table(
    "tokens",
    column("digest", Digest),
    column("kind", Kind),
    column("device_id", Id, "device"),
    column("user_id", Id, "user"),
    column("expires_at", Timestamp),
    column("used_at", Timestamp, null=True),
    column("salt", Bytes, null=True),
    PrimaryKeyConstraint("digest"),
    UniqueConstraint("device_id", "digest", name="tokens_by_device"),
)

private_logs = table(
    "private_logs",
    column("user_id", Id),
    column("last_offset", Number),
    PrimaryKeyConstraint("user_id"),
)

private_events = table(
    "private_events",
    column("user_id", Id),
    column("log_offset", Number),
    column("kind", Kind),
    column("at", Timestamp),
    column("data", Json),
    PrimaryKeyConstraint("user_id", "log_offset"),
)

# The audit log: append-only, ordered by id.
audit = table(
    "audit",
    column("id", Id),
    column("at", Timestamp),
    # NULL: the operator of the service.
    column("by_id", Id, "by", null=True),
    column("place", String(MAX_PLACE)),
    column("action", Kind),
    column("target_id", Id, "target", null=True),
    column("details", Json),
    PrimaryKeyConstraint("id"),
    UniqueConstraint("action", "id", name="audit_by_action"),
)

# Keys of the service, the same on all nodes.
service_keys = table(
    "service_keys",
    column("name", Kind),
    column("value", Bytes),
    PrimaryKeyConstraint("name"),
)
