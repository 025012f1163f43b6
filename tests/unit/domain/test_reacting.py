"""Reactions, pins and votes."""

from datetime import timedelta
from typing import Any

import attrs
import pytest

from parlour.domain.conversations import Changed
from parlour.domain.kernel.errors import Invalid, NotFound
from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.kernel.paging import pack_cursor
from parlour.domain.kernel.time import rfc3339
from parlour.domain.messages import (
    Content,
    Emoji,
    PageWindow,
    PollClosed,
    Reacted,
    ReactionSummary,
    SetPin,
    SetReaction,
    TooManyPins,
    TooManyReactions,
    Vote,
    VoteSummary,
)
from parlour.domain.messages.emoji_data import PLAIN
from tests.support import builders as b
from tests.support.world import World

EMOJIS = [Emoji.parse(each) for each in PLAIN.split()[:30]]


@attrs.frozen
class Talk:
    """Alice and Bob in a group, with one message of Alice."""

    world: World
    room: ConversationId
    alice: UserId
    bob: UserId

    def react(
        self, actor: UserId, emoji: Emoji | str = "👍", *, on: bool = True, seq: int = 1
    ) -> Reacted:
        emoji = Emoji.parse(emoji) if isinstance(emoji, str) else emoji
        command = SetReaction(actor=actor, conversation=self.room, seq=seq, emoji=emoji, on=on)
        return self.world.execute(command)[0]

    def pin(self, actor: UserId, seq: int = 1, *, on: bool = True) -> Changed:
        command = SetPin(actor=actor, conversation=self.room, seq=seq, on=on)
        return self.world.execute(command)[0]

    def ask(self, **more: Any) -> int:
        body = {"question": "Tea?", "options": ["yes", "no", "later"], **more}
        content = Content.parse(kind="poll", body=body)
        draft = attrs.evolve(self.world.draft(self.alice, self.room), content=content)
        self.world.post(draft)
        return self.offset_and_seq[1]

    def vote(self, actor: UserId, seq: int, *options: int) -> Changed:
        command = Vote(actor=actor, conversation=self.room, seq=seq, options=options)
        return self.world.execute(command)[0]

    def votes(self, viewer: UserId, seq: int) -> VoteSummary | None:
        return self.world.do.get_message(viewer, self.room, seq).votes

    def reactions(self, viewer: UserId, seq: int = 1) -> tuple[ReactionSummary, ...]:
        return self.world.do.get_message(viewer, self.room, seq).reactions

    @property
    def offset_and_seq(self) -> tuple[int, int]:
        found = self.world.do.get_head(self.alice, self.room).conversation
        return found.offset, found.seq


@pytest.fixture
def talk(world: World) -> Talk:
    alice, bob = world.people("alice", "bob")
    room = world.group(alice, bob)
    world.say(alice, room, "hi")
    return Talk(world, room, alice, bob)


class TestSetReaction:
    def test_is_counted_and_shown_to_everybody(self, talk: Talk) -> None:
        offset, _ = talk.offset_and_seq
        assert talk.react(talk.alice) == Reacted(offset + 1, 1)
        assert talk.react(talk.bob) == Reacted(offset + 2, 2)
        assert talk.react(talk.bob, "🎉") == Reacted(offset + 3, 1)

        thumbs = ReactionSummary(emoji="👍", count=2, users=(talk.alice, talk.bob), mine=True)
        party = ReactionSummary(emoji="🎉", count=1, users=(talk.bob,), mine=False)
        assert talk.reactions(talk.alice) == (thumbs, party)
        page = talk.world.do.page_history(talk.bob, talk.room, PageWindow())
        assert page.messages[0].reactions == (thumbs, attrs.evolve(party, mine=True))

    def test_twice_counts_once(self, talk: Talk) -> None:
        first = talk.react(talk.alice)
        assert talk.react(talk.alice) == attrs.evolve(first, replayed=True)
        assert [each.count for each in talk.reactions(talk.alice)] == [1]

    def test_is_taken_back(self, talk: Talk) -> None:
        talk.react(talk.alice)
        talk.react(talk.bob)
        assert talk.react(talk.alice, on=False).count == 1
        assert talk.react(talk.bob, on=False).count == 0
        assert talk.react(talk.bob, on=False).replayed
        assert talk.reactions(talk.alice) == ()
        assert talk.world.do.get_message(talk.alice, talk.room, 1).message.flags == 0

    def test_tells_the_new_count(self, talk: Talk) -> None:
        talk.react(talk.alice)
        emoji = Emoji.parse("👍")
        _, changes = talk.world.execute(
            SetReaction(actor=talk.bob, conversation=talk.room, seq=1, emoji=emoji, on=True)
        )
        (event,) = changes.events
        assert (event.by, b.data(event)) == (
            talk.bob,
            {"seq": 1, "emoji": "👍", "on": True, "count": 2},
        )

    def test_names_ten_users_and_counts_all(self, talk: Talk) -> None:
        people = talk.world.people(*(f"user{number:02}" for number in range(12)))
        talk.world.add_members(talk.alice, talk.room, people)
        talk.world.say(talk.alice, talk.room, "to all")
        for user in people:
            talk.react(user, seq=2)
        (found,) = talk.reactions(talk.alice, 2)
        assert (found.count, found.users) == (12, tuple(people[:10]))
        talk.react(people[0], seq=2, on=False)
        (found,) = talk.reactions(talk.alice, 2)
        assert (found.count, found.users) == (11, tuple(people[1:10]))

    def test_leaves_at_most_twenty_emojis_on_a_message(self, talk: Talk) -> None:
        for emoji in EMOJIS[:20]:
            talk.react(talk.alice, emoji)
        with pytest.raises(TooManyReactions):
            talk.react(talk.bob, EMOJIS[20])
        assert talk.react(talk.bob, EMOJIS[0]).count == 2
        talk.react(talk.alice, EMOJIS[1], on=False)
        assert talk.react(talk.bob, EMOJIS[20]).count == 1

    def test_in_one_batch_sees_the_reactions_before_it(self, talk: Talk) -> None:
        commands = [
            SetReaction(
                actor=actor, conversation=talk.room, seq=1, emoji=Emoji.parse("👍"), on=on
            )
            for actor, on in [
                (talk.alice, True), (talk.bob, True), (talk.alice, False), (talk.alice, True),
            ]
        ]  # fmt: skip
        outcomes = talk.world.do.execute_commands(commands).outcomes
        assert [each.count for each in outcomes] == [1, 2, 1, 2]
        (found,) = talk.reactions(talk.bob)
        assert (found.count, found.users) == (2, (talk.bob, talk.alice))

    def test_answers_not_found_to_strangers_and_who_joined_later(self, talk: Talk) -> None:
        mallory, dave = talk.world.people("mallory", "dave")
        talk.world.add_members(talk.alice, talk.room, [dave])
        for user in (mallory, dave):
            with pytest.raises(NotFound):
                talk.react(user)

    def test_is_listed_by_emoji(self, talk: Talk) -> None:
        talk.react(talk.alice)
        talk.react(talk.bob)
        talk.react(talk.bob, "🎉")

        list_reactions = talk.world.do.list_reactions
        first = list_reactions(talk.alice, talk.room, 1, limit=2)
        rest = list_reactions(talk.alice, talk.room, 1, limit=2, cursor=first.next)
        found = [(each.emoji, each.user) for each in (*first.reactions, *rest.reactions)]
        assert found == [("🎉", talk.bob), *sorted([("👍", talk.alice), ("👍", talk.bob)])]
        assert rest.next is None
        only = list_reactions(talk.alice, talk.room, 1, emoji="🎉")
        assert [each.user for each in only.reactions] == [talk.bob]

    def test_list_refuses_cursors_that_it_did_not_give(self, talk: Talk) -> None:
        for cursor in ("x", pack_cursor("zz", talk.bob), pack_cursor("f09f", "bob")):
            with pytest.raises(Invalid):
                talk.world.do.list_reactions(talk.alice, talk.room, 1, cursor=cursor)

    def test_list_of_a_message_without_any_is_empty(self, talk: Talk) -> None:
        assert talk.world.do.list_reactions(talk.alice, talk.room, 1).reactions == ()

    def test_list_is_for_members_who_see_the_message(self, talk: Talk) -> None:
        (mallory,) = talk.world.people("mallory")
        for user, seq in ((mallory, 1), (talk.alice, 2), (talk.alice, 0)):
            with pytest.raises(NotFound):
                talk.world.do.list_reactions(user, talk.room, seq)
            with pytest.raises(NotFound):
                talk.world.do.list_revisions(user, talk.room, seq)


class TestSetPin:
    def test_is_listed_the_last_pinned_first(self, talk: Talk) -> None:
        talk.world.say(talk.bob, talk.room, "a", "b")
        for seq in (2, 1, 3):
            talk.pin(talk.bob, seq)
        talk.pin(talk.alice, 1, on=False)

        found = talk.world.do.list_pins(talk.alice, talk.room)
        assert [(pin.seq, pin.by, seen.message.seq) for pin, seen in found.pins] == [
            (3, talk.bob, 3),
            (2, talk.bob, 2),
        ]
        assert found.as_of == talk.offset_and_seq[0]

    def test_twice_changes_nothing(self, talk: Talk) -> None:
        assert not talk.pin(talk.alice).replayed
        assert talk.pin(talk.bob).replayed
        assert not talk.pin(talk.bob, on=False).replayed
        assert talk.pin(talk.bob, on=False).replayed

    def test_again_in_the_same_batch_moves_it_to_the_end(self, talk: Talk) -> None:
        talk.world.say(talk.bob, talk.room, "a")
        talk.pin(talk.alice, 1)
        talk.pin(talk.alice, 2)
        talk.world.do.execute_commands(
            [
                SetPin(actor=talk.bob, conversation=talk.room, seq=1, on=on)
                for on in (False, True, False, True)
            ]
        )
        found = talk.world.do.list_pins(talk.alice, talk.room).pins
        assert [(pin.seq, pin.by) for pin, _ in found] == [(1, talk.bob), (2, talk.alice)]

    def test_leaves_at_most_a_hundred_pins(self, talk: Talk) -> None:
        talk.world.say(talk.alice, talk.room, *("x" for _ in range(100)))
        for seq in range(1, 101):
            talk.pin(talk.alice, seq)
        with pytest.raises(TooManyPins):
            talk.pin(talk.alice, 101)
        talk.pin(talk.alice, 1, on=False)
        talk.pin(talk.alice, 101)

    def test_list_leaves_out_what_a_member_does_not_see(self, talk: Talk) -> None:
        talk.pin(talk.alice)
        dave, mallory = talk.world.people("dave", "mallory")
        talk.world.add_members(talk.alice, talk.room, [dave])
        assert talk.world.do.list_pins(dave, talk.room).pins == ()
        with pytest.raises(NotFound):
            talk.world.do.list_pins(mallory, talk.room)


class TestVote:
    def test_is_counted(self, talk: Talk) -> None:
        seq = talk.ask()
        assert talk.votes(talk.alice, seq) is None
        talk.vote(talk.alice, seq, 0)
        talk.vote(talk.bob, seq, 2)

        assert talk.votes(talk.bob, seq) == VoteSummary(counts=(1, 0, 1), voters=2, mine=(2,))
        page = talk.world.do.page_history(talk.alice, talk.room, PageWindow())
        assert page.messages[-1].votes == VoteSummary(counts=(1, 0, 1), voters=2, mine=(0,))

    def test_replaces_the_earlier_one_and_may_be_taken_back(self, talk: Talk) -> None:
        seq = talk.ask()
        talk.vote(talk.alice, seq, 0)
        talk.vote(talk.alice, seq, 1)
        assert talk.votes(talk.alice, seq) == VoteSummary(counts=(0, 1, 0), voters=1, mine=(1,))
        assert talk.vote(talk.alice, seq, 1).replayed
        talk.vote(talk.alice, seq)
        assert talk.votes(talk.alice, seq) is None
        assert talk.vote(talk.alice, seq).replayed

    def test_in_a_poll_of_many_answers_may_choose_some(self, talk: Talk) -> None:
        seq = talk.ask(multiple=True)
        talk.vote(talk.alice, seq, 2, 0, 2)
        assert talk.votes(talk.alice, seq) == VoteSummary(counts=(1, 0, 1), voters=1, mine=(0, 2))
        with pytest.raises(Invalid):
            talk.vote(talk.alice, talk.ask(), 0, 1)

    @pytest.mark.parametrize("option", [-1, 3])
    def test_for_what_is_no_option_is_refused(self, talk: Talk, option: int) -> None:
        with pytest.raises(Invalid):
            talk.vote(talk.alice, talk.ask(), option)

    def test_in_what_is_no_poll_is_refused(self, talk: Talk) -> None:
        with pytest.raises(Invalid):
            talk.vote(talk.alice, 1, 0)

    def test_ends_with_the_closing_time(self, talk: Talk) -> None:
        closes_at = talk.world.clock() + timedelta(hours=1)
        seq = talk.ask(closes_at=rfc3339(closes_at))
        talk.vote(talk.alice, seq, 0)
        talk.world.clock.advance(timedelta(hours=1))
        with pytest.raises(PollClosed):
            talk.vote(talk.alice, seq, 1)
        assert talk.vote(talk.alice, seq, 0).replayed

    @pytest.mark.parametrize("public", [False, True])
    def test_is_told_to_all_only_in_a_public_poll(self, talk: Talk, *, public: bool) -> None:
        seq = talk.ask(public=True) if public else talk.ask()
        _, changes = talk.world.execute(
            Vote(actor=talk.bob, conversation=talk.room, seq=seq, options=[1])
        )
        told = {"seq": seq, "counts": [0, 1, 0], "voters": 1}
        assert b.data(changes.events[0]) == told | ({"options": [1]} if public else {})

    def test_in_one_batch_sees_the_votes_before_it(self, talk: Talk) -> None:
        seq = talk.ask()
        talk.world.do.execute_commands(
            [
                Vote(actor=actor, conversation=talk.room, seq=seq, options=[option])
                for actor, option in [(talk.alice, 0), (talk.bob, 0), (talk.alice, 1)]
            ]
        )
        assert talk.votes(talk.alice, seq) == VoteSummary(counts=(1, 1, 0), voters=2, mine=(1,))


class TestGetMessages:
    def test_returns_those_that_the_member_sees(self, talk: Talk) -> None:
        (dave,) = talk.world.people("dave")
        talk.world.add_members(talk.alice, talk.room, [dave])
        talk.world.say(talk.alice, talk.room, "a", "b")

        def seqs(user: UserId, *asked: int) -> list[int]:
            found = talk.world.do.get_messages(user, talk.room, asked)
            return [seen.message.seq for seen in found.messages]

        assert seqs(talk.bob, 3, 1, 3, 9, -1) == [1, 3]
        assert seqs(dave, 1, 2, 3) == [2, 3]
        assert seqs(dave, 1) == []

    def test_refuses_more_than_fifty(self, talk: Talk) -> None:
        with pytest.raises(Invalid):
            talk.world.do.get_messages(talk.bob, talk.room, range(51))
