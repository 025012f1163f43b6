"""Users in memory."""

from bisect import bisect_right
from collections.abc import Collection, Mapping
from itertools import islice

from parlour.adapters.memory.transaction import UndoLog
from parlour.domain.kernel.errors import AlreadyExists
from parlour.domain.kernel.ids import UserId
from parlour.domain.users import Handle, User, UserStore


class MemoryUserStore(UserStore):
    """Users by id, by handle and by search word."""

    def __init__(self, undo_log: UndoLog) -> None:
        self._undo_log = undo_log
        self._users: dict[UserId, User] = {}
        self._by_handle: dict[str, UserId] = {}
        self._handles: list[str] = []
        self._words: dict[UserId, frozenset[str]] = {}

    def add(self, user: User) -> None:
        if user.id in self._users or user.handle.value in self._by_handle:
            raise AlreadyExists
        self._claim(user)
        self._keep(user)

    def save(self, user: User) -> None:
        former = self._users.get(user.id)
        if former is None:
            return
        if former.handle != user.handle:
            if user.handle.value in self._by_handle:
                raise AlreadyExists
            place = bisect_right(self._handles, former.handle.value) - 1
            self._undo_log.delete(self._handles, place)
            self._undo_log.drop(self._by_handle, former.handle.value)
            self._claim(user)
        self._keep(user)

    def lock(self, user: UserId) -> User | None:
        return self.find(user)  # transactions in memory are serial

    def find(self, user: UserId) -> User | None:
        return self._users.get(user)

    def find_by_handle(self, handle: Handle) -> User | None:
        found = self._by_handle.get(handle.value)
        return self._users[found] if found else None

    def find_many(self, users: Collection[UserId]) -> Mapping[UserId, User]:
        return {user: self._users[user] for user in users if user in self._users}

    def search(self, prefix: str, after: str, limit: int) -> list[User]:
        ids = (
            self._by_handle[handle]
            for handle in islice(self._handles, bisect_right(self._handles, after), None)
        )
        found = (
            self._users[id_]
            for id_ in ids
            if not self._users[id_].disabled
            and any(word.startswith(prefix) for word in self._words[id_])
        )
        return list(islice(found, limit))

    @property
    def handles(self) -> list[str]:
        """Every handle, in order."""
        return self._handles

    def with_handle(self, handle: str) -> User:
        """Return the user with a handle; it must exist."""
        return self._users[self._by_handle[handle]]

    def with_handles(self, handles: Collection[str]) -> list[UserId]:
        """Return the ids of the users with these handles; unknown ones are left out."""
        return [self._by_handle[handle] for handle in handles if handle in self._by_handle]

    def all(self) -> Collection[User]:
        """Return all users."""
        return self._users.values()

    def _claim(self, user: User) -> None:
        self._undo_log.put(self._by_handle, user.handle.value, user.id)
        self._undo_log.insert(self._handles, user.handle.value)

    def _keep(self, user: User) -> None:
        self._undo_log.put(self._users, user.id, user)
        self._undo_log.put(self._words, user.id, user.search_words())
