"""Damaged logs are found, and mended where nothing has to be invented."""

from uuid import UUID

import attrs
import pytest
from sqlalchemy import delete, update

from parlour.adapters.sql import SqlStorage
from parlour.adapters.sql.log_check import check_logs, repair_logs
from parlour.adapters.sql.tables import conversations, members, messages, private_logs
from parlour.domain.conversations import Title
from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.logs import Cursor
from parlour.domain.messages import LogDamaged, Mark
from parlour.domain.messages.damage import RECHECK
from tests.support.broken_logs import move_head, skip_private_offset
from tests.support.world import World, new_world


@attrs.frozen
class Lobby:
    """A group of two with messages and other events in its log."""

    storage: SqlStorage
    world: World
    alice: UserId
    bob: UserId
    group: ConversationId

    def findings(self) -> list[str]:
        """Return what the check finds."""
        found = check_logs(self.storage.schema.engine)
        return [f"{each.subject}: {each.text}" for each in found]

    def change(self, statement: object) -> None:
        """Change the tables behind the back of the service."""
        with self.storage.schema.engine.begin() as connection:
            connection.execute(statement)  # type: ignore[call-overload]


@pytest.fixture
def lobby(storage: SqlStorage) -> Lobby:
    """A group whose log is sound."""
    world = new_world(storage)
    alice, bob = world.people("alice", "bob")
    group = world.group(alice, bob)
    world.say(alice, group, "one", "two")
    world.rename(alice, group, Title("Hall"))
    world.say(bob, group, "three")
    world.read(bob, group, 3)
    return Lobby(storage, world, alice, bob, group)


def test_a_sound_database_is_sound(lobby: Lobby) -> None:
    assert lobby.findings() == []
    assert repair_logs(lobby.storage.schema.engine) == 0


def test_a_head_before_the_end_of_its_log_is_moved_up(lobby: Lobby) -> None:
    move_head(lobby.storage, lobby.group, -2)
    subject = f"conversation {lobby.group}"
    assert lobby.findings() == [
        f"{subject}: head at seq 1, offset 3; log up to 3, 5",
        f"{subject}: 1 members have marks beyond the end",
    ]

    assert repair_logs(lobby.storage.schema.engine) == 2
    assert lobby.findings() == []
    assert lobby.world.say(lobby.bob, lobby.group, "four").seq == 4


def test_missing_messages_are_found_and_not_invented(lobby: Lobby) -> None:
    lobby.change(delete(messages).where(messages.c.seq == 2))
    expected = [f"conversation {lobby.group}: 1 events are missing or there twice"]
    assert lobby.findings() == expected

    assert repair_logs(lobby.storage.schema.engine) == 0
    assert lobby.findings() == expected


def test_a_mark_beyond_the_end_is_moved_down(lobby: Lobby) -> None:
    bob = members.c.user_id == lobby.bob.bytes
    lobby.change(update(members).where(bob).values(read_seq=9, received_seq=9))
    assert lobby.findings() == [f"conversation {lobby.group}: 1 members have marks beyond the end"]

    assert repair_logs(lobby.storage.schema.engine) == 2
    assert lobby.findings() == []


def test_a_history_cleared_beyond_the_end_is_moved_down(lobby: Lobby) -> None:
    bob = members.c.user_id == lobby.bob.bytes
    lobby.change(update(members).where(bob).values(cleared_seq=9))
    assert lobby.findings() == [f"conversation {lobby.group}: 1 members have marks beyond the end"]

    assert repair_logs(lobby.storage.schema.engine) == 1
    assert lobby.findings() == []


def test_members_who_joined_later_than_their_conversation_says_are_noted(lobby: Lobby) -> None:
    bob = members.c.user_id == lobby.bob.bytes
    lobby.change(update(members).where(bob).values(since_seq=2))
    assert lobby.findings() == [f"conversation {lobby.group}: 1 members joined later than it says"]

    assert repair_logs(lobby.storage.schema.engine) == 1
    assert lobby.findings() == []
    found = lobby.storage.uow.read(
        lambda stores: stores.conversations.find_many([lobby.group])[lobby.group]
    )
    assert found.joined_seq == 2


def test_a_private_log_with_a_hole_is_found(lobby: Lobby) -> None:
    skip_private_offset(lobby.storage, lobby.bob)
    assert lobby.findings() == [f"private log of user {lobby.bob}: 1 events are missing"]


def test_rows_without_their_conversation_are_found(lobby: Lobby) -> None:
    lobby.change(delete(conversations))
    subject = f"conversation {UUID(bytes=lobby.group.bytes)}: does not exist, and has"
    assert lobby.findings() == [
        f"{subject} 2 rows in members",
        f"{subject} 3 rows in messages",
        f"{subject} 2 rows in conversation_events",
    ]


def test_a_damaged_log_is_refused_alone_and_taken_again_after_its_repair(lobby: Lobby) -> None:
    world, alice = lobby.world, lobby.alice
    sound = world.direct(alice, lobby.bob)
    move_head(lobby.storage, lobby.group, -1)

    for _ in range(2):
        batch = [world.draft(alice, id_) for id_ in (lobby.group, sound, lobby.group, sound)]
        outcomes = world.post(*batch)
        refused = [isinstance(each, LogDamaged) for each in outcomes]
        assert refused == [True, False, True, False]

    repair_logs(lobby.storage.schema.engine)
    world.clock.advance(RECHECK)
    assert world.say(alice, lobby.group, "four").seq == 4
    assert lobby.findings() == []


def test_a_private_log_beyond_its_head_goes_on_behind_its_last_event(lobby: Lobby) -> None:
    """Whatever writes to it shares its transaction with others, who must not fail."""
    statement = update(private_logs).where(private_logs.c.user_id == lobby.bob.bytes)
    lobby.change(statement.values(last_offset=0))
    lobby.world.say(lobby.alice, lobby.group, "four")
    marked = lobby.world.do.mark_watermarks(
        [
            Mark(conversation=lobby.group, user=lobby.bob, read=4),
            Mark(conversation=lobby.group, user=lobby.alice, read=4),
        ]
    )

    assert marked.outcomes == (4, 4)
    offsets = [event.offset for event in lobby.world.do.sync_private(lobby.bob, Cursor(0)).events]
    assert offsets == list(range(1, len(offsets) + 1))
    assert lobby.findings() == []
