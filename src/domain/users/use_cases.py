"""Finding users, changing one's own profile, and the account of the service itself."""

from collections.abc import Sequence

import attrs

from parlour.domain.kernel.errors import AlreadyExists, Invalid, NotFound
from parlour.domain.kernel.ids import IdSource, UserId
from parlour.domain.kernel.paging import PageRequest, pack_cursor, text_of_cursor
from parlour.domain.kernel.text import clean_line
from parlour.domain.kernel.time import Clock
from parlour.domain.kernel.transaction import UnitOfWork
from parlour.domain.logs import Changes, PrivateNote, write_private
from parlour.domain.users.events import DisplayNameChanged, ProfileChanged
from parlour.domain.users.model import SERVICE_HANDLE, DisplayName, Handle, User, search_key
from parlour.domain.users.ports import Stores

MAX_USERS = 100


@attrs.frozen
class UserPage:
    """Users by handle, and the cursor of the next page where there is one."""

    users: tuple[User, ...]
    next: str | None


@attrs.frozen
class FindPeople:
    """Find users by a prefix of their handle or of a word of their display name."""

    uow: UnitOfWork[Stores]

    def __call__(
        self, query: str, *, cursor: str | None = None, limit: int | None = None
    ) -> UserPage:
        """Return one page; raise `Invalid` for an empty query, a bad cursor or a bad limit."""
        # Cleaned and folded in the same way as display names.
        line = clean_line(query.lstrip("@ "), most=DisplayName.MAX_LENGTH, field="query")
        prefix = search_key(line)
        page = PageRequest.parse(cursor, limit, text_of_cursor, most=MAX_USERS, default=20)
        found = self.uow.read(
            lambda stores: stores.users.search(prefix, page.start or "", page.fetch)
        )
        return UserPage(*page.cut(found, lambda user: pack_cursor(user.handle)))


@attrs.frozen
class GetUser:
    """Find one user by id or by handle."""

    uow: UnitOfWork[Stores]

    def __call__(self, user: UserId | Handle) -> User:
        """Return the user; raise `NotFound` where there is none."""

        def work(stores: Stores) -> User | None:
            if isinstance(user, Handle):
                return stores.users.find_by_handle(user)
            return stores.users.find(user)

        found = self.uow.read(work)
        if found is None:
            raise NotFound
        return found


@attrs.frozen
class GetUsers:
    """Find many users by id, to display their names."""

    uow: UnitOfWork[Stores]

    def __call__(self, users: Sequence[UserId]) -> list[User]:
        """Return those that exist, in the order asked for; `Invalid` for over `MAX_USERS`."""
        if len(users) > MAX_USERS:
            raise Invalid(f"must name at most {MAX_USERS} users", field="ids")
        found = self.uow.read(lambda stores: stores.users.find_many(set(users)))
        return [found[user] for user in dict.fromkeys(users) if user in found]


@attrs.frozen(kw_only=True)
class OpenServiceAccount:
    """Make the account with which the service writes to itself, such as the canary's.

    Its handle is reserved, it has no password and is disabled: nobody finds it, opens a
    conversation with it or logs in as it.
    """

    uow: UnitOfWork[Stores]
    clock: Clock
    new_id: IdSource

    def __call__(self) -> UserId:
        """Return the id of the account, which is made where it is missing."""
        try:
            return self.uow(self._find_or_make)
        except AlreadyExists:  # another node made it at the same moment
            return self.uow(self._find_or_make)

    def _find_or_make(self, stores: Stores) -> UserId:
        known = stores.users.find_by_handle(SERVICE_HANDLE)
        if known is not None:
            return known.id
        user = User(
            id=UserId(self.new_id()),
            handle=SERVICE_HANDLE,
            display_name=DisplayName("Parlour"),
            disabled=True,
            created_at=self.clock(),
        )
        stores.users.add(user)
        stores.private_logs.open(user.id)
        return user.id


@attrs.frozen
class ChangeProfile:
    """Change one's own display name, on all of one's devices."""

    uow: UnitOfWork[Stores]
    clock: Clock

    def __call__(self, actor: UserId, display_name: DisplayName) -> tuple[User, Changes]:
        """Return the user as it now is; raise `NotFound` where the account is gone."""

        def work(stores: Stores) -> tuple[User, Changes]:
            user = stores.users.lock(actor)
            if user is None:
                raise NotFound
            changed = attrs.evolve(user, display_name=display_name)
            stores.users.save(changed)
            notes = [
                PrivateNote(user=actor, payload=ProfileChanged(display_name=display_name)),
                # Clients below level 3 know the old form alone.
                PrivateNote(user=actor, payload=DisplayNameChanged(display_name=display_name)),
            ]
            return changed, Changes(
                private=write_private(stores.private_logs, notes, self.clock())
            )

        return self.uow(work)
