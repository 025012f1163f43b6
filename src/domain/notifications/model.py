"""Notifications, push subscriptions and queued pushes."""

import hashlib
import re
from base64 import urlsafe_b64decode
from datetime import datetime
from enum import StrEnum
from typing import NewType
from uuid import UUID

import attrs

from parlour.domain.kernel.errors import Conflict, Invalid
from parlour.domain.kernel.ids import ConversationId, DeviceId, UserId, parse_uuid
from parlour.domain.messages import MAX_NUMBER

MAX_SUBSCRIPTIONS = 20
"""Push subscriptions of one user."""

MAX_KEPT = 500
"""Notifications of one user that are kept, roughly; the oldest are deleted first."""

MAX_MARKED = 100
"""Notifications that one request may mark as read."""

MAX_TRIES = 6
"""Attempts to deliver a push before it is dropped."""

MAX_ENDPOINT = 1024

SubscriptionId = NewType("SubscriptionId", UUID)
PushId = NewType("PushId", UUID)
NotificationKey = tuple[ConversationId, int]
"""The message that a notification is about: conversation and seq."""

_ENDPOINT = re.compile(
    r"(?P<scheme>https?)://(?P<host>[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?(/[!-~]*)?"
)
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})


class TooManySubscriptions(Conflict):
    """The user has the maximum number of subscriptions."""

    title = "Too many browsers are subscribed: end one of them first"


class Reason(StrEnum):
    """Why a user is notified."""

    MENTION = "mention"
    MESSAGE = "message"


@attrs.frozen(kw_only=True)
class Notification:
    """A user was mentioned. `number` is the offset of the event in the user's private log.

    The excerpt is not stored: whoever shows the notification reads it from the message.
    """

    user: UserId
    conversation: ConversationId
    seq: int
    number: int
    by: UserId
    reason: Reason
    excerpt: str = ""
    at: datetime
    read: bool = False

    @property
    def key(self) -> NotificationKey:
        """The message that it is about."""
        return self.conversation, self.seq

    @property
    def id(self) -> str:
        """The id of the notification, unique for its user."""
        return id_of(self.key)


def id_of(key: NotificationKey) -> str:
    """Return the id of a user's notification about a message."""
    conversation, seq = key
    return f"{conversation}/{seq}"


def parse_key(raw: str) -> NotificationKey:
    """Read the id of a notification; raise `Invalid` for anything else."""
    conversation, _, seq = raw.partition("/")
    if not (seq.isascii() and seq.isdigit() and len(seq) <= 16 and int(seq) <= MAX_NUMBER):
        raise Invalid("is not a notification", field="ids")
    return ConversationId(parse_uuid(conversation, "ids")), int(seq)


@attrs.frozen
class PushKeys:
    """The keys of a browser (RFC 8291): its public key on P-256 and a shared secret."""

    p256dh: bytes
    auth: bytes

    @classmethod
    def parse(cls, p256dh: str, auth: str) -> "PushKeys":
        """Read both in base64url; raise `Invalid` where their lengths are wrong."""
        point, secret = _octets(p256dh, "keys.p256dh"), _octets(auth, "keys.auth")
        if len(point) != 65 or point[0] != 4:
            raise Invalid("is not an uncompressed point of P-256", field="keys.p256dh")
        if len(secret) != 16:
            raise Invalid("must have 16 bytes", field="keys.auth")
        return cls(point, secret)


def _octets(raw: str, field: str) -> bytes:
    try:
        text = raw.rstrip("=").encode("ascii")
        return urlsafe_b64decode(text + b"=" * (-len(text) % 4)) if len(text) <= 128 else b""
    except ValueError:
        raise Invalid("is not base64url", field=field) from None


def parse_endpoint(raw: str, *, allow_plain: bool = False) -> str:
    """Read the address of a push service; raise `Invalid` where it is not an https URL.

    *allow_plain* also accepts http on this machine, for tests.
    """
    found = _ENDPOINT.fullmatch(raw) if len(raw) <= MAX_ENDPOINT else None
    if found is None or (
        found["scheme"] != "https" and not (allow_plain and found["host"] in _LOOPBACK)
    ):
        raise Invalid("must be an https URL of a push service", field="endpoint")
    return raw


@attrs.frozen(kw_only=True)
class Subscription:
    """A push subscription of a browser, on a device of a user.

    With `preview` a push contains the author and the text of the message, otherwise only its
    conversation and number.
    """

    id: SubscriptionId
    user: UserId
    device: DeviceId
    endpoint: str
    keys: PushKeys
    preview: bool
    created_at: datetime

    @property
    def digest(self) -> bytes:
        """The hash by which the endpoint is found; it belongs to the user who subscribed last."""
        return digest_of(self.endpoint)


def digest_of(endpoint: str) -> bytes:
    """Return the SHA-256 of an endpoint."""
    return hashlib.sha256(endpoint.encode()).digest()


@attrs.frozen(kw_only=True)
class Push:
    """A queued push, due at `due_at`; a worker that takes it moves that ahead, as a lease."""

    id: PushId
    subscription: SubscriptionId
    user: UserId
    conversation: ConversationId
    seq: int
    reason: Reason
    tries: int
    due_at: datetime
