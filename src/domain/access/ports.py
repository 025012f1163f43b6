"""What access needs: stores for credentials, devices and tokens; hashing; secrets."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Protocol

from parlour.domain.access.model import Bearer, Credentials, Device, Token
from parlour.domain.access.passwords import Password
from parlour.domain.kernel.ids import DeviceId, UserId
from parlour.domain.logs.ports import PrivateLogStore
from parlour.domain.users.ports import UserStore


class CredentialStore(Protocol):
    """Keeps one set of credentials a user."""

    def put(self, credentials: Credentials) -> None:
        """Keep *credentials*, in the place of the user's former ones."""
        ...

    def find(self, user: UserId) -> Credentials | None:
        """Return the user's credentials."""
        ...


class DeviceStore(Protocol):
    """Keeps devices that may act."""

    def add(self, device: Device) -> None:
        """Keep a new device."""
        ...

    def find(self, device: DeviceId) -> Device | None:
        """Return the device, None where it has ended."""
        ...

    def of_user(self, user: UserId) -> list[Device]:
        """Return the user's devices, the newest first."""
        ...

    def alive(self, devices: Collection[DeviceId]) -> set[DeviceId]:
        """Return those of *devices* that have not ended and whose user is not disabled."""
        ...

    def bearers(self, digests: Collection[bytes]) -> Mapping[bytes, Bearer]:
        """Return the tokens with these digests, by digest, but for those of ended devices.

        Those of disabled users are left out, too.
        """
        ...

    def seen(self, device: DeviceId, at: datetime) -> None:
        """Note when the device last acted."""
        ...

    def remove(self, devices: Collection[DeviceId]) -> None:
        """End *devices* and forget their tokens."""
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
        """Return the token with this digest and keep others from using it until the end."""
        ...

    def save(self, token: Token) -> None:
        """Replace what is kept of a token."""
        ...

    def prune(self, device: DeviceId, before: datetime) -> None:
        """Forget the device's tokens that expired before *before*."""
        ...


class Stores(Protocol):
    """What the work of this concept sees."""

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
        """Return a salted hash that says its own parameters."""
        ...

    def verify(self, password_hash: str | None, password: Password) -> bool:
        """Tell whether they belong together; None takes as long and is always False."""
        ...

    def is_outdated(self, password_hash: str) -> bool:
        """Tell whether the hash was made with other parameters than today's."""
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
        """Return the one token that follows from *token* and *salt*."""
        ...

    def digest(self, token: str) -> bytes:
        """Return the SHA-256 of *token*."""
        ...
