"""Users, and what they log in with, as rows and back."""
# ruff: noqa: D103 - `x_row` makes the row of an x and `to_x` the x of a row

from parlour.adapters.sql.values import Row, moment, to_moment, uuid
from parlour.domain.access import Credentials, Device, DeviceInfo, Token, TokenKind
from parlour.domain.kernel.ids import DeviceId, UserId
from parlour.domain.users import DisplayName, Handle, User, UserRole


def user_row(user: User) -> Row:
    return (
        user.id.bytes,
        user.handle.value,
        user.display_name.value,
        user.role.value,
        int(user.disabled),
        moment(user.created_at),
    )


def to_user(row: Row) -> User:
    id_, handle, display_name, role, disabled, created_at = row
    return User(
        id=UserId(uuid(id_)),
        handle=Handle(handle),
        display_name=DisplayName(display_name),
        role=UserRole(role),
        disabled=bool(disabled),
        created_at=to_moment(created_at),
    )


def credentials_row(credentials: Credentials) -> Row:
    return (
        credentials.user.bytes,
        credentials.password_hash,
        moment(credentials.changed_at),
    )


def to_credentials(row: Row) -> Credentials:
    user, password_hash, changed_at = row
    return Credentials(
        user=UserId(uuid(user)), password_hash=password_hash, changed_at=to_moment(changed_at)
    )


def device_row(device: Device) -> Row:
    return (
        device.id.bytes,
        device.user.bytes,
        device.info.name,
        device.info.platform,
        moment(device.created_at),
        moment(device.last_seen_at),
    )


def to_device(row: Row) -> Device:
    id_, user, name, platform, created_at, last_seen_at = row
    return Device(
        id=DeviceId(uuid(id_)),
        user=UserId(uuid(user)),
        info=DeviceInfo(name, platform),
        created_at=to_moment(created_at),
        last_seen_at=to_moment(last_seen_at),
    )


def token_row(token: Token) -> Row:
    return (
        token.digest,
        token.kind.value,
        token.device.bytes,
        token.user.bytes,
        moment(token.expires_at),
        token.used_at and moment(token.used_at),
        token.salt,
    )


def to_token(row: Row) -> Token:
    digest, kind, device, user, expires_at, used_at, salt = row
    return Token(
        digest=digest,
        kind=TokenKind(kind),
        device=DeviceId(uuid(device)),
        user=UserId(uuid(user)),
        expires_at=to_moment(expires_at),
        used_at=used_at and to_moment(used_at),
        salt=salt,
    )
