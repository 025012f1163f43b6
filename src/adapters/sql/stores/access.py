"""Credentials, devices and tokens in tables."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, false, select

from adapters.sql.connection import Connection
from adapters.sql.rows import (
    credentials_row,
    device_row,
    to_credentials,
    to_device,
    to_token,
    token_row,
)
from adapters.sql.statements import Change, Statement, one_of, param
from adapters.sql.tables import credentials, devices, tokens, users
from adapters.sql.values import moment, uuid
from domain.access import Credentials, CredentialStore, Device, DeviceStore, Token, TokenStore
from domain.kernel.ids import DeviceId, UserId

_USER = param("user")
_DEVICE = param("device")
_DIGEST = param("digest")

_FORGET_CREDENTIALS = Statement(delete(credentials).where(credentials.c.user_id == _USER))
_CREDENTIALS = Statement(select(credentials).where(credentials.c.user_id == _USER))

_FIND_DEVICE = Statement(select(devices).where(devices.c.id == _DEVICE))
_DEVICES_OF = Statement(
    select(devices)
    .where(devices.c.user_id == _USER)
    .order_by(devices.c.created_at.desc(), devices.c.id.desc())
)
_ALIVE = Statement(
    select(devices.c.id)
    .join(users, users.c.id == devices.c.user_id)
    .where(one_of(devices.c.id), users.c.disabled == false())
)
_SEEN = Change(devices, ("last_seen_at",))
_REMOVE_DEVICES = Statement(delete(devices).where(one_of(devices.c.id)))
_REMOVE_TOKENS = Statement(delete(tokens).where(one_of(tokens.c.device_id)))

_FIND_TOKEN = Statement(select(tokens).where(tokens.c.digest == _DIGEST))
_LOCK_TOKEN = Statement(select(tokens).where(tokens.c.digest == _DIGEST).with_for_update())
_CHANGE_TOKEN = Change(tokens, ("kind", "device_id", "user_id", "expires_at", "used_at", "salt"))
_PRUNE = Statement(
    delete(tokens).where(tokens.c.device_id == _DEVICE, tokens.c.expires_at < param("before"))
)


class SqlCredentialStore(CredentialStore):
    """Credentials by user."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, credentials_: Credentials) -> None:
        self._connection.run(_FORGET_CREDENTIALS, user=credentials_.user.bytes)
        self._connection.insert(credentials, [credentials_row(credentials_)])

    def find(self, user: UserId) -> Credentials | None:
        rows = self._connection.run(_CREDENTIALS, user=user.bytes)
        return to_credentials(rows[0]) if rows else None


class SqlDeviceStore(DeviceStore):
    """Devices by id and by user."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, device: Device) -> None:
        self._connection.insert(devices, [device_row(device)])

    def find(self, device: DeviceId) -> Device | None:
        rows = self._connection.run(_FIND_DEVICE, device=device.bytes)
        return to_device(rows[0]) if rows else None

    def of_user(self, user: UserId) -> list[Device]:
        rows = self._connection.run(_DEVICES_OF, user=user.bytes)
        return [to_device(row) for row in rows]

    def alive(self, devices: Collection[DeviceId]) -> set[DeviceId]:
        rows = self._connection.run_for(_ALIVE, [device.bytes for device in devices])
        return {DeviceId(uuid(id_)) for (id_,) in rows}

    def seen(self, device: DeviceId, at: datetime) -> None:
        self._connection.change(_SEEN, [(moment(at), device.bytes)])

    def remove(self, devices: Collection[DeviceId]) -> None:
        ids = sorted(device.bytes for device in devices)
        self._connection.run_for(_REMOVE_TOKENS, ids)
        self._connection.run_for(_REMOVE_DEVICES, ids)


class SqlTokenStore(TokenStore):
    """Tokens by digest and by device."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, tokens_: Collection[Token]) -> None:
        self._connection.insert(tokens, [token_row(token) for token in tokens_])

    def find(self, digest: bytes) -> Token | None:
        return self._one(_FIND_TOKEN, digest)

    def lock(self, digest: bytes) -> Token | None:
        return self._one(_LOCK_TOKEN, digest)

    def save(self, token: Token) -> None:
        digest, *values = token_row(token)
        self._connection.change(_CHANGE_TOKEN, [(*values, digest)])

    def prune(self, device: DeviceId, before: datetime) -> None:
        self._connection.run(_PRUNE, device=device.bytes, before=moment(before))

    def _one(self, statement: Statement, digest: bytes) -> Token | None:
        rows = self._connection.run(statement, digest=digest)
        return to_token(rows[0]) if rows else None
