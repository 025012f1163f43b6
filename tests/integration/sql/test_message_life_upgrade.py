"""The upgrade to tables that keep the life of messages, from a database with a past."""

import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Any

import pytest
from sqlalchemy import column, event, table

from parlour.adapters import sql
from parlour.domain.events import encode_payload
from parlour.domain.kernel.ids import ConversationId
from tests.support import builders as b
from tests.support.addresses import Database
from tests.support.old_backups import AT, ROWS
from tests.support.storages import mysql_storage

BEFORE = "0007"
CANARY = "what nobody may read any more"
NOTIFIED: dict[str, Any] = {
    "id": f"{b.LOBBY}/1",
    "conversation": str(b.LOBBY),
    "seq": 1,
    "by": str(b.ALICE),
    "reason": "mention",
    "excerpt": CANARY,
}


@pytest.fixture
def old(empty: sql.SqlStorage) -> sql.SqlStorage:
    """A database of the release before, with a group and what its members were notified of."""
    return filled(empty)


@pytest.fixture
def old_server(database: Database) -> Iterator[sql.SqlStorage]:
    """The same on a server."""
    with closing(mysql_storage(database)) as storage:
        yield filled(storage)


def filled(empty: sql.SqlStorage) -> sql.SqlStorage:
    empty.schema.migrate(BEFORE)
    insert(empty, ROWS)
    later = {**ROWS["conversations"][0], "id": b.KITCHEN.bytes, "title": "Kitchen"}
    joined = {**ROWS["members"][0], "conversation_id": b.KITCHEN.bytes}
    insert(
        empty,
        {
            "conversations": [later],
            "members": [
                {**joined, "user_id": user.bytes, "since_seq": since}
                for user, since in ((b.ALICE, 0), (b.BOB, 2), (b.CAROL, 1))
            ],
            "private_events": [_private(offset) for offset in range(2, 1_405)],
            "notifications": [
                {
                    "user_id": b.BOB.bytes,
                    "conversation_id": b.LOBBY.bytes,
                    "seq": 1,
                    "number": 2,
                    "by_id": b.ALICE.bytes,
                    "reason": "mention",
                    "excerpt": CANARY,
                    "at": AT,
                    "is_read": 0,
                }
            ],
        },
    )
    return empty


def _private(offset: int) -> dict[str, Any]:
    is_notification = offset % 4 > 0
    return {
        "user_id": b.BOB.bytes,
        "log_offset": offset,
        "kind": "notification.added" if is_notification else "read.moved",
        "at": AT,
        "data": json.dumps(NOTIFIED if is_notification else {"n": offset}),
    }


NEW = {
    "conversations": {"joined_seq"},
    "members": {"cleared_seq", "hides", "has_draft"},
    "messages": {"flags", "details"},
}


def insert(storage: sql.SqlStorage, rows: Mapping[str, list[dict[str, Any]]]) -> None:
    """Insert rows as a node of the release before does: with the columns that it knows."""
    with storage.schema.engine.begin() as connection:
        for name, given in rows.items():
            known = sorted(given[0].keys() - NEW.get(name, set()))
            into = table(name, *map(column, known))
            connection.execute(into.insert(), [{key: row[key] for key in known} for row in given])


def counted(storage: sql.SqlStorage, statement: str) -> int:
    with storage.schema.engine.connect() as connection:
        return int(connection.exec_driver_sql(statement).scalar() or 0)


class TestUpgrade:
    def test_keeps_messages_and_members_as_they_were(self, old: sql.SqlStorage) -> None:
        old.migrate()
        messages = old.uow.read(lambda stores: stores.messages.after(b.LOBBY, 0, 9))
        members = old.uow.read(lambda stores: stores.members.page(b.LOBBY, None, 9))

        assert [(each.content.body["text"], each.flags) for each in messages] == [
            ("It's 陽子 \\o/", 0),
            ("so it is", 0),
        ]
        assert all(not each.recalled and not each.edited_at for each in messages)
        assert [(each.cleared_seq, each.hides, each.has_draft) for each in members] == [
            (0, False, False),
            (0, False, False),
        ]

    def test_notes_up_to_where_some_members_do_not_see(self, old: sql.SqlStorage) -> None:
        old.migrate()
        rooms: list[ConversationId] = [b.LOBBY, b.KITCHEN]
        found = old.uow.read(lambda stores: stores.conversations.find_many(rooms))

        assert {room: each.joined_seq for room, each in found.items()} == {
            b.LOBBY: 0,
            b.KITCHEN: 2,
        }

    def test_forgets_what_notifications_said(self, old: sql.SqlStorage) -> None:
        asked = f"SELECT COUNT(*) FROM private_events WHERE data LIKE '%%{CANARY}%%'"
        if old.schema.engine.dialect.name == "sqlite":
            asked = asked.replace("%%", "%")
        listed = "SELECT COUNT(*) FROM notifications WHERE excerpt <> ''"
        assert (counted(old, asked) > 1_000, counted(old, listed) > 0) == (True, True)
        old.migrate()
        events = old.uow.read(lambda stores: stores.private_logs.after(b.BOB, 1, 2_000))

        assert (counted(old, asked), counted(old, listed)) == (0, 0)
        said = [encode_payload(each.payload) for each in events]
        assert said[:2] == [{**NOTIFIED, "excerpt": ""}] * 2
        assert len(said) == 1_403
        assert {each.offset: data for each, data in zip(events, said, strict=True)}[4] == {"n": 4}

    def test_can_be_resumed_at_any_step(self, old: sql.SqlStorage) -> None:
        old.migrate()
        with old.schema.engine.begin() as connection:
            connection.exec_driver_sql("DROP TABLE revisions")
            connection.exec_driver_sql("ALTER TABLE members DROP COLUMN has_draft")
            connection.exec_driver_sql(f"UPDATE schema_version SET version_num = '{BEFORE}'")
        old.migrate()

        assert old.schema_state().is_current
        assert old.uow.read(lambda stores: stores.members.page(b.LOBBY, None, 9))
        assert old.uow.read(lambda stores: stores.revisions.page(b.LOBBY, 1, 9)) == []

    def test_touches_no_row_of_the_tables_that_get_columns(
        self, old_server: sql.SqlStorage
    ) -> None:
        @event.listens_for(old_server.schema.engine, "connect")
        def _(driver: Any, _record: object) -> None:
            with driver.cursor() as cursor:
                # The server refuses what it cannot do in its dictionary alone.
                cursor.execute("SET SESSION alter_algorithm = 'INSTANT'")

        old_server.migrate()
        assert old_server.schema_state().is_current

    def test_lets_nodes_of_the_release_before_write_meanwhile(self, old: sql.SqlStorage) -> None:
        old.migrate()
        (message, _), (member, _) = ROWS["messages"], ROWS["members"]
        insert(
            old,
            {
                "messages": [{**message, "seq": 3, "log_offset": 4, "send_key": bytes(16)}],
                "members": [{**member, "user_id": b.CAROL.bytes}],
            },
        )

        messages = old.uow.read(lambda stores: stores.messages.after(b.LOBBY, 2, 9))
        assert [each.flags for each in messages] == [0]
        found = old.uow.read(lambda stores: stores.members.find([(b.LOBBY, b.CAROL)]))
        assert not found[b.LOBBY, b.CAROL].hides
