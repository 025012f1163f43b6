"""
The tables as this version of the code expects them; `migrations` creates and upgrades them.

Ids are 16 bytes made by the application. There is no AUTO_INCREMENT and no foreign key between
aggregates, so the tables can be sharded by conversation and by user. Every secondary index is
unique because it ends in the primary key: that costs InnoDB nothing, and one statement creates a
table with all of its indexes and can be repeated after a crash.
"""

from typing import Any

from sqlalchemy import (
    BINARY,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects import mysql, sqlite
from sqlalchemy.types import TypeEngine

from parlour.adapters.sql.row_mapping import FIELD
from parlour.domain.access import DeviceInfo
from parlour.domain.administration import MAX_PLACE
from parlour.domain.conversations import Title
from parlour.domain.messages.model import EXCERPT_LENGTH
from parlour.domain.users import DisplayName, Handle, PresenceChoice
from parlour.domain.users.model import MAX_SEARCH_WORD

WORD_BYTES = MAX_SEARCH_WORD * 4
"""Search words are stored and compared as UTF-8."""

metadata = MetaData()

_Id = BINARY(16).with_variant(sqlite.BLOB(), "sqlite")
_Digest = BINARY(32).with_variant(sqlite.BLOB(), "sqlite")
_Bytes = LargeBinary().with_variant(mysql.VARBINARY(1024), "mysql")
_Word = LargeBinary().with_variant(mysql.VARBINARY(WORD_BYTES), "mysql")
_Timestamp = DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql")
_Json = Text().with_variant(mysql.MEDIUMTEXT(), "mysql")
_Kind = String(32)
_Number = BigInteger()


def _column(
    name: str, kind: TypeEngine[Any], field: str = "", *, null: bool = False
) -> Column[Any]:
    """Declare a column, and the *field* of the value that it holds where that has another name."""
    return Column(name, kind, nullable=null, info={FIELD: field or name})


def _table(name: str, *parts: Column[Any] | PrimaryKeyConstraint | UniqueConstraint) -> Table:
    # WITHOUT ROWID clusters a table by its primary key, as InnoDB does of itself.
    return Table(name, metadata, *parts, mysql_engine="InnoDB", sqlite_with_rowid=False)


users = _table(
    "users",
    _column("id", _Id),
    _column("handle", String(Handle.MAX_LENGTH)),
    _column("display_name", String(DisplayName.MAX_LENGTH)),
    _column("role", _Kind),
    _column("disabled", Boolean()),
    _column("created_at", _Timestamp),
    _column("presence", _Kind, "presence.state"),
    _column("presence_text", String(PresenceChoice.MAX_TEXT), "presence.text", null=True),
    PrimaryKeyConstraint("id"),
    UniqueConstraint("handle", name="users_by_handle"),
)

# Search words of users; disabled users have none. Results are in the order of handles.
user_words = _table(
    "user_words",
    _column("word", _Word),
    _column("user_id", _Id),
    _column("handle", String(Handle.MAX_LENGTH)),
    PrimaryKeyConstraint("word", "user_id"),
    UniqueConstraint("user_id", "word", name="user_words_by_user"),
)

credentials = _table(
    "credentials",
    _column("user_id", _Id, "user"),
    _column("password_hash", String(255)),
    _column("changed_at", _Timestamp),
    PrimaryKeyConstraint("user_id"),
)

devices = _table(
    "devices",
    _column("id", _Id),
    _column("user_id", _Id, "user"),
    _column("name", String(DeviceInfo.MAX_LENGTH), "info.name"),
    _column("platform", String(DeviceInfo.MAX_LENGTH), "info.platform"),
    _column("created_at", _Timestamp),
    _column("last_seen_at", _Timestamp),
    PrimaryKeyConstraint("id"),
    UniqueConstraint("user_id", "id", name="devices_by_user"),
)

tokens = _table(
    "tokens",
    _column("digest", _Digest),
    _column("kind", _Kind),
    _column("device_id", _Id, "device"),
    _column("user_id", _Id, "user"),
    _column("expires_at", _Timestamp),
    _column("used_at", _Timestamp, null=True),
    _column("salt", _Bytes, null=True),
    PrimaryKeyConstraint("digest"),
    UniqueConstraint("device_id", "digest", name="tokens_by_device"),
)

private_logs = _table(
    "private_logs",
    _column("user_id", _Id),
    _column("last_offset", _Number),
    PrimaryKeyConstraint("user_id"),
)

private_events = _table(
    "private_events",
    _column("user_id", _Id),
    _column("log_offset", _Number),
    _column("kind", _Kind),
    _column("at", _Timestamp),
    _column("data", _Json),
    PrimaryKeyConstraint("user_id", "log_offset"),
)

conversations = _table(
    "conversations",
    _column("id", _Id),
    _column("kind", _Kind),
    _column("title", String(Title.MAX_LENGTH), null=True),
    # Both ids of a direct conversation, the lower one first.
    _column("pair", _Digest, null=True),
    _column("members", Integer()),
    _column("last_seq", _Number, "seq"),
    _column("last_offset", _Number, "offset"),
    _column("created_at", _Timestamp),
    _column("changed_at", _Timestamp),
    PrimaryKeyConstraint("id"),
    UniqueConstraint("pair", name="conversations_by_pair"),
)

members = _table(
    "members",
    _column("conversation_id", _Id, "conversation"),
    _column("user_id", _Id, "user"),
    _column("role", _Kind),
    _column("joined_at", _Timestamp),
    _column("since_seq", _Number),
    _column("since_offset", _Number),
    _column("read_seq", _Number, "read"),
    _column("private_read_seq", _Number, "private_read"),
    _column("received_seq", _Number, "received"),
    _column("muted_until", _Timestamp, null=True),
    _column("pinned", Boolean()),
    _column("marked_unread", Boolean()),
    PrimaryKeyConstraint("conversation_id", "user_id"),
    UniqueConstraint("user_id", "conversation_id", name="members_by_user"),
)

conversation_events = _table(
    "conversation_events",
    _column("conversation_id", _Id),
    _column("log_offset", _Number),
    _column("kind", _Kind),
    _column("by_id", _Id),
    _column("at", _Timestamp),
    _column("data", _Json),
    # The seq of the last message before the event: converts offsets to seqs without an index.
    _column("seq", _Number),
    _column("send_key", _Id, null=True),
    _column("session_id", _Id, null=True),
    PrimaryKeyConstraint("conversation_id", "log_offset"),
)

messages = _table(
    "messages",
    _column("conversation_id", _Id),
    _column("seq", _Number),
    _column("log_offset", _Number),
    _column("sender_id", _Id),
    _column("session_id", _Id, null=True),
    _column("send_key", _Id),
    _column("at", _Timestamp),
    _column("kind", _Kind),
    _column("body", _Json),
    _column("reply_to", _Number, null=True),
    # One byte: 1 if it mentions everyone; then the ids of the other mentioned users.
    _column("mentions", _Bytes, null=True),
    _column("revision", Integer()),
    PrimaryKeyConstraint("conversation_id", "seq"),
    UniqueConstraint("conversation_id", "sender_id", "send_key", name="messages_by_key"),
)

# One row for each mentioned user; one row with sixteen zero bytes where everyone is mentioned.
mentions = _table(
    "mentions",
    _column("conversation_id", _Id),
    _column("user_id", _Id),
    _column("seq", _Number),
    _column("sender_id", _Id),
    PrimaryKeyConstraint("conversation_id", "user_id", "seq"),
)

# Of each full block of 1,000 messages, what counts of unread messages need: how many a user sent,
# how many messages of others mention them, how many of their own mention everyone. A row under
# sixteen zeros stands for everyone; every block that was counted has one.
message_counts = _table(
    "message_counts",
    _column("conversation_id", _Id),
    _column("user_id", _Id),
    _column("block", _Number),
    _column("sent", Integer()),
    _column("mentioned", Integer()),
    _column("sent_to_everyone", Integer()),
    PrimaryKeyConstraint("conversation_id", "user_id", "block"),
)

# The audit log: append-only, ordered by id.
audit = _table(
    "audit",
    _column("id", _Id),
    _column("at", _Timestamp),
    # NULL: the operator of the service.
    _column("by_id", _Id, "by", null=True),
    _column("place", String(MAX_PLACE)),
    _column("action", _Kind),
    _column("target_id", _Id, "target", null=True),
    _column("details", _Json),
    PrimaryKeyConstraint("id"),
    UniqueConstraint("action", "id", name="audit_by_action"),
)

# Mentions of users. The number is the offset of the event in the user's private log.
notifications = _table(
    "notifications",
    _column("user_id", _Id, "user"),
    _column("conversation_id", _Id, "conversation"),
    _column("seq", _Number),
    _column("number", _Number),
    _column("by_id", _Id, "by"),
    _column("reason", _Kind),
    _column("excerpt", String(EXCERPT_LENGTH)),
    _column("at", _Timestamp),
    _column("is_read", Boolean(), "read"),
    PrimaryKeyConstraint("user_id", "conversation_id", "seq"),
    UniqueConstraint("user_id", "number", name="notifications_by_number"),
)

# Web Push subscriptions. The digest is that of the endpoint, which is too long for an index.
push_subscriptions = _table(
    "push_subscriptions",
    _column("id", _Id),
    _column("user_id", _Id, "user"),
    _column("device_id", _Id, "device"),
    _column("endpoint", _Bytes),
    _column("digest", _Digest),
    _column("p256dh", _Bytes, "keys.p256dh"),
    _column("auth", _Bytes, "keys.auth"),
    _column("preview", Boolean()),
    _column("created_at", _Timestamp),
    PrimaryKeyConstraint("id"),
    UniqueConstraint("user_id", "id", name="push_subscriptions_by_user"),
    UniqueConstraint("digest", name="push_subscriptions_by_digest"),
)

push_outbox = _table(
    "push_outbox",
    _column("id", _Id),
    _column("subscription_id", _Id, "subscription"),
    _column("user_id", _Id, "user"),
    _column("conversation_id", _Id, "conversation"),
    _column("seq", _Number),
    _column("reason", _Kind),
    _column("tries", Integer()),
    # Taking a lease moves it ahead.
    _column("due_at", _Timestamp),
    PrimaryKeyConstraint("id"),
    UniqueConstraint("due_at", "id", name="push_outbox_by_due_at"),
)

# Keys of the service, the same on all nodes.
service_keys = _table(
    "service_keys",
    _column("name", _Kind),
    _column("value", _Bytes),
    PrimaryKeyConstraint("name"),
)
