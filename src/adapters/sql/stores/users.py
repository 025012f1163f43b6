"""Users and their search words."""

from collections.abc import Collection, Mapping

from sqlalchemy import delete, select

from parlour.adapters.sql.connection import Connection
from parlour.adapters.sql.row_mapping import RowMapping
from parlour.adapters.sql.statements import Statement, UpdateByKey, by_primary_key, one_of, param
from parlour.adapters.sql.tables import user_words, users
from parlour.domain.kernel.ids import UserId
from parlour.domain.users import Handle, User, UserStore

USERS = RowMapping(User, users)

_FIND = Statement(select(users).where(one_of(users.c.id)))
_LOCK = Statement(
    by_primary_key(select(users), users).where(users.c.id == param("user")).with_for_update()
)
_BY_HANDLE = Statement(select(users).where(users.c.handle == param("handle")))
_CHANGE = UpdateByKey(users)
_FORGET_WORDS = Statement(delete(user_words).where(user_words.c.user_id == param("user")))

# One range of an index for any prefix, then one look-up for each user of the page.
_FOUND = (
    select(user_words.c.handle)
    .distinct()
    .where(
        user_words.c.word >= param("low"),
        user_words.c.word < param("high"),
        user_words.c.handle > param("after"),
    )
    .order_by(user_words.c.handle)
    .limit(param("most"))
    .subquery("found")
)
_SEARCH = Statement(
    select(users).join(_FOUND, users.c.handle == _FOUND.c.handle).order_by(users.c.handle)
)


class SqlUserStore(UserStore):
    """Users by id, by handle and by search word."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, user: User) -> None:
        self._connection.insert(users, [USERS.to_row(user)])
        self._add_words(user)

    def save(self, user: User) -> None:
        if self.find(user.id) is None:
            return
        self._connection.update(_CHANGE, [USERS.to_update(user)])
        self._connection.run(_FORGET_WORDS, user=user.id.bytes)
        self._add_words(user)

    def lock(self, user: UserId) -> User | None:
        rows = self._connection.run(_LOCK, user=user.bytes)
        return USERS.from_row(rows[0]) if rows else None

    def find(self, user: UserId) -> User | None:
        return self.find_many([user]).get(user)

    def find_by_handle(self, handle: Handle) -> User | None:
        rows = self._connection.run(_BY_HANDLE, handle=handle.value)
        return USERS.from_row(rows[0]) if rows else None

    def find_many(self, users: Collection[UserId]) -> Mapping[UserId, User]:
        rows = self._connection.run_for(_FIND, [user.bytes for user in set(users)])
        return {user.id: user for user in map(USERS.from_row, rows)}

    def search(self, prefix: str, after: str, limit: int) -> list[User]:
        low = _word(prefix)
        rows = self._connection.run(
            # 0xff occurs nowhere in UTF-8, so no word with the prefix is after it.
            _SEARCH,
            low=low,
            high=low + b"\xff",
            after=after,
            most=limit,
        )
        return list(map(USERS.from_row, rows))

    def _add_words(self, user: User) -> None:
        # Disabled users have no words, so that searches need no filter.
        words = () if user.disabled else sorted(map(_word, user.search_words()))
        self._connection.insert(
            user_words, [(word, user.id.bytes, user.handle.value) for word in words]
        )


def _word(text: str) -> bytes:
    # A search for a lone surrogate finds nobody; it must not fail.
    return text.encode("utf-8", "surrogatepass")
