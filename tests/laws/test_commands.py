"""A batch of commands in one transaction has the same results as the commands one at a time."""

from collections.abc import Callable
from typing import Any

import attrs
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parlour.domain.conversations import AddMembers, ChangeRole, RemoveMember, Rename, Role, Title
from parlour.domain.kernel.ids import ConversationId, SendKey, UserId
from parlour.domain.kernel.transaction import Storage
from parlour.domain.messages import Content, PostMessage
from parlour.entrypoints.shell.lanes import DurableCommand
from parlour.entrypoints.use_cases import Stores
from tests.support import builders as b
from tests.support.lockstep import comparable
from tests.support.random_scenario import CHANGES, Action, message_command
from tests.support.storage_dump import dump
from tests.support.storages import cleared
from tests.support.world import World, new_world

NAMES = ("anna", "berta", "carla", "dora")
TEXTS = ("hi", "hi @all", "@berta and @carla", "@dora.Hi, `@anna`", "hi")


@attrs.frozen
class Request:
    """A command whose conversation and people are numbers."""

    kind: str
    actor: int
    room: int
    other: int
    number: int


# Mostly one group and its owner, so that commands meet.
REQUESTS = st.builds(
    Request,
    kind=st.sampled_from(
        ["post"] * 4
        + ["rename", "add", "add", "remove", "remove", "leave", "promote", "promote"]
        + ["ask", "edit", "edit", "recall", "react", "react", "react", "pin", "vote", "vote"]
    ),
    actor=st.sampled_from([0, 0, 0, 1, 2, 3]),
    room=st.sampled_from([0] * 6 + [1, 2, 3]),
    other=st.integers(1, 3),
    number=st.integers(0, 8),
)
BATCHES = st.lists(st.lists(REQUESTS, min_size=1, max_size=20), min_size=1, max_size=3)


class Town:
    """Four people, two groups, a direct conversation, and one that does not exist."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.people = world.people(*NAMES)
        anna, berta, carla, dora = self.people
        self.rooms = [
            world.group(anna, carla, admins=[berta]),
            world.group(dora, anna),
            world.direct(anna, berta),
            ConversationId(b.id_of("nowhere")),
        ]

    def command(self, request: Request) -> DurableCommand[Any]:
        actor, other = self.people[request.actor], self.people[request.other]
        if request.kind in CHANGES:
            action = Action(
                request.kind, request.actor, request.room, request.other, request.number
            )
            return message_command(action, self.world, actor, self.rooms[request.room])
        make: Callable[..., DurableCommand[Any]] = getattr(self, f"_{request.kind}")
        return make(actor, self.rooms[request.room], other, request.number)

    def _post(
        self, actor: UserId, room: ConversationId, other: UserId, number: int
    ) -> DurableCommand[Any]:
        # Keys come again, now and then with another content.
        return PostMessage(
            conversation=room,
            sender=actor,
            session=None,
            key=SendKey(b.id_of(f"key {number}") if number > 6 else self.world.new_id()),
            content=Content(
                kind="text",
                body={"text": TEXTS[number % len(TEXTS)]},
                reply_to=number % 4 or None,
                mentions=(other,) if number % 5 == 0 else (),
                mentions_all=number % 3 == 0,
            ),
        )

    def _rename(
        self, actor: UserId, room: ConversationId, _other: UserId, number: int
    ) -> DurableCommand[Any]:
        return Rename(actor=actor, conversation=room, title=Title(f"Title {number % 2}"))

    def _add(
        self, actor: UserId, room: ConversationId, other: UserId, number: int
    ) -> DurableCommand[Any]:
        users = [other, *self.people[: number % 3]]
        return AddMembers(actor=actor, conversation=room, users=users)

    def _remove(
        self, actor: UserId, room: ConversationId, other: UserId, _number: int
    ) -> DurableCommand[Any]:
        return RemoveMember(actor=actor, conversation=room, user=other)

    def _leave(
        self, actor: UserId, room: ConversationId, _other: UserId, _number: int
    ) -> DurableCommand[Any]:
        return RemoveMember(actor=actor, conversation=room, user=actor)

    def _promote(
        self, actor: UserId, room: ConversationId, other: UserId, number: int
    ) -> DurableCommand[Any]:
        return ChangeRole(actor=actor, conversation=room, user=other, role=[*Role][number % 3])


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=BATCHES)
def test_a_batch_of_commands_has_the_results_of_the_commands_one_at_a_time(
    storage: Storage[Stores], batches: list[list[Request]]
) -> None:
    together, alone = Town(new_world(cleared(storage))), Town(new_world())
    for requests in batches:
        for town in (together, alone):
            town.world.clock.advance()
        commands = [together.command(request) for request in requests]
        batch = together.world.do.execute_commands(commands)
        each = [alone.world.do.execute_commands([command]) for command in commands]

        assert comparable(batch.outcomes) == comparable(
            [outcome for one in each for outcome in one.outcomes]
        )
        assert comparable(batch.events) == comparable(
            [event for one in each for event in one.events]
        )
        assert comparable(batch.private) == comparable(
            [event for one in each for event in one.private]
        )
        kept, expected = (
            dump(town.world.storage.uow, users=town.people, conversations=town.rooms)
            for town in (together, alone)
        )
        assert comparable(kept) == comparable(expected)
