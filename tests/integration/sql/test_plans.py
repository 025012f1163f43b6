"""No statement reads a table from end to end, and none that locks does even where that is short.

A statement that locks waits for whatever it reads.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from sqlite3 import Connection
from typing import Any

import pytest
from pymysql.cursors import Cursor

from parlour.adapters import sql
from parlour.adapters.sql import mysql, sqlite
from parlour.adapters.sql.mysql_connection import MysqlConnection
from parlour.adapters.sql.statements import DeleteByKey, Key, Statement, StatementCache
from parlour.adapters.sql.stores import (
    access,
    conversations,
    drafts,
    logs,
    members,
    message_counts,
    message_details,
    message_life,
    messages,
    notifications,
    revisions,
    unread_counts,
    users,
)
from parlour.adapters.sql.tables import metadata
from parlour.domain.kernel.ids import ConversationId, DeviceId, UserId
from parlour.domain.messages import Draft, Pin, Reaction, ReactionTally, Revision, VoteTally
from parlour.domain.notifications import Notification, Reason
from tests.support import builders as b
from tests.support.addresses import MariaDb
from tests.support.fakes import START
from tests.support.storages import migrated, mysql_storage

ROOMS = [b.id_of(f"conversation {number}").bytes for number in range(40)]
USERS = [b.id_of(f"user{number}").bytes for number in range(40)]
PAIRS = list(zip(ROOMS, USERS, strict=True))
IDS: list[Key] = [*ROOMS]
PEOPLE: list[Key] = [*USERS]
BOTH: list[Key] = [*PAIRS]
MARKS: list[Key] = [(*pair, 3) for pair in PAIRS]
RANGES: list[Key] = [(*pair, 3, 8) for pair in PAIRS]
NUMBERS: list[Key] = [(room, 3) for room in ROOMS]
SENT: list[Key] = [(*pair, b"\x01" * 16) for pair in PAIRS]
REACTED: list[Key] = [(room, 3, "👍".encode(), user) for room, user in PAIRS]
TALLIES: list[Key] = [(room, 3, "👍".encode()) for room in ROOMS]
VOTED: list[Key] = [(room, 3, user) for room, user in PAIRS]
HIDDEN: list[Key] = [(user, room, 3) for room, user in PAIRS]
REVISED: list[Key] = [(room, 3, 1) for room in ROOMS]
DRAFTS: list[Key] = [(user, room) for room, user in PAIRS]
DIGESTS: list[Key] = [user * 2 for user in USERS]
HANDLES: list[Key] = [f"user{number}" for number in range(40)]
NONE: list[Key] = []

STATEMENTS: dict[str, tuple[Statement, list[Key]]] = {
    "user": (users._FIND, PEOPLE),
    "user by handle": (users._BY_HANDLE, NONE),
    "search": (users._SEARCH, NONE),
    "forget words": (users._FORGET_WORDS, NONE),
    "credentials": (access._FIND_CREDENTIALS, NONE),
    "device": (access._FIND_DEVICE, NONE),
    "devices of a user": (access._DEVICES_OF, NONE),
    "devices alive": (access._ALIVE, PEOPLE),
    "end devices": (access._REMOVE_DEVICES, PEOPLE),
    "end tokens": (access._REMOVE_TOKENS, PEOPLE),
    "token": (access._FIND_TOKEN, NONE),
    "bearers": (access._BEARERS, DIGESTS),
    "lock a token": (access._LOCK_TOKEN, NONE),
    "prune": (access._PRUNE, NONE),
    "conversation": (conversations._FIND, IDS),
    "lock conversations": (conversations._LOCK, IDS),
    "lock conversations that are free": (conversations._UNLOCKED, IDS),
    "pair": (conversations._BY_PAIR, NONE),
    "offsets": (conversations._OFFSETS, IDS),
    "member": (members._FIND, BOTH),
    "lock members": (members._LOCK, BOTH),
    "lock members that are free": (members._UNLOCKED, BOTH),
    "remove a member": (members._REMOVE, NONE),
    "page of members": (members._PAGE, NONE),
    "inbox": (members._INBOX[False], NONE),
    "inbox before": (members._INBOX[True], NONE),
    "entries": (members._ENTRIES, BOTH),
    "conversations of users": (members._JOINED, PEOPLE),
    "ends of logs of users": (members._LOG_HEADS, PEOPLE),
    "sharing": (members._SHARING, PEOPLE),
    "members by handle": (members.BY_HANDLE, HANDLES),
    "members with handles": (members.WITH_HANDLE, BOTH),
    "message": (messages._FIND, NUMBERS),
    "sent": (messages._SENT, SENT),
    "messages after": (messages._AFTER, NONE),
    "messages before": (messages._BEFORE, NONE),
    "shown messages after": (messages._AFTER_SHOWN, NONE),
    "shown messages before": (messages._BEFORE_SHOWN, NONE),
    "own messages": (unread_counts._OWN_BEYOND, MARKS),
    "mentions": (unread_counts._MENTIONED_BEYOND, MARKS),
    "last counted block": (message_counts._LAST_BLOCK, NONE),
    "messages of a block": (message_counts._SENT, NONE),
    "counted blocks": (unread_counts._BLOCKS, MARKS),
    "own messages within": (unread_counts._OWN, RANGES),
    "mentions within": (unread_counts._MENTIONED, RANGES),
    "named blocks": (message_counts._COUNTED, MARKS),
    "tallies": (message_life._TALLIES, NUMBERS),
    "reactions held": (message_life._HELD, REACTED),
    "page of reactions": (message_life._PAGE[False], NONE),
    "page of reactions with an emoji": (message_life._PAGE[True], NONE),
    "pins": (message_life._PINS, IDS),
    "results": (message_life._RESULTS, NUMBERS),
    "votes cast": (message_life._CAST, VOTED),
    "reactions to show": (message_details._REACTIONS, NUMBERS),
    "results to show": (message_details._VOTES, NUMBERS),
    "revisions": (revisions._PAGE, NONE),
    "drafts": (drafts._FIND, DRAFTS),
    "number of drafts": (drafts._COUNT, NONE),
    "hidden messages": (drafts._HELD, HIDDEN),
    "events": (logs._AFTER, NONE),
    "last event": (logs._LAST_UNTIL, NONE),
    "private heads": (logs._HEADS, PEOPLE),
    "lock private logs": (logs._LOCK, PEOPLE),
    "lock private logs that are free": (logs._UNLOCKED, PEOPLE),
    "private events": (logs._PRIVATE_AFTER, NONE),
}
VALUES: dict[str, Any] = {
    "user": PEOPLE[1],
    "viewer": PEOPLE[1],
    "seq": 3,
    "emoji": "👍".encode(),
    "device": PEOPLE[1],
    "digest": b"\x01" * 32,
    "pair": b"\x01" * 32,
    "conversation": IDS[1],
    "everyone": bytes(16),
    "offset": 5,
    "most": 10,
    "before": 9,
    "until": 9,
    "handle": "user1",
    "low": b"user1",
    "high": b"user1\xff",
    "at": "2026-01-02 03:04:05.000000",
    "since": "2026-01-01 03:04:05.000000",
}
REAL = set(metadata.tables) | {"others"}


def seed(storage: sql.SqlStorage, size: int) -> None:
    """Keep *size* users, as many conversations with a few members and messages each."""

    def work(stores: sql.SqlStores) -> None:
        for number in range(size):
            person = b.user(f"user{number}")
            stores.users.add(person)
            stores.private_logs.open(person.id)
            stores.private_logs.add([b.private(n, person.id) for n in range(1, 6)])
            stores.credentials.put(b.credentials(person.id))
            device = b.device(DeviceId(person.id), person.id)
            stores.devices.add(device)
            stores.tokens.add([b.token(device.id.bytes, device.id)])
        for number in range(size):
            where = ConversationId(b.id_of(f"conversation {number}"))
            stores.conversations.add(b.group(where))
            near = [UserId(b.id_of(f"user{(number + n) % size}")) for n in range(min(size, 4))]
            stores.members.add([b.member(each, where) for each in near])
            stores.events.add([b.event(n, of=where) for n in range(1, 6)])
            stores.messages.add(
                [b.message(n, of=where, by=near[0], mentions=tuple(near)) for n in range(1, 11)]
            )

            _seed_life(stores, where, near)

    storage.uow(work)


def _seed_life(stores: sql.SqlStores, where: ConversationId, people: list[UserId]) -> None:
    for seq in range(1, 11):
        stores.reactions.add(
            [
                Reaction(conversation=where, seq=seq, emoji="👍", user=user, at=START)
                for user in people
            ]
        )
        stores.reactions.save_tallies(
            [ReactionTally(conversation=where, seq=seq, emoji="👍", count=4, users=(), since=seq)]
        )
        stores.pins.add([Pin(conversation=where, seq=seq, by=b.BOB, at=START, offset=seq)])
        stores.votes.save({(where, seq, user): (0,) for user in people})
        stores.votes.save_tallies([VoteTally(conversation=where, seq=seq, counts=(4,), voters=4)])
        stores.revisions.add(
            [
                Revision(conversation=where, seq=seq, revision=n, at=START, kind="text", body={})
                for n in range(1, 4)
            ]
        )
    for user in people:
        stores.drafts.put(Draft(user=user, conversation=where, text="x", reply_to=None, at=START))
        stores.hidden.add(user, [(where, seq) for seq in range(1, 5)])
        stores.notifications.add(
            [
                Notification(
                    user=user,
                    conversation=where,
                    seq=3,
                    number=where.int % 2**40,
                    by=b.BOB,
                    reason=Reason.MENTION,
                    at=START,
                )
            ]
        )


def text(texts: StatementCache, name: str, size: int) -> tuple[str, list[Any]]:
    statement, keys = STATEMENTS[name]
    found = texts.of(statement)
    # The same parameter is a handle here and a number there.
    values = {**VALUES, "after": "user0" if name == "search" else 5}
    if name == "page of members":
        values["after"] = PEOPLE[0]
    return found.sql(len(keys[:size])), found.values(keys[:size], values)


LOCKING = [name for name in STATEMENTS if name.startswith("lock ")]
SIZES = (1, 2, 40)


@contextmanager
def filled(mariadb: MariaDb, size: int) -> Iterator[Cursor]:
    """Give a connection to tables with a few rows for each of *size* users and conversations."""
    with mariadb.fresh_database() as database, migrated(database):
        with closing(mysql_storage(database)) as storage:
            seed(storage, size)
        with closing(database.connect()) as connection, connection.cursor() as cursor:
            cursor.execute(f"ANALYZE TABLE {', '.join(metadata.tables)}")
            yield cursor


@pytest.fixture(scope="module")
def small_mariadb(mariadb: MariaDb) -> Iterator[Cursor]:
    with filled(mariadb, 3) as cursor:
        yield cursor


@pytest.fixture(scope="module")
def filled_mariadb(mariadb: MariaDb) -> Iterator[Cursor]:
    with filled(mariadb, 300) as cursor:
        yield cursor


def plan(cursor: Cursor, name: str, size: int) -> list[Any]:
    """Return the kind of access and the key of every step that reads a table."""
    statement, values = text(mysql._TEXTS, name, size)
    cursor.execute(f"EXPLAIN {statement}", values)
    return [(row[3], row[5]) for row in cursor.fetchall() if row[2] in REAL]


@pytest.mark.parametrize("name", STATEMENTS)
def test_mariadb_uses_a_key(filled_mariadb: Cursor, name: str) -> None:
    for size in SIZES:
        steps = plan(filled_mariadb, name, size)

        assert [] == [(how, key) for how, key in steps if how in {"ALL", "index"} or not key], size


NAMED = {
    **dict.fromkeys(("conversation", "offsets", "member", "message", "private heads"), "PRIMARY"),
    **dict.fromkeys(("reactions held", "results", "votes cast", "drafts"), "PRIMARY"),
    **dict.fromkeys(("hidden messages", "named blocks"), "PRIMARY"),
    **dict.fromkeys(LOCKING, "PRIMARY"),
    "sent": "messages_by_key",
}


# The last event of each log: the first one from the end of its key.
ALSO_READ = {"lock private logs": [("ref", "PRIMARY")]}


def expected(name: str, size: int, key: str) -> list[list[Any]]:
    """Return the plans that look every key up; a single one may be known to be missing."""
    also = ALSO_READ.get(name, [])
    if size > 1 and STATEMENTS[name][1]:
        return [[("range", key), *also]]
    return [[("const", key), *also], []]


@pytest.mark.parametrize("name", NAMED)
def test_mariadb_looks_every_key_up(filled_mariadb: Cursor, name: str) -> None:
    """A wider key would read what lies between, or everything with the same beginning."""
    for size in SIZES:
        assert plan(filled_mariadb, name, size) in expected(name, size, NAMED[name]), size


@pytest.mark.parametrize("name", LOCKING)
def test_mariadb_locks_nothing_else_in_a_small_table(small_mariadb: Cursor, name: str) -> None:
    for size in SIZES:
        assert plan(small_mariadb, name, size) in expected(name, size, "PRIMARY"), size


DELETES: dict[str, tuple[DeleteByKey, list[Key]]] = {
    "mentions": (messages._UNMENTION, MARKS),
    "reactions": (message_life._REMOVE, REACTED),
    "a tally": (message_life._REMOVE_TALLY, TALLIES),
    "reactions to a message": (message_life._REMOVE_OF_MESSAGE[0], NUMBERS),
    "tallies of a message": (message_life._REMOVE_OF_MESSAGE[1], NUMBERS),
    "pins": (message_life._UNPIN, NUMBERS),
    "votes": (message_life._TAKE_BACK, VOTED),
    "votes in a poll": (message_life._REMOVE_OF_POLL[0], NUMBERS),
    "the result of a poll": (message_life._REMOVE_OF_POLL[1], NUMBERS),
    "a revision": (revisions._REMOVE, REVISED),
    "revisions of a message": (revisions._REMOVE_OF_MESSAGE, NUMBERS),
    "drafts": (drafts._REMOVE, DRAFTS),
    "notifications": (notifications._REMOVE, HIDDEN),
}


@pytest.mark.parametrize("tables", ["small_mariadb", "filled_mariadb"])
@pytest.mark.parametrize("name", DELETES)
def test_mariadb_locks_nothing_but_what_it_deletes(
    name: str, tables: str, request: pytest.FixtureRequest
) -> None:
    cursor: Cursor = request.getfixturevalue(tables)
    delete, keys = DELETES[name]
    for size in SIZES:
        connection = MysqlConnection(mysql._TEXTS, None)
        connection.delete(delete, keys[:size])  # type: ignore[arg-type] # keys of several columns
        (sql,) = connection._buffered
        cursor.execute(f"EXPLAIN {sql}")
        steps = [(row[3], row[5]) for row in cursor.fetchall() if row[2] == "stored"]

        assert steps in [[(how, "PRIMARY")] for how in ("const", "eq_ref", "ref")]


@pytest.fixture(scope="module")
def filled_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    path = tmp_path_factory.mktemp("plans") / "parlour.db"
    with closing(sql.open_sqlite(path)) as storage:
        storage.migrate()
        seed(storage, 40)
    with closing(sqlite.connect(path, busy=1.0)) as connection:
        yield connection


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", STATEMENTS)
def test_sqlite_uses_a_key(filled_sqlite: Connection, name: str, size: int) -> None:
    statement, values = text(sqlite._TEXTS, name, size)
    plan = [row[3] for row in filled_sqlite.execute(f"EXPLAIN QUERY PLAN {statement}", values)]

    assert [step for step in plan if step.startswith("SCAN") and step.split()[1] in REAL] == []
