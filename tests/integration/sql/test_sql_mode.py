"""Texts stay texts in every SQL mode, also in one that changes under the running service.

A session sets its own mode, but a proxy may put another session behind a connection, and an
operator may change the mode of the whole server.
"""

from collections.abc import Iterator
from contextlib import closing

import pytest
from sqlalchemy import text

from parlour.adapters.sql import SqlStorage, SqlStores
from parlour.adapters.sql.statements import Statement
from parlour.domain.kernel.ids import ConversationId
from tests.support import builders as b
from tests.support.addresses import Database
from tests.support.storages import empty, mysql_storage

MODES = ["NO_BACKSLASH_ESCAPES", "ANSI_QUOTES", "NO_BACKSLASH_ESCAPES,ANSI", ""]

HOSTILE = [
    "'",
    "\\",
    "\\'",
    "\\\\'",
    "''",
    '"',
    "`",
    "'; DROP TABLE users; --",
    "\\'; DROP TABLE users; --",
    '"; DROP TABLE users; --',
    "' OR '1'='1",
    "a\nb\tc\rd",
    "/*! DROP TABLE users */",
    "# -- /*",
    "X'27'",
    "%s %% ?",
    "It's 7 o'clock 🐈 \\o/",
]


@pytest.fixture
def storage(tables: Database) -> Iterator[SqlStorage]:
    """A storage with one connection that writes and one that reads."""
    with closing(mysql_storage(tables, pool=2)) as storage:
        empty(storage)
        yield storage


def set_session_modes(storage: SqlStorage, mode: str) -> None:
    """Change the SQL mode of the connections that *storage* keeps open."""
    change = Statement(text(f"SET SESSION sql_mode = '{mode}'"))
    for begin in (storage.database.writing, storage.database.reading):
        with begin() as connection:
            connection.run(change)
            connection.commit()


def room(number: int) -> ConversationId:
    return ConversationId(b.id_of(f"room{number}"))


def keep(stores: SqlStores) -> None:
    """Store every hostile text, inserted, updated alone and updated among others."""
    stores.messages.add([b.message(n, said) for n, said in enumerate(HOSTILE, 1)])
    users = [b.user(f"user{n}", said) for n, said in enumerate(HOSTILE)]
    for user in users:
        stores.users.add(b.user(user.handle.value))
        stores.users.save(user)
    groups = [b.group(room(n), said) for n, said in enumerate(HOSTILE, 1)]
    for group in groups:
        stores.conversations.add(b.group(group.id))
    stores.conversations.save(groups)


def kept(storage: SqlStorage) -> list[list[str]]:
    """Return the texts that are stored."""

    def read(stores: SqlStores) -> list[list[str]]:
        ids = [room(n) for n in range(1, len(HOSTILE) + 1)]
        groups = stores.conversations.find_many(ids)
        users = [b.user(f"user{n}").id for n in range(len(HOSTILE))]
        found = stores.users.find_many(users)
        return [
            [message.content.body["text"] for message in stores.messages.after(b.LOBBY, 0, 100)],
            [found[user].display_name.value for user in users],
            [title.value for id_ in ids if (title := groups[id_].title)],
        ]

    return storage.uow.read(read)


@pytest.mark.parametrize("mode", MODES)
def test_texts_are_kept_exactly_where_a_session_has_another_mode(
    storage: SqlStorage, mode: str
) -> None:
    storage.uow(lambda stores: stores.users.find(b.ALICE))
    set_session_modes(storage, mode)
    storage.uow(keep)

    assert kept(storage) == [HOSTILE] * 3


@pytest.mark.parametrize("mode", MODES)
def test_a_word_is_looked_for_exactly_where_a_session_has_another_mode(
    storage: SqlStorage, mode: str
) -> None:
    storage.uow(lambda stores: stores.users.add(b.user("alice")))
    set_session_modes(storage, mode)

    for said in HOSTILE:
        found = storage.uow.read(lambda stores, said=said: stores.users.search("a", said, 9))  # type: ignore[misc]
        assert [user.handle.value for user in found] == (["alice"] if said < "alice" else [])


@pytest.mark.parametrize("mode", MODES)
def test_the_mode_of_the_server_is_not_that_of_a_session(
    storage: SqlStorage, tables: Database, mode: str
) -> None:
    with closing(tables.connect()) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT @@GLOBAL.sql_mode")
        (before,) = cursor.fetchone() or ("",)
        cursor.execute("SET GLOBAL sql_mode = %s", (mode,))
        try:
            storage.database.discard_idle()
            storage.uow(keep)
            assert kept(storage) == [HOSTILE] * 3
        finally:
            cursor.execute("SET GLOBAL sql_mode = %s", (before,))
