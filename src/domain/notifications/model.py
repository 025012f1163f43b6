"""Notifications: what a user is told of beyond the conversation itself, and where to push it."""

import hashlib
import re
from base64 import urlsafe_b64decode
from datetime import datetime
from enum import StrEnum
from typing import NewType
from uuid import UUID

import attrs

from parlour.domain.conversations import Conversation, ConversationKind, Member
from parlour.domain.kernel.errors import Conflict, Invalid
from parlour.domain.kernel.ids import ConversationId, DeviceId, UserId, parse_uuid
from parlour.domain.messages import MAX_NUMBER, Message

MAX_SUBSCRIPTIONS = 20
"""Browsers of one user that are pushed to."""

MAX_KEPT = 500
"""Notifications of one user that are kept, about: the oldest go first."""

MAX_MARKED = 100
"""Notifications that one request marks as read."""

MAX_TRIES = 6
"""A push that fails so often is given up."""

MAX_ENDPOINT = 1024

SubscriptionId = NewType("SubscriptionId", UUID)
PushId = NewType("PushId", UUID)
NotificationKey = tuple[ConversationId, int]
"""Which message a notification is about."""

_ENDPOINT = re.compile(
    r"(?P<scheme>https?)://(?P<host>[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?(/[!-~]*)?"
)
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})


class TooManySubscriptions(Conflict):
    """The user has as many subscriptions as one may have."""

    title = "Too many browsers are subscribed: end one of them first"


class Reason(StrEnum):
    """Why somebody is told."""

    MENTION = "mention"
    MESSAGE = "message"


@attrs.frozen(kw_only=True)
class Notification:
    """Somebody was mentioned. `number` is the offset of its event in the user's private log."""

    user: UserId
    conversation: ConversationId
    seq: int
    number: int
    by: UserId
    reason: Reason
    excerpt: str
    at: datetime
    read: bool = False

    @property
    def key(self) -> NotificationKey:
        """Which message it is about."""
        return self.conversation, self.seq

    @property
    def id(self) -> str:
        """The name of the notification among those of its user."""
        return f"{self.conversation}/{self.seq}"


def parse_key(raw: str) -> NotificationKey:
    """Read the id of a notification; raise `Invalid` for anything else."""
    conversation, _, seq = raw.partition("/")
    if not (seq.isascii() and seq.isdigit() and len(seq) <= 16 and int(seq) <= MAX_NUMBER):
        raise Invalid("is not a notification", field="ids")
    return ConversationId(parse_uuid(conversation, "ids")), int(seq)


@attrs.frozen
class PushKeys:
    """What a browser gave to encrypt for it (RFC 8291): a point of P-256 and a secret."""

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

    *allow_plain* lets http on this machine pass, for tests.
    """
    found = _ENDPOINT.fullmatch(raw) if len(raw) <= MAX_ENDPOINT else None
    if found is None or (
        found["scheme"] != "https" and not (allow_plain and found["host"] in _LOOPBACK)
    ):
        raise Invalid("must be an https URL of a push service", field="endpoint")
    return raw


@attrs.frozen(kw_only=True)
class Subscription:
    """A browser that wants to be pushed to, on the device of a user.

    `preview` says that a push may tell who wrote what; without it, it tells only where.
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
        """What finds the endpoint: a browser belongs to whoever subscribed last."""
        return digest_of(self.endpoint)


def digest_of(endpoint: str) -> bytes:
    """Return the 32 bytes that stand for an endpoint."""
    return hashlib.sha256(endpoint.encode()).digest()


@attrs.frozen(kw_only=True)
class Push:
    """A push that waits until `due_at`; whoever works on it moves that ahead, as a lease."""

    id: PushId
    subscription: SubscriptionId
    user: UserId
    conversation: ConversationId
    seq: int
    reason: Reason
    tries: int
    due_at: datetime


def reason_for(
    message: Message, conversation: Conversation, member: Member, now: datetime
) -> Reason | None:
    """Tell why *member* is told of *message*, None where they are not.

    Mentions tell; in a direct conversation every message does. Nobody is told of what they said
    themselves, of what they have read, of what came before them, or where they muted.
    """
    if member.user == message.sender or message.seq <= member.read_up_to:
        return None
    if member.muted_until is not None and member.muted_until > now:
        return None
    if message.content.mentions_all or member.user in message.content.mentions:
        return Reason.MENTION
    return Reason.MESSAGE if conversation.kind is ConversationKind.DIRECT else None
