"""How a user proves who they are: credentials, devices, and tokens that rotate.

A device is one log-in; its tokens form one family. An access token lives for minutes, a refresh
token is used once and replaced. A refresh token that comes back after its successor was in use is
stolen or leaked, and ends the device (OAuth 2.0 Security BCP, RFC 9700 section 4.14).
"""

from datetime import datetime, timedelta
from enum import StrEnum

import attrs

from parlour.domain.kernel.errors import Forbidden, Unauthenticated
from parlour.domain.kernel.ids import DeviceId, UserId
from parlour.domain.kernel.text import clean_line
from parlour.domain.users import User, UserRole


class TokenExpired(Unauthenticated):
    """The token was good and its time is over: refresh, or log in again."""

    code = "token_expired"
    title = "The token has expired"


class WrongCredentials(Unauthenticated):
    """The handle and the password do not belong together; which of them is wrong stays unsaid."""

    title = "Handle or password is wrong"


class RegistrationClosed(Forbidden):
    """Accounts are made by the operator here."""

    title = "Registration is closed"


@attrs.frozen(kw_only=True, repr=False)
class Credentials:
    """What is kept to check a user's password."""

    user: UserId
    password_hash: str
    changed_at: datetime


@attrs.frozen
class DeviceInfo:
    """What a client says of itself when it logs in."""

    MAX_LENGTH = 64

    name: str = ""
    platform: str = ""

    @classmethod
    def parse(cls, name: str | None, platform: str | None) -> "DeviceInfo":
        """Read what a client says; raise `Invalid` for what cannot be shown."""

        def line(raw: str | None, field: str) -> str:
            return clean_line(raw, most=cls.MAX_LENGTH, field=field) if raw else ""

        return cls(line(name, "device.name"), line(platform, "device.platform"))


@attrs.frozen(kw_only=True)
class Device:
    """One log-in of one user."""

    id: DeviceId
    user: UserId
    info: DeviceInfo
    created_at: datetime
    last_seen_at: datetime


class TokenKind(StrEnum):
    """What a token is good for."""

    ACCESS = "access"
    REFRESH = "refresh"


@attrs.frozen(kw_only=True)
class Token:
    """What is kept of a token: its digest, never the token itself.

    A refresh token that was used remembers when, and the `salt` from which its successor follows
    for whoever still holds the used one; so a refresh whose answer was lost can be repeated.
    """

    digest: bytes
    kind: TokenKind
    device: DeviceId
    user: UserId
    expires_at: datetime
    used_at: datetime | None = None
    salt: bytes | None = None


@attrs.frozen
class Bearer:
    """A token that its holder may use, for its kind and its time, and the holder's role."""

    token: Token
    role: UserRole


@attrs.frozen(kw_only=True)
class Lifetimes:
    """How long tokens live, and how long a refresh may be repeated."""

    access: timedelta = timedelta(minutes=15)
    refresh: timedelta = timedelta(days=30)
    grace: timedelta = timedelta(seconds=10)


@attrs.frozen(kw_only=True, repr=False)
class Grant:
    """What a successful log-in or refresh hands to the client."""

    user: User
    device: DeviceId
    access_token: str
    access_expires_at: datetime
    refresh_token: str
    refresh_expires_at: datetime


@attrs.frozen(kw_only=True)
class Identity:
    """Who a request or a socket acts for."""

    user: UserId
    device: DeviceId
    role: UserRole
    expires_at: datetime


@attrs.frozen
class Ended:
    """Devices that may no longer act; their sockets close."""

    user: UserId
    devices: tuple[DeviceId, ...]
