"""Registration, log-in, refreshing tokens, and authentication."""

from collections.abc import Sequence
from datetime import datetime

import attrs

from parlour.domain.access.model import (
    Bearer,
    Credentials,
    Device,
    DeviceInfo,
    Ended,
    Grant,
    Identity,
    Lifetimes,
    RegistrationClosed,
    Token,
    TokenExpired,
    TokenKind,
    WrongCredentials,
)
from parlour.domain.access.passwords import Password
from parlour.domain.access.ports import PasswordHasher, Secrets, Stores
from parlour.domain.kernel.errors import AlreadyExists, Unauthenticated
from parlour.domain.kernel.ids import DeviceId, IdSource, UserId
from parlour.domain.kernel.time import Clock
from parlour.domain.kernel.transaction import UnitOfWork
from parlour.domain.users import DisplayName, Handle, HandleTaken, User, UserRole


@attrs.frozen(kw_only=True)
class Grants:
    """Issues tokens to devices, inside the unit of work of a use case."""

    clock: Clock
    new_id: IdSource
    secrets: Secrets
    lifetimes: Lifetimes

    def to_new_device(self, stores: Stores, user: User, info: DeviceInfo) -> Grant:
        """Add a device for *user* with its first pair of tokens."""
        now = self.clock()
        device = Device(
            id=DeviceId(self.new_id()), user=user.id, info=info, created_at=now, last_seen_at=now
        )
        stores.devices.add(device)
        return self.pair(stores, user, device.id, self.secrets.token("refresh"), now)

    def pair(
        self, stores: Stores, user: User, device: DeviceId, refresh: str, now: datetime
    ) -> Grant:
        """Store *refresh*, unless it is stored already, and a new access token for *device*."""
        access = self.secrets.token("access")
        kept = stores.tokens.find(self.secrets.digest(refresh))
        grant = Grant(
            user=user,
            device=device,
            access_token=access,
            access_expires_at=now + self.lifetimes.access,
            refresh_token=refresh,
            refresh_expires_at=kept.expires_at if kept else now + self.lifetimes.refresh,
        )
        tokens = [self._token(TokenKind.ACCESS, access, grant, grant.access_expires_at)]
        if kept is None:
            tokens.append(self._token(TokenKind.REFRESH, refresh, grant, grant.refresh_expires_at))
        stores.tokens.add(tokens)
        return grant

    def _token(self, kind: TokenKind, secret: str, grant: Grant, expires_at: datetime) -> Token:
        return Token(
            digest=self.secrets.digest(secret),
            kind=kind,
            device=grant.device,
            user=grant.user.id,
            expires_at=expires_at,
        )


@attrs.frozen(kw_only=True)
class CreateUser:
    """Make an account for somebody else, as an operator does."""

    uow: UnitOfWork[Stores]
    clock: Clock
    new_id: IdSource
    hasher: PasswordHasher

    def __call__(
        self,
        *,
        handle: Handle,
        display_name: DisplayName,
        password: Password,
        role: UserRole = UserRole.USER,
    ) -> User:
        """Return the new user; raise `HandleTaken`."""
        password_hash = self.hasher.hash(password)

        def work(stores: Stores) -> User:
            return self.add(stores, handle, display_name, password_hash, role)

        try:
            return self.uow(work)
        except AlreadyExists:
            raise HandleTaken from None

    def add(
        self,
        stores: Stores,
        handle: Handle,
        display_name: DisplayName,
        password_hash: str,
        role: UserRole = UserRole.USER,
    ) -> User:
        """Add a user inside a unit of work; raise `AlreadyExists` where the handle is taken."""
        now = self.clock()
        user = User(
            id=UserId(self.new_id()),
            handle=handle,
            display_name=display_name,
            role=role,
            created_at=now,
        )
        stores.users.add(user)
        stores.private_logs.open(user.id)
        stores.credentials.put(
            Credentials(user=user.id, password_hash=password_hash, changed_at=now)
        )
        return user


@attrs.frozen(kw_only=True)
class Register:
    """Register: make one's own account and log in."""

    create: CreateUser
    grants: Grants
    is_open: bool

    def __call__(
        self, *, handle: Handle, display_name: DisplayName, password: Password, device: DeviceInfo
    ) -> Grant:
        """Return tokens for the first device; raise `HandleTaken` or `RegistrationClosed`."""
        if not self.is_open:
            raise RegistrationClosed
        password_hash = self.create.hasher.hash(password)

        def work(stores: Stores) -> Grant:
            user = self.create.add(stores, handle, display_name, password_hash)
            return self.grants.to_new_device(stores, user, device)

        try:
            return self.create.uow(work)
        except AlreadyExists:
            raise HandleTaken from None


@attrs.frozen(kw_only=True)
class LogIn:
    """Exchange a handle and a password for the tokens of a new device."""

    uow: UnitOfWork[Stores]
    clock: Clock
    hasher: PasswordHasher
    grants: Grants

    def __call__(self, *, handle: Handle | None, password: Password, device: DeviceInfo) -> Grant:
        """Return tokens; raise `WrongCredentials`, after the same time whatever was wrong.

        *handle* is None where the text that was typed is no valid handle.
        """

        def find(stores: Stores) -> tuple[User | None, Credentials | None]:
            user = stores.users.find_by_handle(handle) if handle else None
            return user, stores.credentials.find(user.id) if user else None

        user, credentials = self.uow.read(find)
        known = credentials.password_hash if credentials else None
        # Hashing is slow: it runs outside of any transaction, and for unknown handles, too.
        if not self.hasher.verify(known, password) or not user or not known or user.disabled:
            raise WrongCredentials
        renewed = self.hasher.hash(password) if self.hasher.is_outdated(known) else None

        def work(stores: Stores) -> Grant:
            # A password changed from here on waits for this commit and then ends this device.
            current = stores.users.lock(user.id)
            now = stores.credentials.find(user.id)
            if now is None or now.password_hash != known or not current or current.disabled:
                raise WrongCredentials
            if renewed is not None:
                stores.credentials.put(attrs.evolve(now, password_hash=renewed))
            return self.grants.to_new_device(stores, current, device)

        return self.uow(work)


@attrs.frozen(kw_only=True)
class Refresh:
    """Exchange a refresh token for its successor and a new access token."""

    uow: UnitOfWork[Stores]
    grants: Grants

    def __call__(self, refresh_token: str) -> Grant | Ended:
        """Return the next pair of tokens, or `Ended` where the token was used before.

        A used token within the grace period gives the same successor again, so that a lost answer
        does no harm. Later it counts as stolen, and the device is logged out (RFC 9700 section
        4.14). Raises `Unauthenticated` for an unknown token and `TokenExpired` for an old one.
        """
        return self.uow(lambda stores: self._rotate(stores, refresh_token), idempotent=True)

    def _rotate(self, stores: Stores, presented: str) -> Grant | Ended:
        secrets, now = self.grants.secrets, self.grants.clock()
        token = stores.tokens.lock(secrets.digest(presented))
        if token is None or token.kind is not TokenKind.REFRESH:
            raise Unauthenticated
        if token.expires_at <= now:
            raise TokenExpired
        user = stores.users.find(token.user)
        if user is None or user.disabled or stores.devices.find(token.device) is None:
            raise Unauthenticated
        salt = token.salt
        if token.used_at is None or salt is None:
            salt = secrets.salt()
            stores.tokens.save(attrs.evolve(token, used_at=now, salt=salt))
            stores.tokens.prune(token.device, now)
            stores.devices.seen(token.device, now)
            return self.grants.pair(
                stores, user, token.device, secrets.successor(presented, salt), now
            )
        successor = secrets.successor(presented, salt)
        following = stores.tokens.find(secrets.digest(successor))
        within = now - token.used_at <= self.grants.lifetimes.grace
        if within and following is not None and following.used_at is None:
            return self.grants.pair(stores, user, token.device, successor, now)
        stores.devices.remove([token.device])
        return Ended(token.user, (token.device,))


def identify(
    stores: Stores, secrets: Secrets, tokens: Sequence[str], now: datetime
) -> list[Identity | Unauthenticated]:
    """Return the identity of each access token, or the error where it has none."""
    digests = [secrets.digest(token) for token in tokens]
    # A refresh may store a token while its device is logged out: `bearers` leaves it out.
    known = stores.devices.bearers(set(digests))

    def one(bearer: Bearer | None) -> Identity | Unauthenticated:
        if bearer is None or bearer.token.kind is not TokenKind.ACCESS:
            return Unauthenticated()
        token = bearer.token
        if token.expires_at <= now:
            return TokenExpired()
        return Identity(
            user=token.user, device=token.device, role=bearer.role, expires_at=token.expires_at
        )

    return [one(known.get(digest)) for digest in digests]


@attrs.frozen
class Authenticate:
    """Authenticate an access token."""

    uow: UnitOfWork[Stores]
    clock: Clock
    secrets: Secrets

    def __call__(self, access_token: str) -> Identity:
        """Return the identity; raise `Unauthenticated` or `TokenExpired`."""
        now = self.clock()
        (found,) = self.uow.read(
            lambda stores: identify(stores, self.secrets, [access_token], now)
        )
        if isinstance(found, Unauthenticated):
            raise found
        return found
