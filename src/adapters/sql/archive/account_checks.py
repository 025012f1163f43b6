"""Checks rows that only backups have: passwords, devices, tokens, audit, notifications, pushes.

Every check is one that the service made before it stored such a row. Rows that may outlive what
they belong to, such as a subscription whose device was logged out, are not checked for that.
"""

from base64 import urlsafe_b64encode
from functools import singledispatchmethod
from typing import Any
from uuid import UUID

from parlour.adapters.sql.archive.accepting import check_json, clean_fields, is_unseen
from parlour.adapters.sql.archive.consistency import Consistency, WrongLine
from parlour.domain.access import Credentials, Device, DeviceInfo, Token, TokenKind
from parlour.domain.administration import MAX_PLACE, AuditEntry
from parlour.domain.kernel.errors import DomainError, Invalid
from parlour.domain.messages.model import EXCERPT_LENGTH
from parlour.domain.notifications import Notification, Push, PushKeys, Subscription, parse_endpoint
from parlour.domain.notifications.model import MAX_TRIES

_DIGEST = 32
_MAX_SALT = 64
_MAX_HASH = 255
_MAX_ACTION = 32


class AccountChecks:
    """Takes values one by one; what they name must exist in *consistency* at its end."""

    def __init__(self, consistency: Consistency) -> None:
        self._consistency = consistency
        self._owners: dict[UUID, UUID] = {}
        """The user of each device and of each token's device."""

    def take(self, value: Any, line: int) -> None:
        """Raise `WrongLine` where the domain would not have made *value*."""
        try:
            clean_fields(value, lambda _what: None)
            self._take(value, line)
        except DomainError as problem:
            raise WrongLine(line, str(problem)) from None

    @singledispatchmethod
    def _take(self, value: Any, line: int) -> None:
        raise TypeError(f"{value.__class__} is not checked: line {line}")

    @_take.register
    def _(self, credentials: Credentials, line: int) -> None:
        text = credentials.password_hash
        if not (0 < len(text) <= _MAX_HASH and text.isascii() and text.isprintable()):
            raise Invalid("is not the hash of a password", field="password_hash")
        self._consistency.name_users(line, credentials.user)

    @_take.register
    def _(self, device: Device, line: int) -> None:
        for text in (device.info.name, device.info.platform):
            try:
                DeviceInfo.parse(text, "")
            except Invalid:
                if len(text) > DeviceInfo.MAX_LENGTH or not is_unseen(text):
                    raise
        self._own(device.id, device.user)
        self._consistency.name_users(line, device.user)

    @_take.register
    def _(self, token: Token, line: int) -> None:
        if len(token.digest) != _DIGEST:
            raise Invalid(f"must have {_DIGEST} bytes", field="digest")
        if token.salt is not None and not 0 < len(token.salt) <= _MAX_SALT:
            raise Invalid(f"must have 1 to {_MAX_SALT} bytes", field="salt")
        if token.kind is TokenKind.ACCESS and token.used_at is not None:
            raise Invalid("is only of a refresh token", field="used_at")
        self._own(token.device, token.user)
        self._consistency.name_users(line, token.user)

    @_take.register
    def _(self, entry: AuditEntry, line: int) -> None:
        if len(entry.place) > MAX_PLACE or not 0 < len(entry.action) <= _MAX_ACTION:
            raise Invalid("an entry of the audit log is too long or names no action")
        if not isinstance(entry.details, dict):
            raise Invalid("must be an object", field="details")
        check_json([entry.place, entry.action, entry.details])
        if entry.by is not None:
            self._consistency.name_users(line, entry.by)

    @_take.register
    def _(self, notification: Notification, line: int) -> None:
        if len(notification.excerpt) > EXCERPT_LENGTH:
            raise Invalid(f"must have at most {EXCERPT_LENGTH} characters", field="excerpt")
        check_json(notification.excerpt)
        self._consistency.name_users(line, notification.user, notification.by)
        self._consistency.name_message(line, notification.conversation, notification.seq)

    @_take.register
    def _(self, subscription: Subscription, line: int) -> None:
        parse_endpoint(subscription.endpoint, allow_plain=True)
        keys = subscription.keys
        PushKeys.parse(*(urlsafe_b64encode(each).decode() for each in (keys.p256dh, keys.auth)))
        self._consistency.name_users(line, subscription.user)

    @_take.register
    def _(self, push: Push, line: int) -> None:
        if push.tries > MAX_TRIES:
            raise Invalid(f"must be at most {MAX_TRIES}", field="tries")
        self._consistency.name_users(line, push.user)
        self._consistency.name_message(line, push.conversation, push.seq)

    def _own(self, device: UUID, user: UUID) -> None:
        if self._owners.setdefault(device, user) != user:
            raise Invalid(f"the device {device} belongs to another user")
