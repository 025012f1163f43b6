"""How many round trips to the database it takes to change messages, and to show what changed."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from typing import Any

import attrs
import pytest

from parlour.adapters.sql import SqlStorage
from parlour.domain.conversations import Command
from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.messages import (
    Content,
    EditMessage,
    Emoji,
    MessageBatch,
    PageWindow,
    RecallMessage,
    SetPin,
    SetReaction,
    Vote,
)
from tests.integration.sql.test_round_trips import Questions
from tests.support.addresses import Database
from tests.support.relay import Relay
from tests.support.storages import mysql_storage
from tests.support.world import World, new_world

POLL = Content.parse(kind="poll", body={"question": "where?", "options": ["here", "there"]})


class WaitedFor(Questions):
    """Leaves out the end of a transaction that only read: nobody waits for its answer."""

    def __call__(self, data: bytes) -> bool:
        return data[5:] != b"COMMIT" and super().__call__(data)


@attrs.frozen
class Counted:
    """A group of three on a server, of which every question is counted."""

    world: World
    questions: Questions
    people: list[UserId]
    group: ConversationId

    def asked(self, work: Callable[[], object]) -> int:
        """Return how many questions *work* asks."""
        self.questions.asked = 0
        work()
        return self.questions.asked


@contextmanager
def storage_of(tables: Database, questions: Questions) -> Iterator[SqlStorage]:
    with Relay(tables.server.port, questions) as relay:
        server = attrs.evolve(tables.server, port=relay.port)
        with closing(mysql_storage(attrs.evolve(tables, server=server))) as storage:
            yield storage


@pytest.fixture
def counted(tables: Database) -> Iterator[Counted]:
    questions = WaitedFor()
    with storage_of(tables, questions) as storage:
        world = new_world(storage)
        people = list(world.people("alice", "bob", "carol"))
        group = world.group(*people)
        for number in range(20):
            world.say(people[0], group, f"{number} @bob", mentions=[str(people[1])])
        polls = [attrs.evolve(world.draft(people[0], group), content=POLL) for _ in range(5)]
        world.post(*polls)
        yield Counted(world, questions, people, group)


def commands(counted: Counted, kind: str, count: int) -> list[Command[MessageBatch, Any]]:
    """Return commands of one kind, each about another message."""
    group, (alice, bob, carol) = counted.group, counted.people
    thumb = Emoji("👍")
    make: dict[str, Callable[[int], Command[MessageBatch, Any]]] = {
        "edits": lambda seq: EditMessage(
            actor=alice,
            conversation=group,
            seq=seq,
            content=Content.parse(body={"text": "@carol"}, mentions=[str(carol)]),
        ),
        "recalls": lambda seq: RecallMessage(actor=alice, conversation=group, seq=seq),
        "reactions": lambda seq: SetReaction(
            actor=bob, conversation=group, seq=seq, emoji=thumb, on=True
        ),
        "pins": lambda seq: SetPin(actor=bob, conversation=group, seq=seq, on=True),
        "votes": lambda seq: Vote(
            actor=bob, conversation=group, seq=20 + seq % 5 + 1, options=(1,)
        ),
    }
    return [make[kind](seq) for seq in range(1, count + 1)]


# The lock of the conversation, its members, the messages, what is beside them; the writes last.
EXPECTED = {"edits": 6, "recalls": 5, "reactions": 6, "pins": 5, "votes": 6}


@pytest.mark.parametrize("size", [1, 20])
@pytest.mark.parametrize("kind", EXPECTED)
def test_a_batch_of_changes_takes_as_many_as_a_single_one(
    counted: Counted, kind: str, size: int
) -> None:
    batch = commands(counted, kind, size)
    execute = counted.world.do.execute_commands

    assert counted.asked(partial(execute, batch)) == EXPECTED[kind]


class TestAPage:
    def test_costs_one_more_where_something_is_beside_its_messages(self, counted: Counted) -> None:
        world, group, (alice, bob, _) = counted.world, counted.group, counted.people
        window = PageWindow()
        page = partial(world.do.page_history, bob, group, window, 50)
        page()  # opens a connection
        plain = counted.asked(page)
        world.execute(SetPin(actor=alice, conversation=group, seq=1, on=True))
        assert counted.asked(page) == plain

        for kind in ("reactions", "votes"):
            for command in commands(counted, kind, 5):
                world.do.execute_commands([command])
        assert counted.asked(page) == plain + 1
        found = page().messages
        assert sum(bool(each.reactions) for each in found) == 5
        assert sum(each.votes is not None for each in found) == 5
