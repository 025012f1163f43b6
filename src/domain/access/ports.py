"""The ports of access: stores for credentials, devices and tokens; hashing; secrets."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Protocol

from parlour.domain.access.model import Bearer, Credentials, Device, Token
from parlour.domain.access.passwords import Password
from parlour.domain.kernel.ids import DeviceId, UserId
from parlour.domain.logs.ports import PrivateLogStore
from parlour.domain.users import PresenceChoice
from parlour.domain.users.ports import UserStore


class CredentialStore(Protocol):
    """Keeps the credentials of each user."""

    def put(self, credentials: Credentials) -> None:
        """Keep *credentials*; they replace the former ones of the user."""
        ...

    def find(self, user: UserId) -> Credentials | None:
        """Return the user's credentials."""
        ...


class DeviceStore(Protocol):
    """Keeps devices that are logged in."""

    def add(self, device: Device) -> None:
        """Keep a new device."""
        ...

    def find(self, device: DeviceId) -> Device | None:
        """Return the device, None where it was logged out."""
        ...

    def of_user(self, user: UserId) -> list[Device]:
        """Return the user's devices, the newest first."""
        ...

    def alive(self, devices: Collection[DeviceId]) -> Mapping[DeviceId, PresenceChoice]:
        """Return those of *devices* that are logged in and whose user is not disabled.

        Each with the presence that its user chose, which the same row holds.
        """
        ...

    def bearers(self, digests: Collection[bytes]) -> Mapping[bytes, Bearer]:
        """Return the tokens with these digests, by digest.

        Tokens of devices that were logged out and of disabled users are left out.
        """
        ...

    def seen(self, device: DeviceId, at: datetime) -> None:
        """Set the time at which the device was last used."""
        ...

    def remove(self, devices: Collection[DeviceId]) -> None:
        """Delete *devices* and their tokens."""
        ...


class TokenStore(Protocol):
    """Keeps the digests of tokens."""

    def add(self, tokens: Collection[Token]) -> None:
        """Keep new tokens; raise `AlreadyExists` where a digest is known already."""
        ...

    def find(self, digest: bytes) -> Token | None:
        """Return the token with this digest."""
        ...

    def lock(self, digest: bytes) -> Token | None:
        """Return the token with this digest and lock it until the transaction ends."""
        ...

    def save(self, token: Token) -> None:
        """Replace a stored token."""
        ...

    def prune(self, device: DeviceId, before: datetime) -> None:
        """Delete the device's tokens that expired before *before*."""
        ...


class Stores(Protocol):
    """The stores that the use cases of this concept need."""

    @property
    def users(self) -> UserStore: ...
    @property
    def private_logs(self) -> PrivateLogStore: ...
    @property
    def credentials(self) -> CredentialStore: ...
    @property
    def devices(self) -> DeviceStore: ...
    @property
    def tokens(self) -> TokenStore: ...


class PasswordHasher(Protocol):
    """Hashes passwords slowly, on purpose. Bounded: raises `Overloaded` when too many wait."""

    def hash(self, password: Password) -> str:
        """Return a salted hash in the PHC string format, which names its own parameters."""
        ...

    def verify(self, password_hash: str | None, password: Password) -> bool:
        """Return whether the password has this hash; None takes as long and is always False."""
        ...

    def is_outdated(self, password_hash: str) -> bool:
        """Return whether the hash was made with other parameters than the present ones."""
        ...


class Secrets(Protocol):
    """Makes tokens of 256 bits and their digests."""

    def token(self, kind: str) -> str:
        """Return a new random token, with a prefix that names its *kind*."""
        ...

    def salt(self) -> bytes:
        """Return 16 random bytes."""
        ...

    def successor(self, token: str, salt: bytes) -> str:
        """Return the token that is derived from *token* and *salt*: always the same."""
        ...

    def digest(self, token: str) -> bytes:
        """Return the SHA-256 of *token*."""
        ...
