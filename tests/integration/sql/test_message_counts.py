"""Counted blocks of messages: made by the migration, and caught up where a node left them out."""

from collections.abc import Sequence

import pytest

from parlour.adapters import sql
from parlour.adapters.sql.schema import VERSION_TABLE
from parlour.adapters.sql.stores import message_counts
from parlour.adapters.sql.stores.message_counts import BLOCK, turn
from parlour.domain.kernel.ids import ConversationId
from parlour.domain.messages import Message, UnreadParts
from tests.support import builders as b

AFTER = {(b.LOBBY, b.ALICE): 1, (b.LOBBY, b.BOB): 1_000, (b.LOBBY, b.CAROL): 0}


@pytest.fixture(scope="module")
def log() -> list[Message]:
    """Messages by two people; every third mentions somebody, every seventh everyone."""
    return [
        b.message(
            seq,
            by=(b.ALICE, b.BOB)[seq % 5 > 2],
            mentions=(b.BOB, b.CAROL)[seq % 2 :] if seq % 3 == 0 else (),
            everyone=seq % 7 == 0,
        )
        for seq in range(1, 4_501)
    ]


def keep(storage: sql.SqlStorage, messages: Sequence[Message]) -> None:
    storage.uow(lambda stores: stores.messages.add(messages))


def counts(storage: sql.SqlStorage) -> list[UnreadParts]:
    found = storage.uow.read(lambda stores: stores.messages.count_far(AFTER))
    return [found[each] for each in AFTER]


def rows(storage: sql.SqlStorage) -> list[tuple[object, ...]]:
    with storage.schema.engine.connect() as connection:
        found = connection.exec_driver_sql("SELECT * FROM message_counts")
        return sorted(tuple(row) for row in found)


def execute(storage: sql.SqlStorage, *statements: str) -> None:
    with storage.schema.engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


class TestCountedBlocks:
    def test_are_made_for_stored_messages_by_the_migration(
        self, storage: sql.SqlStorage, log: list[Message]
    ) -> None:
        storage.uow(lambda stores: stores.conversations.add(b.group(seq=3_500, offset=3_500)))
        keep(storage, log[:3_500])
        written = rows(storage)
        execute(
            storage,
            "DROP TABLE message_counts",
            f"UPDATE {VERSION_TABLE} SET version_num = '0004'",
        )
        storage.migrate()

        assert written == rows(storage)
        assert {0, 1, 2} == {row[2] for row in written}

    def test_that_an_earlier_release_left_out_are_counted_with_the_next(
        self, storage: sql.SqlStorage, log: list[Message]
    ) -> None:
        keep(storage, log[:3_500])
        exact = counts(storage)
        execute(storage, "DELETE FROM message_counts WHERE block > 0")
        assert exact == counts(storage)
        keep(storage, log[3_500:])  # a thousand more: its turn comes

        assert {0, 1, 2, 3} == {row[2] for row in rows(storage)}

    def test_that_are_many_are_counted_in_several_transactions(
        self, storage: sql.SqlStorage, log: list[Message], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        keep(storage, log[:4_000])
        exact, whole = counts(storage), rows(storage)
        execute(storage, "DELETE FROM message_counts")
        monkeypatch.setattr(message_counts, "MAX_BLOCKS", 3)
        keep(storage, [b.message(5_000 + turn(b.LOBBY), of=b.LOBBY)])

        assert {0, 1, 2} == {row[2] for row in rows(storage)}
        assert [row for row in whole if row[2] != 3] == rows(storage)
        alice, bob, carol = counts(storage)
        assert (UnreadParts(alice.own - 1, alice.mentions), bob, carol) == (*exact,)

    def test_of_conversations_that_grow_in_step_are_counted_at_different_messages(self) -> None:
        turns = {turn(ConversationId(b.id_of(f"room {number}"))) for number in range(100)}

        assert len(turns) > 80
        assert turns < set(range(BLOCK))

    def test_are_counted_at_the_turn_of_their_conversation(
        self, storage: sql.SqlStorage, log: list[Message]
    ) -> None:
        at = BLOCK + turn(b.LOBBY)
        keep(storage, log[: BLOCK - 1])
        keep(storage, log[BLOCK - 1 : at - 1])
        assert rows(storage) == []
        keep(storage, log[at - 1 : at])

        assert {0} == {row[2] for row in rows(storage)}
