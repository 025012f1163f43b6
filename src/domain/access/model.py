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
    """The token was valid and has expired: refresh it, or log in again."""

    code = "token_expired"
    title = "The token has expired"


class WrongCredentials(Unauthenticated):
    """Handle or password is wrong; the error never says which."""

    title = "Handle or password is wrong"


class RegistrationClosed(Forbidden):
    """Only the operator makes accounts here."""

    title = "Registration is closed"


@attrs.frozen(kw_only=True, repr=False)
class Credentials:
    """The password hash of a user."""

    user: UserId
    password_hash: str
    changed_at: datetime


@attrs.frozen
class DeviceInfo:
    """What a client reports about its device when it logs in."""

    MAX_LENGTH = 64

    name: str = ""
    platform: str = ""

    @classmethod
    def parse(cls, name: str | None, platform: str | None) -> "DeviceInfo":
        """Read both texts; raise `Invalid` where one cannot be displayed."""

        def line(raw: str | None, field: str) -> str:
            return clean_line(raw, most=cls.MAX_LENGTH, field=field) if raw else ""

        return cls(line(name, "device.name"), line(platform, "device.platform"))


@attrs.frozen(kw_only=True)
class Device:
    """One log-in of a user; its tokens form one family."""

    id: DeviceId
    user: UserId
    info: DeviceInfo
    created_at: datetime
    last_seen_at: datetime


class TokenKind(StrEnum):
    """What a token is for."""

    ACCESS = "access"
    REFRESH = "refresh"


@attrs.frozen(kw_only=True)
class Token:
    """A stored token: its digest, never the token itself.

    A used refresh token keeps `used_at` and `salt`. Its successor is derived from the token and
    the salt, so that a refresh whose answer was lost can be repeated with the same result.
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
    """A stored token of a device that may act, and the role of its user."""

    token: Token
    role: UserRole


@attrs.frozen(kw_only=True)
class Lifetimes:
    """How long tokens are valid, and how long a refresh may be repeated."""

    access: timedelta = timedelta(minutes=15)
    refresh: timedelta = timedelta(days=30)
    grace: timedelta = timedelta(seconds=10)


@attrs.frozen(kw_only=True, repr=False)
class Grant:
    """The tokens of a successful log-in or refresh."""

    user: User
    device: DeviceId
    access_token: str
    access_expires_at: datetime
    refresh_token: str
    refresh_expires_at: datetime


@attrs.frozen(kw_only=True)
class Identity:
    """The user and the device that a request or a socket acts for."""

    user: UserId
    device: DeviceId
    role: UserRole
    expires_at: datetime


@attrs.frozen
class Ended:
    """Devices that were logged out; their sockets have to be closed."""

    user: UserId
    devices: tuple[DeviceId, ...]
