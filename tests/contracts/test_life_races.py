"""What happens to one message at the same time leaves it in one state, on every backend."""

from collections import Counter
from collections.abc import Callable
from functools import partial

import attrs
import pytest

from parlour.domain.kernel.errors import NotFound
from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.kernel.transaction import Storage
from parlour.domain.logs import Event
from parlour.domain.messages import (
    Content,
    EditMessage,
    Emoji,
    ReactionSet,
    RecallMessage,
    RevisionConflict,
    SetPin,
    SetReaction,
    Vote,
)
from parlour.entrypoints.use_cases import Stores
from tests.support.concurrency import results_of, run_in_parallel
from tests.support.world import World, new_world

POLL = Content.parse(kind="poll", body={"question": "where?", "options": ["here", "there"]})


@attrs.frozen
class Room:
    """A group of three whose first message is a text and whose second one is a poll."""

    world: World
    people: list[UserId]
    id: ConversationId

    def react(self, user: UserId, emoji: str, *, on: bool = True, to: int = 1) -> None:
        """React to a message, or take that back."""
        self.world.execute(
            SetReaction(actor=user, conversation=self.id, seq=to, emoji=Emoji(emoji), on=on)
        )

    def edit(self, text: str, revision: int | None = None) -> bool:
        """Edit the first message; return whether its revision was the expected one."""
        content = Content.parse(body={"text": text})
        command = EditMessage(
            actor=self.people[0],
            conversation=self.id,
            seq=1,
            content=content,
            seen_revision=revision,
        )
        try:
            self.world.execute(command)
        except RevisionConflict:
            return False
        return True


@pytest.fixture
def room(storage: Storage[Stores]) -> Room:
    world = new_world(storage)
    people = list(world.people("alice", "bob", "carol"))
    id_ = world.group(*people)
    world.say(people[0], id_, "first")
    world.post(attrs.evolve(world.draft(people[0], id_), content=POLL))
    return Room(world, people, id_)


def test_reactions_of_many_at_once_are_each_counted_once(room: Room) -> None:
    def blink(user: UserId) -> None:
        for number in range(6):
            room.react(user, "👍", on=number % 2 == 0)
            room.react(user, "😀👍"[number % 2], on=number < 4)

    results_of(run_in_parallel([partial(blink, user) for user in room.people]))

    def work(stores: Stores) -> tuple[dict[str, int], Counter[str]]:
        tallies = stores.reactions.tallies([(room.id, 1)]).get((room.id, 1), ())
        rows = stores.reactions.page(room.id, 1, emoji=None, after=None, limit=99)
        for tally in tallies:
            assert set(tally.users) == {row.user for row in rows if row.emoji == tally.emoji}
        return {tally.emoji: tally.count for tally in tallies}, Counter(row.emoji for row in rows)

    counted, there = room.world.storage.uow.read(work)
    assert counted == there
    events = room.world.do.events_after(room.people[0], room.id, 0).events
    said = [
        event.payload
        for event in events
        if isinstance(event, Event) and isinstance(event.payload, ReactionSet)
    ]
    last = {payload.emoji: payload.count for payload in said}
    assert {emoji: count for emoji, count in last.items() if count} == counted


def test_only_one_of_many_edits_of_a_revision_succeeds(room: Room) -> None:
    edits = [partial(room.edit, f"text {number}", 1) for number in range(5)]

    assert sorted(results_of(run_in_parallel(edits))) == [False] * 4 + [True]
    found = room.world.do.get_message(room.people[1], room.id, 1).message
    assert found.revision == 2


def test_nothing_is_beside_a_message_that_is_recalled_meanwhile(room: Room) -> None:
    _, bob, carol = room.people

    def until_recalled(change: Callable[[int], object]) -> None:
        for number in range(12):
            try:
                change(number)
            except NotFound:
                return

    def vote(number: int) -> None:
        options = ((number // 2) % 2,)
        command = Vote(actor=bob, conversation=room.id, seq=2, options=options)
        room.world.execute(command)

    def pin(number: int) -> None:
        on = number % 2 == 0
        room.world.execute(
            SetPin(actor=carol, conversation=room.id, seq=1 + number // 2 % 2, on=on)
        )

    def recall() -> None:
        for seq in (1, 2):
            room.world.execute(RecallMessage(actor=room.people[0], conversation=room.id, seq=seq))

    changes: list[Callable[[int], object]] = [
        lambda number: room.react(bob, "👍", on=number % 2 == 0),
        lambda number: room.react(carol, "😀", on=number % 2 == 0, to=2),
        lambda number: room.edit(f"text {number}"),
        vote,
        pin,
    ]
    works: list[Callable[[], None]] = [partial(until_recalled, change) for change in changes]
    results_of(run_in_parallel([*works, recall]))

    def work(stores: Stores) -> list[object]:
        numbers = [(room.id, 1), (room.id, 2)]
        votes = [(*number, user) for number in numbers for user in room.people]
        return [
            stores.reactions.tallies(numbers),
            *(
                stores.reactions.page(*number, emoji=None, after=None, limit=9)
                for number in numbers
            ),
            stores.pins.of([room.id]),
            stores.votes.tallies(numbers),
            stores.votes.cast(votes),
            *(stores.revisions.page(*number, 9) for number in numbers),
        ]

    assert [each for each in room.world.storage.uow.read(work) if each] == []


def test_one_draft_and_one_hidden_message_are_left_of_many_devices(room: Room) -> None:
    world, bob = room.world, room.people[1]
    works: list[Callable[[], object]] = [
        *(partial(world.do.set_draft, bob, room.id, f"text {n}") for n in range(4)),
        *(partial(world.do.hide_messages, bob, room.id, [1]) for _ in range(4)),
        partial(world.do.clear_history, bob, room.id, 1),
    ]
    results_of(run_in_parallel(works))
    member = world.do.get_head(bob, room.id).member
    log = world.storage.uow.read(lambda stores: stores.private_logs.after(bob, 0, 99))

    assert (member.has_draft, member.cleared_seq) == (True, 1)
    assert world.storage.uow.read(lambda stores: stores.drafts.count(bob)) == 1
    assert [event.offset for event in log] == list(range(1, len(log) + 1))
    kinds = Counter(event.kind for event in log)
    assert kinds["draft.changed"] == 4
    assert kinds["message.hidden"] <= 1
    assert kinds["history.cleared"] == 1
