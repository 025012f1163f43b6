"""The stores of what happens to messages: reactions, pins, votes and earlier contents."""

from uuid import UUID

import pytest

from parlour.domain.kernel.ids import UserId
from parlour.domain.kernel.transaction import UnitOfWork
from parlour.domain.messages import (
    MAX_REVISIONS,
    MessageNumber,
    Pin,
    Reaction,
    ReactionKey,
    ReactionSummary,
    ReactionTally,
    Revision,
    VoteSummary,
    VoteTally,
)
from parlour.entrypoints.use_cases import Stores
from tests.support import builders as b
from tests.support.fakes import SECOND, START

Uow = UnitOfWork[Stores]

MOST = 2**53 - 1
FIRST: MessageNumber = (b.LOBBY, 1)
SECOND_ONE: MessageNumber = (b.LOBBY, 2)
ELSEWHERE: MessageNumber = (b.KITCHEN, 1)
HEART, THUMB, FAMILY = "❤️", "👍🏽", "👩‍❤️‍💋‍👩"
LONGEST = ":" + "x" * 62 + ":"
PEOPLE = [UserId(UUID(int=number)) for number in range(1, 301)]


def reaction(
    emoji: str = HEART, user: UserId = b.ALICE, to: MessageNumber = FIRST, *, at: int = 0
) -> Reaction:
    return Reaction(conversation=to[0], seq=to[1], emoji=emoji, user=user, at=START + at * SECOND)


def tally(
    emoji: str = HEART,
    count: int = 1,
    users: tuple[UserId, ...] = (b.ALICE,),
    *,
    to: MessageNumber = FIRST,
    since: int = 5,
) -> ReactionTally:
    return ReactionTally(
        conversation=to[0], seq=to[1], emoji=emoji, count=count, users=users, since=since
    )


def key_of(reaction: Reaction) -> ReactionKey:
    """Return what a reaction is found by."""
    return reaction.conversation, reaction.seq, reaction.emoji, reaction.user


class TestReactions:
    @pytest.fixture
    def kept(self, uow: Uow) -> Uow:
        reactions = [
            reaction(THUMB, b.BOB),
            reaction(HEART, b.BOB, at=1),
            reaction(HEART, b.ALICE),
            reaction(FAMILY, b.ALICE),
            reaction(LONGEST, b.CAROL),
            reaction(HEART, b.ALICE, SECOND_ONE),
            reaction(HEART, b.ALICE, ELSEWHERE),
        ]
        uow(lambda stores: stores.reactions.add(reactions))
        return uow

    def test_that_exist_are_told_from_others(self, kept: Uow) -> None:
        asked: set[ReactionKey] = {
            (*FIRST, HEART, b.ALICE),
            (*FIRST, HEART, b.CAROL),
            (*FIRST, "❤", b.ALICE),
            (*FIRST, LONGEST, b.CAROL),
            (*SECOND_ONE, HEART, b.ALICE),
            (*SECOND_ONE, THUMB, b.BOB),
        }
        found = kept.read(lambda stores: stores.reactions.held(asked))

        assert found == {
            (*FIRST, HEART, b.ALICE),
            (*FIRST, LONGEST, b.CAROL),
            (*SECOND_ONE, HEART, b.ALICE),
        }
        assert kept.read(lambda stores: stores.reactions.held([])) == set()

    def test_are_deleted_one_by_one(self, kept: Uow) -> None:
        gone = [(*FIRST, HEART, b.ALICE), (*FIRST, THUMB, b.CAROL), (*ELSEWHERE, HEART, b.ALICE)]
        kept(lambda stores: stores.reactions.remove(gone))

        assert len(_page(kept)) == 4
        assert kept.read(lambda stores: stores.reactions.held(gone)) == set()
        assert kept.read(lambda stores: stores.reactions.held([(*SECOND_ONE, HEART, b.ALICE)]))

    def test_can_be_set_again_in_the_transaction_that_deleted_them(self, kept: Uow) -> None:
        again = reaction(HEART, b.ALICE, at=9)

        def work(stores: Stores) -> None:
            stores.reactions.remove([key_of(again)])
            stores.reactions.add([again])

        kept(work)
        assert again in _page(kept)

    def test_are_listed_by_emoji_and_user(self, kept: Uow) -> None:
        expected = sorted(_page(kept), key=lambda each: (each.emoji.encode(), each.user.bytes))

        assert len(expected) == 5
        assert _page(kept) == expected
        assert reaction(HEART, b.BOB, at=1) in expected
        assert _page(kept, emoji=HEART) == [each for each in expected if each.emoji == HEART]
        assert _page(kept, emoji="👎") == []
        assert (
            kept.read(
                lambda stores: stores.reactions.page(b.KITCHEN, 2, emoji=None, after=None, limit=9)
            )
            == []
        )

    @pytest.mark.parametrize("emoji", [None, HEART], ids=["all", "one emoji"])
    def test_are_listed_page_by_page(self, kept: Uow, emoji: str | None) -> None:
        whole, found = _page(kept, emoji=emoji), list[Reaction]()
        while page := _page(
            kept,
            emoji=emoji,
            after=(found[-1].emoji, found[-1].user) if found else None,
            limit=1,
        ):
            found += page

        assert found == whole

    def test_of_many_users_are_kept_and_deleted_at_once(self, uow: Uow) -> None:
        crowd = [reaction(THUMB, user) for user in PEOPLE]
        uow(lambda stores: stores.reactions.add(crowd))
        assert _page(uow, limit=999) == crowd
        uow(lambda stores: stores.reactions.remove([key_of(each) for each in crowd[1:]]))

        assert _page(uow) == crowd[:1]

    def test_of_a_message_are_deleted_with_their_tallies(self, kept: Uow) -> None:
        tallies = [tally(), tally(THUMB), tally(to=SECOND_ONE), tally(to=ELSEWHERE)]
        kept(lambda stores: stores.reactions.save_tallies(tallies))
        kept(lambda stores: stores.reactions.remove_all([FIRST, ELSEWHERE, (b.KITCHEN, 9)]))

        assert _page(kept) == []
        assert _tallies(kept, FIRST, SECOND_ONE, ELSEWHERE) == {SECOND_ONE: tallies[2:3]}
        assert kept.read(lambda stores: stores.reactions.held([(*SECOND_ONE, HEART, b.ALICE)]))

    def test_are_unchanged_after_a_rollback(self, kept: Uow) -> None:
        before = _page(kept)

        def work(stores: Stores) -> None:
            stores.reactions.add([reaction(THUMB, b.CAROL)])
            stores.reactions.remove([(*FIRST, HEART, b.ALICE)])
            stores.reactions.save_tallies([tally()])
            stores.reactions.remove_all([FIRST, SECOND_ONE])
            raise RuntimeError

        with pytest.raises(RuntimeError):
            kept(work)
        assert _page(kept) == before
        assert _tallies(kept, FIRST) == {}


class TestTallies:
    def test_come_in_the_order_in_which_their_emojis_did(self, uow: Uow) -> None:
        kept = [tally(HEART, since=7), tally(THUMB, since=MOST), tally(FAMILY, since=6)]
        uow(lambda stores: stores.reactions.save_tallies(kept))
        uow(lambda stores: stores.reactions.save_tallies([tally(to=ELSEWHERE)]))

        assert _tallies(uow, FIRST, SECOND_ONE) == {FIRST: [kept[2], kept[0], kept[1]]}

    def test_take_the_place_of_former_ones(self, uow: Uow) -> None:
        uow(lambda stores: stores.reactions.save_tallies([tally(), tally(THUMB, since=9)]))
        changed = tally(count=MOST >> 22, users=tuple(PEOPLE[:10]))
        uow(lambda stores: stores.reactions.save_tallies([changed, tally(FAMILY, since=8)]))

        assert _tallies(uow, FIRST) == {
            FIRST: [changed, tally(FAMILY, since=8), tally(THUMB, since=9)]
        }

    def test_of_nobody_are_deleted(self, uow: Uow) -> None:
        uow(lambda stores: stores.reactions.save_tallies([tally(), tally(THUMB, since=9)]))
        nobody = [tally(count=0, users=()), tally(FAMILY, 0, ())]
        uow(lambda stores: stores.reactions.save_tallies(nobody))

        assert _tallies(uow, FIRST) == {FIRST: [tally(THUMB, since=9)]}

    def test_may_name_nobody(self, uow: Uow) -> None:
        uow(lambda stores: stores.reactions.save_tallies([tally(count=3, users=())]))

        assert _tallies(uow, FIRST) == {FIRST: [tally(count=3, users=())]}


def _page(
    uow: Uow,
    *,
    emoji: str | None = None,
    after: tuple[str, UserId] | None = None,
    limit: int = 9,
) -> list[Reaction]:
    return uow.read(
        lambda stores: stores.reactions.page(*FIRST, emoji=emoji, after=after, limit=limit)
    )


def _tallies(uow: Uow, *of: MessageNumber) -> dict[MessageNumber, list[ReactionTally]]:
    found = uow.read(lambda stores: stores.reactions.tallies(of))
    return {number: list(tallies) for number, tallies in found.items()}


def pin(seq: int, offset: int, of: MessageNumber = FIRST) -> Pin:
    return Pin(conversation=of[0], seq=seq, by=b.BOB, at=START, offset=offset)


class TestPins:
    def test_come_in_the_order_in_which_they_were_set(self, uow: Uow) -> None:
        pins = [pin(3, 9), pin(1, 12), pin(2, 10)]
        uow(lambda stores: stores.pins.add([*pins, pin(1, 4, ELSEWHERE)]))
        found = uow.read(lambda stores: stores.pins.of([b.LOBBY]))

        assert {room: list(theirs) for room, theirs in found.items()} == {
            b.LOBBY: [pins[0], pins[2], pins[1]]
        }

    def test_are_deleted_and_set_again(self, uow: Uow) -> None:
        uow(lambda stores: stores.pins.add([pin(1, 4), pin(2, 5), pin(1, 4, ELSEWHERE)]))

        def work(stores: Stores) -> None:
            stores.pins.remove([FIRST, ELSEWHERE, (b.KITCHEN, 7)])
            stores.pins.add([pin(1, 6)])

        uow(work)
        found = uow.read(lambda stores: stores.pins.of([b.LOBBY, b.KITCHEN]))
        assert {room: list(theirs) for room, theirs in found.items()} == {
            b.LOBBY: [pin(2, 5), pin(1, 6)]
        }


def result(counts: tuple[int, ...], voters: int, of: MessageNumber = FIRST) -> VoteTally:
    return VoteTally(conversation=of[0], seq=of[1], counts=counts, voters=voters)


class TestVotes:
    def test_are_found_by_voter(self, uow: Uow) -> None:
        votes = {
            (*FIRST, b.ALICE): (0,),
            (*FIRST, b.BOB): (1, 11),
            (*ELSEWHERE, b.ALICE): (2,),
        }
        uow(lambda stores: stores.votes.save(votes))
        asked = [(*FIRST, b.ALICE), (*FIRST, b.BOB), (*FIRST, b.CAROL), (*SECOND_ONE, b.ALICE)]
        found = uow.read(lambda stores: stores.votes.cast(asked))

        assert dict(found) == {(*FIRST, b.ALICE): (0,), (*FIRST, b.BOB): (1, 11)}

    def test_take_the_place_of_former_ones_and_are_taken_back(self, uow: Uow) -> None:
        first = {(*FIRST, b.ALICE): (0,), (*FIRST, b.BOB): (1,)}
        uow(lambda stores: stores.votes.save(first))
        uow(lambda stores: stores.votes.save({(*FIRST, b.ALICE): (), (*FIRST, b.BOB): (0, 1)}))
        found = uow.read(lambda stores: stores.votes.cast(first))

        assert dict(found) == {(*FIRST, b.BOB): (0, 1)}

    def test_have_results_until_nobody_votes(self, uow: Uow) -> None:
        def save(*results: VoteTally) -> None:
            uow(lambda stores: stores.votes.save_tallies(results))

        save(result((1, 0), 1), result((0, 3, MOST >> 22), 4, ELSEWHERE))
        save(result((1, 1), 2), result((0, 0), 0, SECOND_ONE))
        found = uow.read(lambda stores: stores.votes.tallies([FIRST, SECOND_ONE, ELSEWHERE]))
        assert dict(found) == {
            FIRST: result((1, 1), 2),
            ELSEWHERE: result((0, 3, MOST >> 22), 4, ELSEWHERE),
        }
        save(result((0, 0), 0))
        assert not uow.read(lambda stores: stores.votes.tallies([FIRST]))

    def test_of_a_poll_are_deleted_with_its_result(self, uow: Uow) -> None:
        votes = {(*poll, b.ALICE): (0,) for poll in (FIRST, SECOND_ONE)}

        def work(stores: Stores) -> None:
            stores.votes.save(votes)
            stores.votes.save_tallies([result((1, 0), 1), result((1, 0), 1, SECOND_ONE)])

        uow(work)
        uow(lambda stores: stores.votes.remove_all([FIRST, ELSEWHERE]))

        assert dict(uow.read(lambda stores: stores.votes.cast(votes))) == {
            (*SECOND_ONE, b.ALICE): (0,)
        }
        assert set(uow.read(lambda stores: stores.votes.tallies([FIRST, SECOND_ONE]))) == {
            SECOND_ONE
        }


class TestDetails:
    """What a page shows beside its messages."""

    def test_are_those_that_the_viewer_sees(self, uow: Uow) -> None:
        def work(stores: Stores) -> None:
            stores.reactions.add([reaction(HEART, b.ALICE), reaction(THUMB, b.BOB)])
            stores.reactions.add([reaction(THUMB, b.ALICE, SECOND_ONE)])
            stores.reactions.save_tallies(
                [
                    tally(HEART, since=8),
                    tally(THUMB, 1, (b.BOB,), since=7),
                    tally(THUMB, to=SECOND_ONE),
                ]
            )
            stores.votes.save({(*FIRST, b.BOB): (1, 0), (*ELSEWHERE, b.ALICE): (2,)})
            stores.votes.save_tallies([result((1, 1), 1), result((0, 0, 1), 1, ELSEWHERE)])

        uow(work)
        reacted, voted = [FIRST, SECOND_ONE, (b.KITCHEN, 9)], [FIRST, ELSEWHERE, SECOND_ONE]
        found = uow.read(lambda stores: stores.messages.details(b.BOB, reacted, voted))

        def seen(emoji: str, user: UserId) -> ReactionSummary:
            return ReactionSummary(emoji=emoji, count=1, users=(user,), mine=user == b.BOB)

        assert dict(found.reactions) == {
            FIRST: (seen(THUMB, b.BOB), seen(HEART, b.ALICE)),
            SECOND_ONE: (seen(THUMB, b.ALICE),),
        }
        assert dict(found.votes) == {
            FIRST: VoteSummary(counts=(1, 1), voters=1, mine=(1, 0)),
            ELSEWHERE: VoteSummary(counts=(0, 0, 1), voters=1, mine=None),
        }

    def test_are_none_for_no_messages(self, uow: Uow) -> None:
        found = uow.read(lambda stores: stores.messages.details(b.ALICE, [], []))

        assert (dict(found.reactions), dict(found.votes)) == ({}, {})


def revision(number: int, text: str = "hi", of: MessageNumber = FIRST) -> Revision:
    return Revision(
        conversation=of[0],
        seq=of[1],
        revision=number,
        at=START + number * SECOND,
        kind="text",
        body={"text": text},
    )


def add_revisions(uow: Uow, *revisions: Revision) -> None:
    uow(lambda stores: stores.revisions.add(revisions))


class TestRevisions:
    def test_are_listed_the_newest_first(self, uow: Uow) -> None:
        kept = [revision(1, "é 👩‍🚀 \\ \" ' %"), revision(2), revision(3)]
        uow(lambda stores: stores.revisions.add(kept[:2]))
        uow(lambda stores: stores.revisions.add([kept[2], revision(1, of=ELSEWHERE)]))

        assert _revisions(uow) == kept[::-1]
        assert _revisions(uow, limit=2) == [kept[2], kept[1]]
        assert uow.read(lambda stores: stores.revisions.page(b.LOBBY, 2, 9)) == []

    def test_beyond_the_maximum_are_deleted_the_oldest_first(self, uow: Uow) -> None:
        for start, end in ((1, MAX_REVISIONS), (MAX_REVISIONS, MAX_REVISIONS + 4)):
            add_revisions(uow, *map(revision, range(start, end)))
        add_revisions(uow, revision(1, of=ELSEWHERE))

        kept = [each.revision for each in _revisions(uow, limit=999)]
        assert kept == list(range(MAX_REVISIONS + 3, 3, -1))
        assert uow.read(lambda stores: stores.revisions.page(*ELSEWHERE, 9))

    def test_of_a_message_are_deleted(self, uow: Uow) -> None:
        uow(lambda stores: stores.revisions.add([revision(1), revision(2)]))
        uow(lambda stores: stores.revisions.add([revision(1, of=SECOND_ONE)]))
        uow(lambda stores: stores.revisions.remove_all([FIRST, ELSEWHERE]))

        assert _revisions(uow) == []
        assert uow.read(lambda stores: stores.revisions.page(*SECOND_ONE, 9))


def _revisions(uow: Uow, *, limit: int = 9) -> list[Revision]:
    return uow.read(lambda stores: stores.revisions.page(*FIRST, limit))
