"""Durable commands: what those share that are committed together."""

from collections.abc import Callable
from typing import Any, TypeVar

import attrs
import pytest

from parlour.adapters.memory.conversations import MemoryConversationStore
from parlour.domain.conversations import (
    Added,
    AddMembers,
    Changed,
    ChangeRole,
    Limits,
    RemoveMember,
    Rename,
    Role,
    Title,
)
from parlour.domain.kernel.errors import (
    DomainError,
    Forbidden,
    NotFound,
    OutcomeUnknown,
    Unavailable,
)
from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.messages import ExecuteCommands, Posted
from parlour.entrypoints.use_cases import Stores
from tests.support import builders as b
from tests.support.world import World

T = TypeVar("T")


@attrs.frozen
class Hall:
    """A group with an owner and a member; Carol stands outside."""

    world: World
    alice: UserId
    bob: UserId
    carol: UserId
    group: ConversationId

    def rename(self, title: str, actor: UserId | None = None) -> Rename:
        return Rename(actor=actor or self.alice, conversation=self.group, title=Title.parse(title))

    def add(self, *users: UserId) -> AddMembers:
        return AddMembers(actor=self.alice, conversation=self.group, users=users)

    def remove(self, user: UserId) -> RemoveMember:
        return RemoveMember(actor=self.alice, conversation=self.group, user=user)

    def promote(self, user: UserId, role: Role = Role.ADMIN) -> ChangeRole:
        return ChangeRole(actor=self.alice, conversation=self.group, user=user, role=role)

    def say(self, user: UserId, text: str = "hi") -> Any:
        return self.world.draft(user, self.group, text)

    def commit(self, *commands: Any) -> list[Any]:
        return [*self.world.do.execute_commands(commands).outcomes]

    def kinds(self) -> list[str]:
        events = self.world.do.events_after(self.alice, self.group, 1).events
        assert [event.offset for event in events] == list(range(2, len(events) + 2))
        return [b.as_event(event).kind for event in events]

    def role_of(self, user: UserId) -> Role:
        return self.world.do.get_head(user, self.group).member.role


@pytest.fixture
def hall(world: World) -> Hall:
    alice, bob, carol = world.people("alice", "bob", "carol")
    return Hall(world, alice, bob, carol, world.group(alice, bob))


class TestABatchOfCommands:
    def test_stands_in_the_log_in_the_order_of_submission(self, hall: Hall) -> None:
        outcomes = hall.commit(
            hall.say(hall.bob), hall.rename("Hall"), hall.say(hall.alice), hall.add(hall.carol)
        )

        assert hall.kinds() == [
            "message.posted",
            "conversation.changed",
            "message.posted",
            "member.added",
        ]
        first, renamed, second, added = outcomes
        assert (first.message.offset, second.message.offset) == (2, 4)
        assert renamed == Changed(3)
        assert added == Added((hall.carol,), 5)
        head = hall.world.do.get_head(hall.alice, hall.group)
        assert (head.title, head.conversation.seq, head.conversation.offset) == ("Hall", 2, 5)

    def test_is_told_in_that_order(self, hall: Hall) -> None:
        again = hall.say(hall.bob, "again")
        hall.commit(again)
        committed = hall.world.do.execute_commands(
            [hall.rename("Hall"), again, hall.say(hall.alice), hall.remove(hall.bob)]
        )

        assert [event.offset for event in committed.events] == [3, 2, 4, 5]
        assert [event.kind for event in committed.private] == ["conversation.left"]

    def test_holds_refusals_that_spoil_no_neighbour(self, hall: Hall) -> None:
        outcomes = hall.commit(
            hall.rename("Mine", actor=hall.bob),
            hall.say(hall.carol),
            hall.rename("Hall"),
            hall.remove(hall.carol),
            hall.say(hall.bob),
        )

        assert [type(outcome) for outcome in outcomes] == [
            Forbidden,
            NotFound,
            Changed,
            NotFound,
            Posted,
        ]
        assert all(each.__traceback__ is None for each in outcomes if isinstance(each, Exception))
        assert hall.kinds() == ["conversation.changed", "message.posted"]

    def test_reaches_several_conversations(self, hall: Hall) -> None:
        direct = hall.world.direct(hall.alice, hall.carol)
        said, renamed, other = hall.commit(
            hall.world.draft(hall.carol, direct), hall.rename("Hall"), hall.say(hall.bob)
        )

        assert (said.message.offset, renamed.offset, other.message.offset) == (2, 2, 3)
        assert hall.world.do.get_head(hall.carol, direct).conversation.seq == 1

    def test_of_what_stands_already_writes_nothing(self, hall: Hall) -> None:
        before = hall.world.do.get_head(hall.alice, hall.group)
        hall.world.clock.advance()
        outcomes = hall.commit(
            hall.rename("Lobby"), hall.add(hall.bob), hall.promote(hall.bob, Role.MEMBER)
        )

        assert outcomes == [Changed(1, replayed=True), Added((), 1), Changed(1, replayed=True)]
        assert hall.world.do.get_head(hall.alice, hall.group) == before


class TestACommand:
    """Sees what the commands before it left behind, as if they were committed."""

    def test_of_somebody_removed_before_is_refused(self, hall: Hall) -> None:
        removed, said = hall.commit(hall.remove(hall.bob), hall.say(hall.bob))

        assert isinstance(removed, Changed)
        assert isinstance(said, NotFound)

    def test_of_somebody_added_before_is_taken(self, hall: Hall) -> None:
        _, _, said, early = hall.commit(
            hall.say(hall.bob),
            hall.add(hall.carol),
            hall.say(hall.carol),
            hall.world.draft(hall.carol, hall.group, reply_to=1),
        )

        assert said.message.seq == 2
        assert isinstance(early, DomainError)  # what was said before is not theirs to see

    def test_can_change_whom_another_one_added(self, hall: Hall) -> None:
        hall.commit(hall.add(hall.carol), hall.promote(hall.carol))

        assert hall.role_of(hall.carol) is Role.ADMIN

    def test_can_bring_back_whom_another_one_removed(self, hall: Hall) -> None:
        hall.world.say(hall.bob, hall.group, "before")
        hall.world.read(hall.bob, hall.group, 1)
        hall.commit(hall.promote(hall.bob), hall.remove(hall.bob), hall.add(hall.bob))
        member = hall.world.do.get_head(hall.bob, hall.group).member

        assert (member.role, member.since_seq, member.since_offset) == (Role.MEMBER, 1, 4)

    def test_can_remove_whom_another_one_added(self, hall: Hall) -> None:
        hall.commit(hall.add(hall.carol), hall.remove(hall.carol))

        assert hall.kinds() == ["member.added", "member.removed"]
        assert not hall.world.do.list_heads(hall.carol).heads
        assert hall.world.do.get_head(hall.alice, hall.group).conversation.members == 2

    def test_obeys_who_owns_the_group_by_then(self, hall: Hall) -> None:
        given, refused = hall.commit(
            hall.promote(hall.bob, Role.OWNER), hall.promote(hall.bob, Role.MEMBER)
        )

        assert given.offset == 3
        assert isinstance(refused, Forbidden)
        assert (hall.role_of(hall.alice), hall.role_of(hall.bob)) == (Role.ADMIN, Role.OWNER)


@attrs.define
class LostCommits:
    """A unit of work whose commits lose their answers, after they took effect or before."""

    world: World
    reaches: bool
    losses: int = 1
    then: Exception | None = None

    def __call__(
        self,
        work: Callable[[Stores], T],
        *,
        idempotent: bool = False,
        waits_for_locks: bool = True,
    ) -> T:
        uow = self.world.storage.uow
        if not self.losses:
            if self.then is not None:
                raise self.then
            return uow(work)
        self.losses -= 1
        if self.reaches:
            uow(work)
        if idempotent:
            return uow(work)
        raise OutcomeUnknown

    def read(self, work: Callable[[Stores], T]) -> T:
        return self.world.storage.uow.read(work)

    def execute(self, *commands: Any) -> list[Any]:
        execute = ExecuteCommands(self, self.world.clock, Limits())
        return [*execute(commands).outcomes]


class TestALostAnswerToACommit:
    @pytest.mark.parametrize("reaches", [True, False])
    def test_is_found_out_for_what_may_run_again(self, hall: Hall, reaches: bool) -> None:
        said, renamed = LostCommits(hall.world, reaches).execute(
            hall.say(hall.bob), hall.rename("Hall")
        )

        assert (said.message.offset, said.replayed) == (2, reaches)
        assert renamed == Changed(3, replayed=reaches)
        assert hall.kinds() == ["message.posted", "conversation.changed"]

    @pytest.mark.parametrize("reaches", [True, False])
    def test_stays_unknown_for_what_may_not(self, hall: Hall, reaches: bool) -> None:
        said, removed, renamed = LostCommits(hall.world, reaches).execute(
            hall.say(hall.bob), hall.remove(hall.bob), hall.rename("Hall")
        )

        assert (said.message.offset, said.replayed) == (2, reaches)
        assert isinstance(removed, OutcomeUnknown)
        assert renamed.replayed == reaches
        assert ("member.removed" in hall.kinds()) == reaches

    @pytest.mark.parametrize("then", [Unavailable(), OutcomeUnknown()])
    def test_is_unknown_to_all_where_that_fails_too(self, hall: Hall, then: DomainError) -> None:
        lost = LostCommits(hall.world, reaches=True, then=then)
        with pytest.raises(OutcomeUnknown):
            lost.execute(hall.say(hall.bob), hall.remove(hall.bob))

    def test_of_commands_that_may_not_run_again_asks_no_further(self, hall: Hall) -> None:
        lost = LostCommits(hall.world, reaches=True, then=AssertionError())
        with pytest.raises(OutcomeUnknown):
            lost.execute(hall.remove(hall.bob))

    def test_of_commands_that_may_run_again_is_not_hidden(self, hall: Hall) -> None:
        lost = LostCommits(hall.world, reaches=True, losses=0, then=OutcomeUnknown())
        with pytest.raises(OutcomeUnknown):
            lost.execute(hall.say(hall.bob))


class Recording:
    """Stores that note which methods are called."""

    def __init__(self, stores: Any, called: list[str], name: str = "") -> None:
        self._stores, self._called, self._name = stores, called, name

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._stores, name)
        if not self._name:
            return Recording(found, self._called, name)
        self._called.append(f"{self._name}.{name}")
        return found


class TestAskingTheStores:
    def called(self, hall: Hall, *commands: Any) -> list[str]:
        called: list[str] = []

        class Watched:
            def __call__(self, work: Callable[[Any], T], **options: bool) -> T:
                return hall.world.storage.uow(
                    lambda stores: work(Recording(stores, called)), **options
                )

        execute: Any = ExecuteCommands(Watched(), hall.world.clock, Limits())  # type: ignore[arg-type]
        execute(commands)
        return called

    def test_of_messages_alone_is_one_query_and_two_writes(self, hall: Hall) -> None:
        called = self.called(hall, *(hall.say(hall.bob) for _ in range(9)))

        assert called == ["messages.lock_for", "messages.add", "conversations.advance"]

    def test_of_all_kinds_is_once_a_store_however_many_there_are(self, hall: Hall) -> None:
        few = self.called(
            hall, hall.say(hall.bob), hall.rename("one"), hall.promote(hall.bob), hall.add()
        )
        titles = (hall.rename(f"Title {number}") for number in range(9))
        roles = (hall.promote(hall.bob, [*Role][1 + number % 2]) for number in range(9))
        many = self.called(hall, hall.say(hall.bob), hall.say(hall.bob), *titles, *roles)

        assert few == many
        assert many == [
            "conversations.lock",
            "members.lock",
            "messages.lock_for",
            "messages.add",
            "conversations.save",
            "events.add",
            "members.save",
        ]


class TestLockedConversations:
    def test_are_those_of_the_commands_that_the_store_finds_locked(
        self, hall: Hall, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert hall.world.do.execute_commands.locked([hall.say(hall.bob)]) == set()

        monkeypatch.setattr(MemoryConversationStore, "locked", lambda _, asked: set(asked))
        assert hall.world.do.execute_commands.locked(
            [hall.say(hall.bob), hall.rename("Hall")]
        ) == {hall.group}
