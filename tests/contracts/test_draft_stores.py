"""The stores of what one user alone has of messages: drafts, and messages that are hidden."""

from collections.abc import Collection

import pytest

from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.kernel.transaction import UnitOfWork
from parlour.domain.messages import Draft, Message, MessageNumber
from parlour.entrypoints.use_cases import Stores
from tests.support import builders as b
from tests.support.fakes import START

Uow = UnitOfWork[Stores]

MOST = 2**53 - 1


def draft(
    text: str = "not yet",
    *,
    user: UserId = b.ALICE,
    of: ConversationId = b.LOBBY,
    reply_to: int | None = None,
) -> Draft:
    return Draft(user=user, conversation=of, text=text, reply_to=reply_to, at=START)


class TestDrafts:
    @pytest.fixture
    def kept(self, uow: Uow) -> Uow:
        def work(stores: Stores) -> None:
            for each in (draft(), draft(of=b.KITCHEN, reply_to=MOST), draft(user=b.BOB)):
                stores.drafts.put(each)

        uow(work)
        return uow

    def test_are_found_by_user_and_conversation(self, kept: Uow) -> None:
        asked = {(b.KITCHEN, b.ALICE), (b.LOBBY, b.BOB), (b.KITCHEN, b.BOB), (b.LOBBY, b.CAROL)}
        found = kept.read(lambda stores: stores.drafts.find(asked))

        assert dict(found) == {
            (b.KITCHEN, b.ALICE): draft(of=b.KITCHEN, reply_to=MOST),
            (b.LOBBY, b.BOB): draft(user=b.BOB),
        }
        assert not kept.read(lambda stores: stores.drafts.find([]))

    @pytest.mark.parametrize(
        "text",
        ["👩‍🚀" * 2_666, "é \\ \" ' % \n \t \u2028 ", "𝒳" * 8_000],
        ids=["joined", "signs", "long"],
    )
    def test_take_the_place_of_former_ones(self, kept: Uow, text: str) -> None:
        kept(lambda stores: stores.drafts.put(draft(text, reply_to=4)))
        found = kept.read(lambda stores: stores.drafts.find([(b.LOBBY, b.ALICE)]))

        assert list(found.values()) == [draft(text, reply_to=4)]

    def test_are_counted_by_user(self, kept: Uow) -> None:
        def work(stores: Stores) -> list[int]:
            return [stores.drafts.count(user) for user in (b.ALICE, b.BOB, b.CAROL)]

        assert kept.read(work) == [2, 1, 0]
        kept(lambda stores: stores.drafts.put(draft("again")))
        assert kept.read(work) == [2, 1, 0]

    def test_are_deleted(self, kept: Uow) -> None:
        kept(lambda stores: stores.drafts.remove(b.ALICE, b.LOBBY))
        kept(lambda stores: stores.drafts.remove(b.CAROL, b.LOBBY))
        asked = [(b.LOBBY, b.ALICE), (b.KITCHEN, b.ALICE), (b.LOBBY, b.BOB)]

        assert set(kept.read(lambda stores: stores.drafts.find(asked))) == set(asked[1:])

    def test_are_unchanged_after_a_rollback(self, kept: Uow) -> None:
        def work(stores: Stores) -> None:
            stores.drafts.put(draft("other"))
            stores.drafts.remove(b.BOB, b.LOBBY)
            raise RuntimeError

        with pytest.raises(RuntimeError):
            kept(work)
        found = kept.read(
            lambda stores: stores.drafts.find([(b.LOBBY, b.ALICE), (b.LOBBY, b.BOB)])
        )
        assert {each.text for each in found.values()} == {"not yet"}
        assert len(found) == 2


class TestHiddenMessages:
    @pytest.fixture
    def kept(self, uow: Uow) -> Uow:
        def work(stores: Stores) -> None:
            stores.messages.add([b.message(seq) for seq in range(1, 11)])
            stores.messages.add([b.message(seq, of=b.KITCHEN) for seq in range(1, 4)])
            stores.hidden.add(b.ALICE, {(b.LOBBY, seq) for seq in (1, 5, 6, 9)})
            stores.hidden.add(b.BOB, [(b.LOBBY, 2), (b.KITCHEN, 1)])

        uow(work)
        return uow

    def test_are_told_from_others(self, kept: Uow) -> None:
        def among(user: UserId, asked: Collection[MessageNumber]) -> set[MessageNumber]:
            return kept.read(lambda stores: stores.hidden.among(user, asked))

        asked = [(b.LOBBY, seq) for seq in range(1, 6)]
        assert among(b.ALICE, asked) == {(b.LOBBY, 1), (b.LOBBY, 5)}
        assert among(b.BOB, [*asked, (b.KITCHEN, 1)]) == {(b.LOBBY, 2), (b.KITCHEN, 1)}
        assert among(b.CAROL, asked) == among(b.ALICE, []) == set()

    def test_are_told_for_many_users_at_once(self, kept: Uow) -> None:
        hidden = {(b.ALICE, b.LOBBY, 1), (b.BOB, b.KITCHEN, 1)}
        asked = hidden | {(b.ALICE, b.KITCHEN, 1), (b.BOB, b.LOBBY, 1), (b.CAROL, b.LOBBY, 1)}

        assert kept.read(lambda stores: stores.hidden.held(asked)) == hidden

    def test_can_be_hidden_again(self, kept: Uow) -> None:
        numbers = [(b.LOBBY, seq) for seq in range(1, 9)]
        kept(lambda stores: stores.hidden.add(b.ALICE, numbers))

        assert kept.read(lambda stores: stores.hidden.among(b.ALICE, numbers)) == set(numbers)

    @pytest.mark.parametrize(
        ("seq", "limit", "expected"),
        [(0, 3, [2, 3, 4]), (4, 3, [7, 8, 10]), (8, 9, [10]), (10, 9, [])],
    )
    def test_are_left_out_of_pages_that_go_forward(
        self, kept: Uow, seq: int, limit: int, expected: list[int]
    ) -> None:
        found = kept.read(
            lambda stores: stores.messages.after(b.LOBBY, seq, limit, hidden_from=b.ALICE)
        )

        assert _seqs(found) == expected

    @pytest.mark.parametrize(
        ("seq", "limit", "since", "expected"),
        [
            (MOST, 3, 0, [7, 8, 10]),
            (7, 9, 0, [2, 3, 4]),
            (7, 2, 0, [3, 4]),
            (10, 9, 3, [4, 7, 8]),
            (2, 9, 0, []),
        ],
    )
    def test_are_left_out_of_pages_that_go_back(
        self, kept: Uow, seq: int, limit: int, since: int, expected: list[int]
    ) -> None:
        found = kept.read(
            lambda stores: stores.messages.before(
                b.LOBBY, seq, limit, since=since, hidden_from=b.ALICE
            )
        )

        assert _seqs(found) == expected

    def test_are_shown_to_others(self, kept: Uow) -> None:
        def work(stores: Stores) -> list[list[Message]]:
            before = stores.messages.before
            return [
                stores.messages.after(b.LOBBY, 0, 9),
                before(b.LOBBY, 4, 9, hidden_from=b.BOB),
                before(b.LOBBY, 4, 9, hidden_from=b.CAROL),
                before(b.KITCHEN, 4, 9, hidden_from=b.ALICE),
            ]

        assert [_seqs(page) for page in kept.read(work)] == [
            list(range(1, 10)),
            [1, 3],
            [1, 2, 3],
            [1, 2, 3],
        ]


def _seqs(messages: Collection[Message]) -> list[int]:
    return [message.seq for message in messages]
