"""Listing devices, logging them out, and changing the password."""

from collections.abc import Collection

import attrs

from parlour.domain.access.model import (
    Credentials,
    Device,
    Ended,
    Identity,
    WrongCredentials,
)
from parlour.domain.access.passwords import Password
from parlour.domain.access.ports import PasswordHasher, Stores
from parlour.domain.kernel.errors import NotFound, Unauthenticated
from parlour.domain.kernel.ids import DeviceId, UserId
from parlour.domain.kernel.time import Clock
from parlour.domain.kernel.transaction import UnitOfWork


@attrs.frozen
class ListDevices:
    """List the devices on which a user is logged in."""

    uow: UnitOfWork[Stores]

    def __call__(self, actor: UserId) -> list[Device]:
        """Return the actor's devices, the newest first."""
        return self.uow.read(lambda stores: stores.devices.of_user(actor))


@attrs.frozen
class AliveDevices:
    """Find which devices are still logged in, to check long-lived sockets."""

    uow: UnitOfWork[Stores]

    def __call__(self, devices: Collection[DeviceId]) -> set[DeviceId]:
        """Return those of *devices* that are logged in and whose user is not disabled."""
        return set(self.uow.read(lambda stores: stores.devices.alive(devices)))


@attrs.frozen
class EndDevice:
    """Log out one of one's own devices, which may be the device in use."""

    uow: UnitOfWork[Stores]

    def __call__(self, actor: UserId, device: DeviceId) -> Ended:
        """Log the device out; raise `NotFound` where it is not one of the actor's."""

        def work(stores: Stores) -> Ended:
            found = stores.devices.find(device)
            if found is None or found.user != actor:
                raise NotFound
            stores.devices.remove([device])
            return Ended(actor, (device,))

        return self.uow(work)


def end_all_devices(stores: Stores, user: UserId) -> Ended:
    """Log out every device of *user*, inside a unit of work."""
    devices = tuple(device.id for device in stores.devices.of_user(user))
    stores.devices.remove(devices)
    return Ended(user, devices)


@attrs.frozen(kw_only=True)
class ChangePassword:
    """Change one's own password and log out every other device."""

    uow: UnitOfWork[Stores]
    clock: Clock
    hasher: PasswordHasher

    def __call__(self, actor: Identity, *, old: Password, new: Password) -> Ended:
        """Return the devices that were logged out; raise `WrongCredentials` for a wrong *old*."""
        known = self.uow.read(lambda stores: stores.credentials.find(actor.user))
        if not self.hasher.verify(known.password_hash if known else None, old) or not known:
            raise WrongCredentials
        password_hash = self.hasher.hash(new)

        def work(stores: Stores) -> Ended:
            # A log-in with the old password waits for this commit, and then fails.
            stores.users.lock(actor.user)
            current = stores.credentials.find(actor.user)
            if current is None or current.password_hash != known.password_hash:
                raise WrongCredentials
            if stores.devices.find(actor.device) is None:
                raise Unauthenticated
            stores.credentials.put(
                Credentials(user=actor.user, password_hash=password_hash, changed_at=self.clock())
            )
            others = tuple(
                device.id
                for device in stores.devices.of_user(actor.user)
                if device.id != actor.device
            )
            stores.devices.remove(others)
            return Ended(actor.user, others)

        return self.uow(work)
