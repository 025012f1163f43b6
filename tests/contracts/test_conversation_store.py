"""The conversation store: each conversation once, each pair once."""

import attrs
import pytest

from parlour.domain.conversations import Conversation, LogPosition, Pair, Title
from parlour.domain.kernel.errors import AlreadyExists
from parlour.domain.kernel.ids import ConversationId
from parlour.domain.kernel.transaction import UnitOfWork
from parlour.entrypoints.use_cases import Stores
from tests.support import builders as b
from tests.support.fakes import SECOND, START

Uow = UnitOfWork[Stores]

MOST = 2**53 - 1


def keep(uow: Uow, *conversations: Conversation) -> None:
    def work(stores: Stores) -> None:
        for conversation in conversations:
            stores.conversations.add(conversation)

    uow(work)


class TestConversationStore:
    def test_returns_what_was_stored(self, uow: Uow) -> None:
        lobby = attrs.evolve(
            b.group(title=" Ünï 👩‍🚀 % \\ ' ", members=5_000, seq=MOST - 1, offset=MOST),
            changed_at=START + SECOND,
        )
        pair = b.direct(b.ALICE, b.BOB)
        keep(uow, lobby, pair)
        kept = {lobby.id: lobby, pair.id: pair}

        assert kept == uow.read(lambda stores: dict(stores.conversations.find_many([*kept])))
        assert kept == uow(lambda stores: dict(stores.conversations.lock([*kept])))

    def test_leaves_out_those_that_do_not_exist(self, uow: Uow) -> None:
        keep(uow, b.group(offset=3))
        some = {b.LOBBY, b.KITCHEN}

        assert {b.LOBBY} == uow.read(lambda stores: {*stores.conversations.find_many(some)})
        assert {b.LOBBY} == uow(lambda stores: {*stores.conversations.lock(some)})
        assert {b.LOBBY: 3} == uow.read(lambda stores: dict(stores.conversations.offsets(some)))

    def test_finds_nothing_for_no_ids(self, uow: Uow) -> None:
        assert not uow.read(lambda stores: stores.conversations.find_many([]))
        assert not uow.read(lambda stores: stores.conversations.offsets([]))
        assert not uow(lambda stores: stores.conversations.lock([]))

    def test_finds_the_direct_conversation_of_a_pair(self, uow: Uow) -> None:
        both, notes = b.direct(b.ALICE, b.BOB), b.direct(b.ALICE, b.ALICE)
        keep(uow, both, notes, b.group())

        def direct(pair: Pair) -> Conversation | None:
            return uow.read(lambda stores: stores.conversations.find_direct(pair))

        assert direct(Pair.of(b.ALICE, b.BOB)) == direct(Pair.of(b.BOB, b.ALICE)) == both
        assert direct(Pair.of(b.ALICE, b.ALICE)) == notes
        assert direct(Pair.of(b.ALICE, b.CAROL)) is None
        assert direct(Pair.of(b.BOB, b.BOB)) is None

    def test_keeps_each_pair_once(self, uow: Uow) -> None:
        keep(uow, b.direct(b.ALICE, b.BOB))
        again = b.direct(b.BOB, b.ALICE)

        with pytest.raises(AlreadyExists):
            keep(uow, again)
        assert not uow.read(lambda stores: stores.conversations.find_many([again.id]))

    def test_keeps_any_number_of_groups(self, uow: Uow) -> None:
        keep(uow, b.group(), b.group(b.KITCHEN, "Lobby"))

        assert len(uow.read(lambda stores: stores.conversations.find_many([b.LOBBY, b.KITCHEN])))

    def test_saves_what_changes(self, uow: Uow) -> None:
        keep(uow, b.group(), b.group(b.KITCHEN, "Kitchen"))
        later = START + SECOND
        moved = [
            b.group(title="Hall", members=2, seq=3, offset=4, changed_at=later),
            b.group(b.KITCHEN, "KITCHEN", members=9, seq=MOST, offset=MOST, changed_at=later),
        ]

        def work(stores: Stores) -> None:
            stores.conversations.lock([b.LOBBY, b.KITCHEN])
            stores.conversations.save(moved)

        uow(work)
        found = uow.read(lambda stores: stores.conversations.find_many([b.LOBBY, b.KITCHEN]))

        assert {each.id: each for each in moved} == dict(found)

    def test_advance_changes_only_the_numbers(self, uow: Uow) -> None:
        keep(uow, b.group(title="Hall", members=2, seq=1, offset=2), b.group(b.KITCHEN))
        later = START + SECOND
        positions = {
            b.LOBBY: LogPosition(3, 4, later),
            b.KITCHEN: LogPosition(MOST, MOST, START),
            b.direct(b.ALICE, b.BOB).id: LogPosition(1, 1, later),  # does not exist
        }
        uow(lambda stores: stores.conversations.advance(positions))
        uow(lambda stores: stores.conversations.advance({}))
        found = uow.read(lambda stores: stores.conversations.find_many(positions))

        assert {
            b.LOBBY: b.group(title="Hall", members=2, seq=3, offset=4, changed_at=later),
            b.KITCHEN: b.group(b.KITCHEN, seq=MOST, offset=MOST),
        } == dict(found)

    def test_saves_a_direct_conversation(self, uow: Uow) -> None:
        pair = b.direct(b.ALICE, b.BOB)
        keep(uow, pair)
        moved = attrs.evolve(pair, seq=1, offset=2)

        def work(stores: Stores) -> None:
            stores.conversations.lock([pair.id])
            stores.conversations.save([moved])

        uow(work)
        found = uow.read(lambda stores: stores.conversations.find_direct(Pair.of(b.ALICE, b.BOB)))

        assert found == moved

    def test_saves_equal_values_and_nothing(self, uow: Uow) -> None:
        keep(uow, b.group())
        uow(lambda stores: stores.conversations.save([b.group()]))
        uow(lambda stores: stores.conversations.save([]))

        assert {b.LOBBY: b.group()} == uow.read(
            lambda stores: dict(stores.conversations.find_many([b.LOBBY]))
        )

    def test_saves_nothing_that_does_not_exist(self, uow: Uow) -> None:
        uow(lambda stores: stores.conversations.save([b.group()]))

        assert not uow.read(lambda stores: stores.conversations.find_many([b.LOBBY]))

    def test_keeps_the_longest_title(self, uow: Uow) -> None:
        longest = b.group(title="👩" * Title.MAX_LENGTH)
        keep(uow, longest)

        assert [longest] == [
            *uow.read(lambda stores: stores.conversations.find_many([b.LOBBY])).values()
        ]

    def test_locks_a_hundred_and_saves_a_hundred(self, uow: Uow) -> None:
        groups = [b.group(ConversationId(b.next_id()), f"Group {n}") for n in range(100)]
        keep(uow, *groups)

        def work(stores: Stores) -> None:
            locked = stores.conversations.lock([each.id for each in groups])
            stores.conversations.save(
                [attrs.evolve(locked[each.id], offset=n) for n, each in enumerate(groups)]
            )

        uow(work)
        offsets = uow.read(
            lambda stores: stores.conversations.offsets([each.id for each in groups])
        )

        assert [offsets[each.id] for each in groups] == list(range(100))
