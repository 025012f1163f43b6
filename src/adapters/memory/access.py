"""Credentials, devices and tokens in memory."""

from collections.abc import Collection, Mapping
from datetime import datetime

import attrs

from parlour.adapters.memory.transaction import UndoLog
from parlour.adapters.memory.users import MemoryUserStore
from parlour.domain.access import (
    Bearer,
    Credentials,
    CredentialStore,
    Device,
    DeviceStore,
    Token,
    TokenStore,
)
from parlour.domain.kernel.errors import AlreadyExists
from parlour.domain.kernel.ids import DeviceId, UserId
from parlour.domain.users import PresenceChoice


class MemoryCredentialStore(CredentialStore):
    """Credentials by user."""

    def __init__(self, undo_log: UndoLog) -> None:
        self._undo_log = undo_log
        self._credentials: dict[UserId, Credentials] = {}

    def put(self, credentials: Credentials) -> None:
        self._undo_log.put(self._credentials, credentials.user, credentials)

    def find(self, user: UserId) -> Credentials | None:
        return self._credentials.get(user)


class MemoryTokenStore(TokenStore):
    """Tokens by digest and by device."""

    def __init__(self, undo_log: UndoLog) -> None:
        self._undo_log = undo_log
        self._tokens: dict[bytes, Token] = {}
        self._by_device: dict[DeviceId, set[bytes]] = {}

    def add(self, tokens: Collection[Token]) -> None:
        for token in tokens:
            if token.digest in self._tokens:
                raise AlreadyExists
            self._undo_log.put(self._tokens, token.digest, token)
            if token.device not in self._by_device:
                self._undo_log.put(self._by_device, token.device, set())
            self._undo_log.include(self._by_device[token.device], token.digest)

    def find(self, digest: bytes) -> Token | None:
        return self._tokens.get(digest)

    def lock(self, digest: bytes) -> Token | None:
        return self._tokens.get(digest)

    def save(self, token: Token) -> None:
        if token.digest in self._tokens:
            self._undo_log.put(self._tokens, token.digest, token)

    def prune(self, device: DeviceId, before: datetime) -> None:
        kept = self._by_device.get(device, set())
        for digest in [each for each in kept if self._tokens[each].expires_at < before]:
            self._undo_log.exclude(kept, digest)
            self._undo_log.drop(self._tokens, digest)

    def forget(self, device: DeviceId) -> None:
        """Remove every token of *device*."""
        if device in self._by_device:
            for digest in self._by_device[device]:
                self._undo_log.drop(self._tokens, digest)
            self._undo_log.drop(self._by_device, device)


class MemoryDeviceStore(DeviceStore):
    """Devices by id and by user."""

    def __init__(
        self, undo_log: UndoLog, users: MemoryUserStore, tokens: MemoryTokenStore
    ) -> None:
        self._undo_log = undo_log
        self._users = users
        self._tokens = tokens
        self._devices: dict[DeviceId, Device] = {}
        self._by_user: dict[UserId, set[DeviceId]] = {}

    def add(self, device: Device) -> None:
        self._undo_log.put(self._devices, device.id, device)
        if device.user not in self._by_user:
            self._undo_log.put(self._by_user, device.user, set())
        self._undo_log.include(self._by_user[device.user], device.id)

    def find(self, device: DeviceId) -> Device | None:
        return self._devices.get(device)

    def of_user(self, user: UserId) -> list[Device]:
        devices = [self._devices[id_] for id_ in self._by_user.get(user, ())]
        return sorted(devices, key=lambda device: (device.created_at, device.id), reverse=True)

    def count(self) -> int:
        """Return how many devices there are."""
        return len(self._devices)

    def alive(self, devices: Collection[DeviceId]) -> Mapping[DeviceId, PresenceChoice]:
        known = [self._devices[device] for device in devices if device in self._devices]
        users = self._users.find_many({device.user for device in known})
        return {
            device.id: user.presence
            for device in known
            if (user := users.get(device.user)) and not user.disabled
        }

    def bearers(self, digests: Collection[bytes]) -> Mapping[bytes, Bearer]:
        tokens = [token for token in map(self._tokens.find, digests) if token is not None]
        alive = self.alive({token.device for token in tokens})
        users = self._users.find_many({token.user for token in tokens})
        return {
            token.digest: Bearer(token, users[token.user].role)
            for token in tokens
            if token.device in alive
        }

    def seen(self, device: DeviceId, at: datetime) -> None:
        found = self._devices.get(device)
        if found is not None:
            self._undo_log.put(self._devices, device, attrs.evolve(found, last_seen_at=at))

    def remove(self, devices: Collection[DeviceId]) -> None:
        for id_ in devices:
            found = self._devices.get(id_)
            if found is not None:
                self._undo_log.drop(self._devices, id_)
                self._undo_log.exclude(self._by_user[found.user], id_)
            self._tokens.forget(id_)
