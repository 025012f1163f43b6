"""The member store: who belongs to which conversation."""

from datetime import datetime, timedelta

import attrs
import pytest

from parlour.domain.conversations import Conversation, LogHead, Member, Role
from parlour.domain.kernel.errors import AlreadyExists
from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.kernel.transaction import UnitOfWork
from parlour.entrypoints.use_cases import Stores
from tests.support import builders as b
from tests.support.fakes import SECOND, START

Uow = UnitOfWork[Stores]

MOST = 2**53 - 1


def keep(uow: Uow, *members: Member) -> None:
    uow(lambda stores: stores.members.add(members))


def find(uow: Uow, who: UserId, where: ConversationId = b.LOBBY) -> Member | None:
    found = uow.read(lambda stores: stores.members.find([(where, who)]))
    return found.get((where, who))


class TestMemberStore:
    def test_returns_what_was_stored(self, uow: Uow) -> None:
        full = Member(
            conversation=b.LOBBY,
            user=b.ALICE,
            role=Role.ADMIN,
            joined_at=START,
            since_seq=MOST - 5,
            since_offset=MOST - 4,
            read=MOST - 3,
            private_read=MOST - 2,
            received=MOST,
            muted_until=datetime.max.replace(tzinfo=START.tzinfo),
            pinned=True,
            marked_unread=True,
        )
        keep(uow, full, b.member(b.BOB))

        assert find(uow, b.ALICE) == full
        assert find(uow, b.BOB) == b.member(b.BOB)

    def test_finds_and_locks_those_that_exist(self, uow: Uow) -> None:
        keep(uow, b.member(b.ALICE), b.member(b.BOB), b.member(b.ALICE, b.KITCHEN))
        asked = {(b.LOBBY, b.ALICE), (b.KITCHEN, b.ALICE), (b.KITCHEN, b.BOB)}
        there = {
            (b.LOBBY, b.ALICE): b.member(b.ALICE),
            (b.KITCHEN, b.ALICE): b.member(b.ALICE, b.KITCHEN),
        }

        assert there == uow.read(lambda stores: dict(stores.members.find(asked)))
        assert there == uow(lambda stores: dict(stores.members.lock(asked)))
        assert not uow.read(lambda stores: stores.members.find([]))

    def test_finds_members_with_their_conversations(self, uow: Uow) -> None:
        lobby, kitchen = b.group(b.LOBBY, seq=7), b.group(b.KITCHEN)
        alice, bob = b.member(b.ALICE), b.member(b.BOB)
        uow(lambda stores: stores.conversations.add(lobby))
        uow(lambda stores: stores.conversations.add(kitchen))
        keep(uow, alice, bob, b.member(b.CAROL))
        asked = [(b.LOBBY, b.ALICE), (b.LOBBY, b.BOB), (b.KITCHEN, b.ALICE)]

        assert uow.read(lambda stores: dict(stores.members.entries(asked))) == {
            (b.LOBBY, b.ALICE): (lobby, alice),
            (b.LOBBY, b.BOB): (lobby, bob),
        }
        assert not uow.read(lambda stores: stores.members.entries([]))

    def test_finds_the_conversations_of_many_users(self, uow: Uow) -> None:
        keep(uow, b.member(b.ALICE), b.member(b.BOB), b.member(b.ALICE, b.KITCHEN))
        found = uow.read(lambda stores: stores.members.joined_by([b.ALICE, b.BOB, b.CAROL]))

        assert {b.LOBBY, b.KITCHEN} == set(found[b.ALICE])
        assert ([b.LOBBY], []) == (list(found[b.BOB]), list(found[b.CAROL]))
        assert not uow.read(lambda stores: stores.members.joined_by([]))
        assert not uow(lambda stores: stores.members.lock([]))

    @pytest.mark.parametrize("others", [[], [b.BOB]])
    def test_keeps_each_member_once(self, uow: Uow, others: list[UserId]) -> None:
        keep(uow, b.member(b.ALICE))

        with pytest.raises(AlreadyExists):
            keep(uow, *map(b.member, others), b.member(b.ALICE))
        assert find(uow, b.BOB) is None

    def test_saves_what_changes(self, uow: Uow) -> None:
        keep(uow, b.member(b.ALICE), b.member(b.BOB), b.member(b.ALICE, b.KITCHEN))
        changed = [
            attrs.evolve(
                b.member(b.ALICE),
                role=Role.OWNER,
                read=3,
                private_read=4,
                received=MOST,
                muted_until=START + timedelta(microseconds=1),
                pinned=True,
                marked_unread=True,
            ),
            attrs.evolve(b.member(b.ALICE, b.KITCHEN), received=1),
        ]

        def work(stores: Stores) -> None:
            stores.members.lock([(each.conversation, each.user) for each in changed])
            stores.members.save(changed)

        uow(work)

        assert find(uow, b.ALICE) == changed[0]
        assert find(uow, b.ALICE, b.KITCHEN) == changed[1]
        assert find(uow, b.BOB) == b.member(b.BOB)

    def test_saves_none_over_a_value(self, uow: Uow) -> None:
        keep(uow, attrs.evolve(b.member(), muted_until=START, pinned=True, marked_unread=True))
        uow(lambda stores: stores.members.save([b.member()]))

        assert find(uow, b.ALICE) == b.member()

    def test_saves_nothing_for_no_members(self, uow: Uow) -> None:
        keep(uow, b.member())
        uow(lambda stores: stores.members.save([]))
        keep(uow)

        assert find(uow, b.ALICE) == b.member()

    def test_saves_nothing_of_a_user_who_is_no_member(self, uow: Uow) -> None:
        uow(lambda stores: stores.members.save([b.member()]))

        assert find(uow, b.ALICE) is None

    def test_deletes_a_member(self, uow: Uow) -> None:
        keep(uow, b.member(b.ALICE), b.member(b.BOB), b.member(b.ALICE, b.KITCHEN))
        uow(lambda stores: stores.members.remove(b.LOBBY, b.ALICE))
        uow(lambda stores: stores.members.remove(b.LOBBY, b.CAROL))

        assert find(uow, b.ALICE) is None
        assert find(uow, b.BOB) == b.member(b.BOB)
        assert find(uow, b.ALICE, b.KITCHEN) == b.member(b.ALICE, b.KITCHEN)

    def test_adds_a_former_member_as_a_new_one(self, uow: Uow) -> None:
        keep(uow, b.member(b.ALICE))
        uow(lambda stores: stores.members.remove(b.LOBBY, b.ALICE))
        keep(uow, b.member(b.ALICE, since=7))

        assert find(uow, b.ALICE) == b.member(b.ALICE, since=7)

    def test_pages_members_in_the_order_of_their_ids(self, uow: Uow) -> None:
        people = sorted([b.ALICE, b.BOB, b.CAROL, b.MALLORY])
        keep(uow, *map(b.member, reversed(people)), b.member(b.ALICE, b.KITCHEN))

        def page(after: UserId | None, limit: int) -> list[UserId]:
            found = uow.read(lambda stores: stores.members.page(b.LOBBY, after, limit))
            return [member.user for member in found]

        assert people == page(None, 100)
        assert people[:2] == page(None, 2)
        assert people[2:] == page(people[1], 2)
        assert people[1:2] == page(people[0], 1)
        assert [] == page(people[3], 100)

    def test_finds_who_shares_a_conversation(self, uow: Uow) -> None:
        keep(uow, b.member(b.ALICE), b.member(b.BOB), b.member(b.MALLORY, b.KITCHEN))
        everybody = {b.BOB, b.CAROL, b.MALLORY}

        assert {b.BOB} == uow.read(lambda stores: stores.members.sharing(b.ALICE, everybody))
        assert uow.read(lambda stores: stores.members.sharing(b.ALICE, [b.MALLORY])) == set()
        assert uow.read(lambda stores: stores.members.sharing(b.CAROL, everybody)) == set()
        assert uow.read(lambda stores: stores.members.sharing(b.ALICE, [])) == set()


class TestInbox:
    @pytest.fixture
    def rows(self, uow: Uow) -> list[tuple[Conversation, Member]]:
        """Five conversations of Alice's, the last changed first; two changed at once."""
        ids = sorted(ConversationId(b.next_id()) for _ in range(5))
        ages = [0, 3, 3, 1, 2]
        groups = [
            b.group(id_, f"Group {age}", offset=age + 1, changed_at=START + age * SECOND)
            for id_, age in zip(ids, ages, strict=True)
        ]

        def work(stores: Stores) -> None:
            for group in groups:
                stores.conversations.add(group)
            stores.members.add([b.member(b.ALICE, group.id) for group in groups])
            stores.members.add([b.member(b.BOB, groups[0].id)])
            stores.conversations.add(b.group(offset=9))
            stores.members.add([b.member(b.BOB)])

        uow(work)
        return [(groups[n], b.member(b.ALICE, groups[n].id)) for n in (2, 1, 4, 3, 0)]

    def test_lists_the_last_changed_first(
        self, uow: Uow, rows: list[tuple[Conversation, Member]]
    ) -> None:
        assert rows == uow.read(lambda stores: stores.members.inbox(b.ALICE, limit=10))
        assert rows[:2] == uow.read(lambda stores: stores.members.inbox(b.ALICE, limit=2))
        assert uow.read(lambda stores: stores.members.inbox(b.CAROL, limit=10)) == []

    def test_starts_after_a_conversation(
        self, uow: Uow, rows: list[tuple[Conversation, Member]]
    ) -> None:
        def before(last: Conversation) -> list[tuple[Conversation, Member]]:
            where = (last.changed_at, last.id)
            return uow.read(lambda stores: stores.members.inbox(b.ALICE, before=where, limit=2))

        for number, (conversation, _) in enumerate(rows):
            assert rows[number + 1 : number + 3] == before(conversation)

    def test_returns_the_heads_of_all_conversations_of_many_users(
        self, uow: Uow, rows: list[tuple[Conversation, Member]]
    ) -> None:
        users = [b.ALICE, b.BOB, b.CAROL]
        belongs = uow.read(lambda stores: stores.members.conversations_of(users))

        assert belongs[b.ALICE] == {
            group.id: LogHead(group.offset, group.changed_at) for group, _ in rows
        }
        assert {1, 9} == {end.offset for end in belongs[b.BOB].values()}
        assert not belongs.get(b.CAROL)
