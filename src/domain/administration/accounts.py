"""Accounts: adding, finding and disabling them, resetting passwords, ending sessions."""

from collections.abc import Callable
from typing import TypeVar

import attrs

from parlour.domain.access import (
    CreateUser,
    Credentials,
    Device,
    Ended,
    Password,
    PasswordHasher,
    end_all_devices,
)
from parlour.domain.administration.auditing import AuditWriter
from parlour.domain.administration.model import Action, Principal, require_admin
from parlour.domain.administration.ports import Stores
from parlour.domain.kernel.errors import AlreadyExists, Conflict, NotFound
from parlour.domain.kernel.ids import UserId
from parlour.domain.kernel.paging import PageRequest, pack_cursor, text_of_cursor
from parlour.domain.kernel.transaction import UnitOfWork
from parlour.domain.users import DisplayName, Handle, HandleTaken, User, UserRole

T = TypeVar("T")

MAX_ACCOUNTS = 100


@attrs.frozen
class AccountPage:
    """Accounts by handle, and the cursor of the next page where there is one."""

    users: tuple[User, ...]
    next: str | None


@attrs.frozen
class FindAccounts:
    """List accounts by a prefix of their handles, disabled ones included."""

    uow: UnitOfWork[Stores]

    def __call__(
        self,
        principal: Principal,
        prefix: str = "",
        *,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> AccountPage:
        """Return one page; raise `Forbidden`, or `Invalid` for a bad cursor or limit."""
        page = PageRequest.parse(cursor, limit, text_of_cursor, most=MAX_ACCOUNTS, default=50)
        start = prefix.strip().removeprefix("@").lower()

        def work(stores: Stores) -> AccountPage:
            require_admin(stores.users, principal)
            # Handles are ASCII, so other prefixes match nothing.
            if not start.isascii():
                return AccountPage((), None)
            found = stores.registry.page(start, page.start or "", page.fetch)
            return AccountPage(*page.cut(found, lambda user: pack_cursor(user.handle)))

        return self.uow.read(work)


@attrs.frozen
class FindAccount:
    """Find one account."""

    uow: UnitOfWork[Stores]

    def __call__(self, principal: Principal, user: UserId | Handle) -> User:
        """Return it; raise `Forbidden`, then `NotFound`."""

        def work(stores: Stores) -> User:
            require_admin(stores.users, principal)
            if isinstance(user, Handle):
                found = stores.users.find_by_handle(user)
            else:
                found = stores.users.find(user)
            if found is None:
                raise NotFound
            return found

        return self.uow.read(work)


@attrs.frozen
class AddAccount:
    """Add an account, with the role admin if wanted."""

    create: CreateUser
    uow: UnitOfWork[Stores]
    audit_writer: AuditWriter

    def __call__(
        self,
        principal: Principal,
        *,
        handle: Handle,
        display_name: DisplayName,
        password: Password,
        role: UserRole = UserRole.USER,
    ) -> User:
        """Return the new user; raise `Forbidden` or `HandleTaken`."""
        self.uow.read(lambda stores: require_admin(stores.users, principal))
        password_hash = self.create.hasher.hash(password)

        def work(stores: Stores) -> User:
            require_admin(stores.users, principal)
            user = self.create.add(stores, handle, display_name, password_hash, role)
            self.audit_writer(stores, principal, Action.USER_ADDED, user.id, role=role.value)
            return user

        try:
            return self.uow(work)
        except AlreadyExists:
            raise HandleTaken from None


@attrs.frozen
class SetAccountDisabled:
    """Disable an account, which ends its sessions, or enable it again."""

    uow: UnitOfWork[Stores]
    audit_writer: AuditWriter

    def __call__(
        self, principal: Principal, user: UserId, *, disabled: bool
    ) -> tuple[User, Ended]:
        """Return the account and its ended sessions; nothing is recorded without a change.

        Raises `Forbidden`, `NotFound`, or `Conflict` for one's own account.
        """

        def work(stores: Stores, account: User) -> tuple[User, Ended]:
            if account.disabled == disabled:
                return account, Ended(user, ())
            if user == principal.user:
                raise Conflict("Nobody disables themselves: another admin may, or the operator")
            changed = attrs.evolve(account, disabled=disabled)
            stores.users.save(changed)
            ended = end_all_devices(stores, user) if disabled else Ended(user, ())
            action = Action.USER_DISABLED if disabled else Action.USER_ENABLED
            self.audit_writer(stores, principal, action, user, sessions=len(ended.devices))
            return changed, ended

        return _change(self.uow, principal, user, work)


@attrs.frozen(kw_only=True)
class ResetPassword:
    """Set another password for an account, and log its owner out everywhere."""

    uow: UnitOfWork[Stores]
    audit_writer: AuditWriter
    hasher: PasswordHasher

    def __call__(self, principal: Principal, user: UserId, password: Password) -> Ended:
        """Return the sessions that ended.

        Raises `Forbidden`, `NotFound`, or `Conflict` for one's own password: a stolen token must
        not be enough to change it, so `ChangePassword` asks for the old one.
        """
        if user == principal.user:
            raise Conflict("Change your own password with the old one")

        def look(stores: Stores) -> None:
            require_admin(stores.users, principal)
            if stores.users.find(user) is None:
                raise NotFound

        self.uow.read(look)
        password_hash = self.hasher.hash(password)

        def work(stores: Stores, _account: User) -> Ended:
            stores.credentials.put(
                Credentials(
                    user=user, password_hash=password_hash, changed_at=self.audit_writer.clock()
                )
            )
            ended = end_all_devices(stores, user)
            self.audit_writer(
                stores, principal, Action.PASSWORD_RESET, user, sessions=len(ended.devices)
            )
            return ended

        return _change(self.uow, principal, user, work)


@attrs.frozen
class ListSessions:
    """List the sessions of a user."""

    uow: UnitOfWork[Stores]

    def __call__(self, principal: Principal, user: UserId) -> list[Device]:
        """Return their devices, the newest first; raise `Forbidden` or `NotFound`."""

        def work(stores: Stores) -> list[Device]:
            require_admin(stores.users, principal)
            if stores.users.find(user) is None:
                raise NotFound
            return stores.devices.of_user(user)

        return self.uow.read(work)


@attrs.frozen
class LogOutEverywhere:
    """End every session of a user, who may log in again."""

    uow: UnitOfWork[Stores]
    audit_writer: AuditWriter

    def __call__(self, principal: Principal, user: UserId) -> Ended:
        """Return the sessions that ended; raise `Forbidden` or `NotFound`."""

        def work(stores: Stores, _account: User) -> Ended:
            ended = end_all_devices(stores, user)
            self.audit_writer(
                stores, principal, Action.USER_LOGGED_OUT, user, sessions=len(ended.devices)
            )
            return ended

        return _change(self.uow, principal, user, work)


def _change(
    uow: UnitOfWork[Stores],
    principal: Principal,
    user: UserId,
    work: Callable[[Stores, User], T],
) -> T:
    """Run *work* on an account that is locked against other changes and log-ins."""

    def locked(stores: Stores) -> T:
        require_admin(stores.users, principal)
        account = stores.users.lock(user)
        if account is None:
            raise NotFound
        return work(stores, account)

    return uow(locked)
