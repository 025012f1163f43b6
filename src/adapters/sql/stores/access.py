"""Credentials, devices and tokens in tables."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import delete, false, select

from parlour.adapters.sql import tables
from parlour.adapters.sql.connection import Connection
from parlour.adapters.sql.row_mapping import RowMapping
from parlour.adapters.sql.statements import Statement, UpdateByKey, by_primary_key, one_of, param
from parlour.adapters.sql.values import timestamp, uuid
from parlour.domain.access import (
    Bearer,
    Credentials,
    CredentialStore,
    Device,
    DeviceStore,
    Token,
    TokenStore,
)
from parlour.domain.kernel.ids import DeviceId, UserId
from parlour.domain.users import ChosenState, PresenceChoice, UserRole

CREDENTIALS = RowMapping(Credentials, tables.credentials)
DEVICES = RowMapping(Device, tables.devices)
TOKENS = RowMapping(Token, tables.tokens)

# Looking a member up by its value takes longer than reading the rest of a row.
_CHOSEN = {state.value: state for state in ChosenState}

_USER = param("user")
_DEVICE = param("device")
_DIGEST = param("digest")

_FORGET_CREDENTIALS = Statement(
    delete(tables.credentials).where(tables.credentials.c.user_id == _USER)
)
_FIND_CREDENTIALS = Statement(
    select(tables.credentials).where(tables.credentials.c.user_id == _USER)
)

_FIND_DEVICE = Statement(select(tables.devices).where(tables.devices.c.id == _DEVICE))
_DEVICES_OF = Statement(
    select(tables.devices)
    .where(tables.devices.c.user_id == _USER)
    .order_by(tables.devices.c.created_at.desc(), tables.devices.c.id.desc())
)
_ALIVE = Statement(
    select(tables.devices.c.id, tables.users.c.presence, tables.users.c.presence_text)
    .join(tables.users, tables.users.c.id == tables.devices.c.user_id)
    .where(one_of(tables.devices.c.id), tables.users.c.disabled == false())
)
_BEARERS = Statement(
    by_primary_key(select(tables.users.c.role, tables.tokens), tables.tokens)
    .join(tables.devices, tables.devices.c.id == tables.tokens.c.device_id)
    .join(tables.users, tables.users.c.id == tables.tokens.c.user_id)
    .where(one_of(tables.tokens.c.digest), tables.users.c.disabled == false())
)
_SEEN = UpdateByKey(tables.devices, ("last_seen_at",))
_REMOVE_DEVICES = Statement(delete(tables.devices).where(one_of(tables.devices.c.id)))
_REMOVE_TOKENS = Statement(delete(tables.tokens).where(one_of(tables.tokens.c.device_id)))

_FIND_TOKEN = Statement(select(tables.tokens).where(tables.tokens.c.digest == _DIGEST))
_LOCK_TOKEN = Statement(
    select(tables.tokens).where(tables.tokens.c.digest == _DIGEST).with_for_update()
)
_CHANGE_TOKEN = UpdateByKey(tables.tokens)
_PRUNE = Statement(
    delete(tables.tokens).where(
        tables.tokens.c.device_id == _DEVICE, tables.tokens.c.expires_at < param("before")
    )
)


class SqlCredentialStore(CredentialStore):
    """Credentials by user."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, credentials: Credentials) -> None:
        self._connection.run(_FORGET_CREDENTIALS, user=credentials.user.bytes)
        self._connection.insert(tables.credentials, [CREDENTIALS.to_row(credentials)])

    def find(self, user: UserId) -> Credentials | None:
        rows = self._connection.run(_FIND_CREDENTIALS, user=user.bytes)
        return CREDENTIALS.from_row(rows[0]) if rows else None


class SqlDeviceStore(DeviceStore):
    """Devices by id and by user."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, device: Device) -> None:
        self._connection.insert(tables.devices, [DEVICES.to_row(device)])

    def find(self, device: DeviceId) -> Device | None:
        rows = self._connection.run(_FIND_DEVICE, device=device.bytes)
        return DEVICES.from_row(rows[0]) if rows else None

    def of_user(self, user: UserId) -> list[Device]:
        rows = self._connection.run(_DEVICES_OF, user=user.bytes)
        return list(map(DEVICES.from_row, rows))

    def alive(self, devices: Collection[DeviceId]) -> Mapping[DeviceId, PresenceChoice]:
        rows = self._connection.run_for(_ALIVE, [device.bytes for device in devices])
        return {
            DeviceId(uuid(id_)): PresenceChoice(_CHOSEN[state], text) for id_, state, text in rows
        }

    def bearers(self, digests: Collection[bytes]) -> Mapping[bytes, Bearer]:
        rows = self._connection.run_for(_BEARERS, sorted(digests))
        return {token[0]: Bearer(TOKENS.from_row(token), UserRole(role)) for role, *token in rows}

    def seen(self, device: DeviceId, at: datetime) -> None:
        self._connection.update(_SEEN, [(timestamp(at), device.bytes)])

    def remove(self, devices: Collection[DeviceId]) -> None:
        ids = sorted(device.bytes for device in devices)
        self._connection.run_for(_REMOVE_TOKENS, ids)
        self._connection.run_for(_REMOVE_DEVICES, ids)


class SqlTokenStore(TokenStore):
    """Tokens by digest and by device."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, tokens: Collection[Token]) -> None:
        self._connection.insert(tables.tokens, [TOKENS.to_row(token) for token in tokens])

    def find(self, digest: bytes) -> Token | None:
        return self._one(_FIND_TOKEN, digest)

    def lock(self, digest: bytes) -> Token | None:
        return self._one(_LOCK_TOKEN, digest)

    def save(self, token: Token) -> None:
        self._connection.update(_CHANGE_TOKEN, [TOKENS.to_update(token)])

    def prune(self, device: DeviceId, before: datetime) -> None:
        self._connection.run(_PRUNE, device=device.bytes, before=timestamp(before))

    def _one(self, statement: Statement, digest: bytes) -> Token | None:
        rows = self._connection.run(statement, digest=digest)
        return TOKENS.from_row(rows[0]) if rows else None
