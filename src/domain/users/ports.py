"""The port of users: their store."""

from collections.abc import Collection, Mapping
from typing import Protocol

from parlour.domain.kernel.ids import UserId
from parlour.domain.logs.ports import PrivateLogStore
from parlour.domain.users.model import Handle, User


class UserStore(Protocol):
    """Keeps users, each handle once."""

    def add(self, user: User) -> None:
        """Keep a new user; raise `AlreadyExists` where the handle is taken."""
        ...

    def save(self, user: User) -> None:
        """Replace what is kept of an existing user, whom the caller has locked."""
        ...

    def lock(self, user: UserId) -> User | None:
        """Return the user with this id; other transactions cannot lock them until this one ends.

        Whoever changes something of a user that depends on what it read (the profile, credentials,
        devices, subscriptions) locks the user first.
        """
        ...

    def find(self, user: UserId) -> User | None:
        """Return the user with this id."""
        ...

    def find_by_handle(self, handle: Handle) -> User | None:
        """Return the user with this handle."""
        ...

    def find_many(self, users: Collection[UserId]) -> Mapping[UserId, User]:
        """Return those of *users* that exist."""
        ...

    def search(self, prefix: str, after: str, limit: int) -> list[User]:
        """Return users that are not disabled and have a search word that begins with *prefix*.

        *prefix* is one that `search_key` made, and literal: no character in it has a special
        meaning. Ordered by handle, beginning after the handle *after* ("" for the first page).
        """
        ...


class Stores(Protocol):
    """The stores that the use cases of this concept need."""

    @property
    def users(self) -> UserStore: ...
    @property
    def private_logs(self) -> PrivateLogStore: ...
