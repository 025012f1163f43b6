"""Editing messages and taking them back."""

from datetime import timedelta

import attrs
import pytest

from parlour.domain.conversations import Limits, Role
from parlour.domain.kernel.errors import Forbidden, NotFound
from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.logs import Event
from parlour.domain.messages import (
    NOTHING,
    Content,
    Edited,
    EditMessage,
    Emoji,
    PageWindow,
    Posted,
    RecallMessage,
    RevisionConflict,
    SetPin,
    SetReaction,
    Vote,
)
from tests.support import builders as b
from tests.support.world import World

TWO_DAYS = timedelta(hours=48)


@attrs.frozen
class Talk:
    """A group of an owner, an admin and two members; Bob, a member, has said something."""

    world: World
    group: ConversationId
    owner: UserId
    admin: UserId
    bob: UserId
    carol: UserId

    def edit(self, actor: UserId, text: str, seq: int = 1, seen: int | None = None) -> Edited:
        return self.world.execute(edit(self.group, actor, text, seq, seen))[0]

    def recall(self, actor: UserId, seq: int = 1) -> bool:
        command = RecallMessage(actor=actor, conversation=self.group, seq=seq)
        return self.world.execute(command)[0].replayed

    def text(self, viewer: UserId, seq: int = 1) -> object:
        return self.world.do.get_message(viewer, self.group, seq).message.content.body


def events(talk: Talk, viewer: UserId, after: int) -> list[Event]:
    """Return the events that are no messages."""
    found = talk.world.do.events_after(viewer, talk.group, after).events
    return [event for event in found if isinstance(event, Event)]


def edit(
    room: ConversationId, actor: UserId, text: str, seq: int = 1, seen: int | None = None
) -> EditMessage:
    content = Content.parse(body={"text": text})
    return EditMessage(
        actor=actor, conversation=room, seq=seq, content=content, seen_revision=seen
    )


@pytest.fixture
def talk(world: World) -> Talk:
    owner, admin, bob, carol = world.people("olga", "adam", "bob", "carol")
    group = world.group(owner, bob, carol, admins=[admin])
    world.say(bob, group, "helo")
    return Talk(world, group, owner, admin, bob, carol)


class TestEditMessage:
    def test_gives_a_message_another_text_for_everybody(self, talk: Talk) -> None:
        before = talk.world.do.get_head(talk.bob, talk.group).conversation
        talk.world.clock.advance()
        edited = talk.edit(talk.bob, "hello")

        assert edited == Edited(before.offset + 1, 2)
        message = talk.world.do.get_message(talk.carol, talk.group, 1).message
        assert (message.content.body, message.revision) == ({"text": "hello"}, 2)
        assert message.edited_at == talk.world.clock()
        head = talk.world.do.get_head(talk.carol, talk.group)
        assert (head.conversation.seq, head.conversation.offset) == (1, before.offset + 1)
        assert head.last == message

    def test_keeps_what_the_message_said_before(self, talk: Talk) -> None:
        posted_at = talk.world.clock()
        talk.edit(talk.bob, "hell")
        talk.world.clock.advance()
        talk.edit(talk.bob, "hello")

        found = talk.world.do.list_revisions(talk.carol, talk.group, 1)
        assert [(each.revision, each.body["text"]) for each in found] == [(2, "hell"), (1, "helo")]
        assert [each.at for each in found] == [posted_at, posted_at]

    def test_that_never_happened_left_no_earlier_text(self, talk: Talk) -> None:
        assert talk.world.do.list_revisions(talk.carol, talk.group, 1) == ()

    def test_keeps_fifty_earlier_texts(self, talk: Talk) -> None:
        for number in range(60):
            talk.edit(talk.bob, f"text {number}")

        found = talk.world.do.list_revisions(talk.carol, talk.group, 1)
        assert [each.revision for each in found] == list(range(60, 10, -1))

    def test_with_the_text_that_it_has_changes_nothing(self, talk: Talk) -> None:
        first = talk.edit(talk.bob, "hello", seen=1)
        again = talk.edit(talk.bob, "hello", seen=1)

        assert again == attrs.evolve(first, replayed=True)
        assert len(talk.world.do.list_revisions(talk.bob, talk.group, 1)) == 1

    def test_of_another_revision_than_the_one_seen_is_refused_with_the_present_one(
        self, talk: Talk
    ) -> None:
        talk.edit(talk.bob, "hello")

        with pytest.raises(RevisionConflict) as refused:
            talk.edit(talk.bob, "helo again", seen=1)
        assert refused.value.message.content.body == {"text": "hello"}
        assert talk.edit(talk.bob, "hello again", seen=2).revision == 3

    def test_is_for_the_sender_alone(self, talk: Talk) -> None:
        for other in (talk.owner, talk.admin, talk.carol):
            with pytest.raises(Forbidden):
                talk.edit(other, "mine")
        assert talk.text(talk.bob) == {"text": "helo"}

    def test_answers_not_found_to_strangers_and_for_other_numbers(self, talk: Talk) -> None:
        (mallory,) = talk.world.people("mallory")
        for actor, seq in ((mallory, 1), (talk.bob, 0), (talk.bob, 2)):
            with pytest.raises(NotFound):
                talk.edit(actor, "hello", seq)

    def test_ends_with_the_window(self, talk: Talk) -> None:
        talk.world.clock.advance(TWO_DAYS)
        talk.edit(talk.bob, "hello")
        talk.world.clock.advance(timedelta(microseconds=1))

        with pytest.raises(Forbidden):
            talk.edit(talk.bob, "too late")
        assert talk.edit(talk.bob, "hello").replayed

    def test_has_no_end_where_the_operator_set_none(self, talk: Talk) -> None:
        talk.world.clock.advance(TWO_DAYS * 100)
        limits = Limits(edit_window=timedelta(0), recall_window=timedelta(0))
        execute = attrs.evolve(talk.world.do.execute_commands, limits=limits)

        committed = execute(
            [
                edit(talk.group, talk.bob, "hello"),
                RecallMessage(actor=talk.bob, conversation=talk.group, seq=1),
            ]
        )
        assert [type(each).__name__ for each in committed.outcomes] == ["Edited", "Changed"]

    def test_changes_text_alone(self, talk: Talk) -> None:
        poll = Content.parse(kind="poll", body={"question": "Tea?", "options": ["yes", "no"]})
        draft = attrs.evolve(talk.world.draft(talk.bob, talk.group), content=poll)
        talk.world.post(draft)

        with pytest.raises(Forbidden):
            talk.edit(talk.bob, "Coffee?", seq=2)
        with pytest.raises(Forbidden):
            talk.world.execute(attrs.evolve(edit(talk.group, talk.bob, "Tea?"), content=poll))

    def test_decides_anew_who_is_mentioned(self, talk: Talk) -> None:
        talk.edit(talk.bob, "hello @carol")
        assert talk.world.do.get_head(talk.carol, talk.group).mentions == 1
        talk.edit(talk.bob, "hello @adam")
        assert talk.world.do.get_head(talk.carol, talk.group).mentions == 0
        assert talk.world.do.get_head(talk.admin, talk.group).mentions == 1
        talk.edit(talk.bob, "hello")
        assert talk.world.do.get_head(talk.admin, talk.group).mentions == 0

    def test_leaves_a_reply_a_reply(self, talk: Talk) -> None:
        talk.world.post(talk.world.draft(talk.bob, talk.group, "yes", reply_to=1))
        talk.edit(talk.bob, "no", seq=2)

        message = talk.world.do.get_message(talk.bob, talk.group, 2).message
        assert message.content.reply_to == 1

    def test_reaches_members_who_joined_later_without_the_text(self, talk: Talk) -> None:
        (dave,) = talk.world.people("dave")
        talk.world.add_members(talk.owner, talk.group, [dave])
        joined = talk.world.do.get_head(dave, talk.group).conversation.offset
        _, changes = talk.world.execute(edit(talk.group, talk.bob, "our secret"))

        (live,) = changes.events
        assert b.data(live) == {"seq": 1, "kind": "", "body": {}, "revision": 2}
        pages = {user: events(talk, user, joined) for user in (dave, talk.carol)}
        texts = {
            user: [b.data(each)["body"] for each in page if each.kind == "message.edited"]
            for user, page in pages.items()
        }
        assert texts == {dave: [{}], talk.carol: [{"text": "our secret"}]}

    def test_shows_the_present_text_to_whoever_catches_up(self, talk: Talk) -> None:
        start = talk.world.do.get_head(talk.carol, talk.group).conversation.offset
        talk.edit(talk.bob, "first")
        talk.edit(talk.bob, "second")

        said = [b.data(event) for event in events(talk, talk.carol, start)]
        assert [(each["body"], each["revision"]) for each in said] == [
            ({"text": "second"}, 3),
            ({"text": "second"}, 3),
        ]
        everything = talk.world.do.events_after(talk.carol, talk.group, 0).events
        assert [each.content.body for each in everything if not isinstance(each, Event)] == [
            {"text": "second"}
        ]

    def test_may_follow_in_the_batch_of_the_post(self, talk: Talk) -> None:
        committed = talk.world.do.execute_commands(
            [
                talk.world.draft(talk.bob, talk.group, "secnd"),
                edit(talk.group, talk.bob, "second", seq=2),
                edit(talk.group, talk.bob, "third", seq=2),
            ]
        )
        assert [getattr(each, "revision", 1) for each in committed.outcomes] == [1, 2, 3]
        assert talk.text(talk.carol, 2) == {"text": "third"}
        found = talk.world.do.list_revisions(talk.carol, talk.group, 2)
        assert [each.body["text"] for each in found] == ["second", "secnd"]

    def test_lets_a_send_that_is_repeated_succeed(self, talk: Talk) -> None:
        draft = talk.world.draft(talk.bob, talk.group, "secnd")
        talk.world.post(draft)
        talk.edit(talk.bob, "second", seq=2)

        (outcome,) = talk.world.post(draft)
        assert isinstance(outcome, Posted)
        assert outcome.replayed
        assert outcome.message.content.body == {"text": "second"}


class TestRecallMessage:
    def test_leaves_nothing_of_what_the_message_said(self, talk: Talk) -> None:
        talk.edit(talk.bob, "hello @carol")
        talk.world.execute(react(talk, talk.carol, "👍"))
        talk.world.execute(SetPin(actor=talk.carol, conversation=talk.group, seq=1, on=True))
        talk.world.clock.advance()
        assert not talk.recall(talk.bob)

        seen = talk.world.do.get_message(talk.carol, talk.group, 1)
        message = seen.message
        assert (message.content, message.edited_at, seen.reactions) == (NOTHING, None, ())
        assert message.recalled is not None
        assert (message.recalled.by, message.recalled.at) == (talk.bob, talk.world.clock())
        assert talk.world.do.list_revisions(talk.carol, talk.group, 1) == ()
        assert talk.world.do.list_reactions(talk.carol, talk.group, 1).reactions == ()
        assert talk.world.do.list_pins(talk.carol, talk.group).pins == ()
        assert talk.world.do.get_head(talk.carol, talk.group).mentions == 0

    def test_does_not_count_as_unread_any_more(self, talk: Talk) -> None:
        talk.world.say(talk.bob, talk.group, "a", "b")
        assert talk.world.do.get_head(talk.carol, talk.group).unread == 3
        talk.recall(talk.bob)
        talk.recall(talk.owner, 3)
        assert talk.world.do.get_head(talk.carol, talk.group).unread == 1
        assert talk.world.do.get_head(talk.bob, talk.group).unread == 0

    def test_of_a_poll_deletes_the_votes(self, talk: Talk) -> None:
        poll = Content.parse(kind="poll", body={"question": "Tea?", "options": ["yes", "no"]})
        talk.world.post(attrs.evolve(talk.world.draft(talk.bob, talk.group), content=poll))
        talk.world.execute(Vote(actor=talk.carol, conversation=talk.group, seq=2, options=[1]))
        talk.recall(talk.bob, 2)

        assert talk.world.do.get_message(talk.carol, talk.group, 2).votes is None

    def test_again_changes_nothing(self, talk: Talk) -> None:
        talk.recall(talk.bob)
        assert talk.recall(talk.bob)
        assert talk.recall(talk.owner)
        assert talk.recall(talk.carol)

    def test_is_for_the_sender_and_who_manages_the_group(self, talk: Talk) -> None:
        talk.world.say(talk.owner, talk.group, "rules")
        with pytest.raises(Forbidden):
            talk.recall(talk.carol)
        with pytest.raises(Forbidden):
            talk.recall(talk.bob, 2)
        talk.recall(talk.admin)
        talk.recall(talk.admin, 2)

    def test_ends_with_the_window_for_the_sender_alone(self, talk: Talk) -> None:
        talk.world.clock.advance(TWO_DAYS + timedelta(seconds=1))
        with pytest.raises(Forbidden):
            talk.recall(talk.bob)
        talk.world.change_role(talk.owner, talk.group, talk.bob, Role.ADMIN)
        talk.recall(talk.bob)

    def test_in_a_direct_conversation_is_for_the_sender(self, world: World) -> None:
        alice, bob = world.people("alice", "bob")
        room = world.direct(alice, bob)
        world.say(alice, room, "hi")
        with pytest.raises(Forbidden):
            world.execute(RecallMessage(actor=bob, conversation=room, seq=1))
        world.execute(RecallMessage(actor=alice, conversation=room, seq=1))

    def test_answers_not_found_to_who_joined_later(self, talk: Talk) -> None:
        (dave,) = talk.world.people("dave")
        talk.world.add_members(talk.owner, talk.group, [dave])
        talk.world.change_role(talk.owner, talk.group, dave, Role.ADMIN)
        with pytest.raises(NotFound):
            talk.recall(dave)

    def test_ends_all_other_changes(self, talk: Talk) -> None:
        talk.recall(talk.bob)
        with pytest.raises(NotFound):
            talk.edit(talk.bob, "hello")
        with pytest.raises(NotFound):
            talk.world.execute(react(talk, talk.carol, "👍"))

    def test_is_shown_to_whoever_catches_up(self, talk: Talk) -> None:
        talk.edit(talk.bob, "canary")
        talk.recall(talk.bob)

        found = talk.world.do.events_after(talk.carol, talk.group, 0).events
        assert "canary" not in repr(found)
        assert "helo" not in repr(found)
        (posted,) = [each for each in found if not isinstance(each, Event)]
        assert posted.data()["recalled"]["by"] == str(talk.bob)
        edited = next(
            each for each in events(talk, talk.carol, 0) if each.kind == "message.edited"
        )
        assert b.data(edited)["recalled"] == posted.data()["recalled"]

    def test_may_follow_other_changes_in_their_batch(self, talk: Talk) -> None:
        pin = SetPin(actor=talk.carol, conversation=talk.group, seq=2, on=True)
        recall = RecallMessage(actor=talk.bob, conversation=talk.group, seq=2)
        committed = talk.world.do.execute_commands(
            [
                talk.world.draft(talk.bob, talk.group, "canary"),
                edit(talk.group, talk.bob, "canary 2", seq=2),
                attrs.evolve(react(talk, talk.carol, "👍"), seq=2),
                pin,
                recall,
                pin,
            ]
        )
        assert isinstance(committed.outcomes[-1], NotFound)
        assert talk.world.do.list_pins(talk.carol, talk.group).pins == ()
        assert talk.world.do.list_reactions(talk.carol, talk.group, 2).reactions == ()
        assert talk.world.do.list_revisions(talk.carol, talk.group, 2) == ()

    def test_lets_a_send_that_is_repeated_succeed(self, talk: Talk) -> None:
        draft = talk.world.draft(talk.bob, talk.group, "canary")
        talk.world.post(draft)
        talk.recall(talk.bob, 2)
        (outcome,) = talk.world.post(draft)
        assert isinstance(outcome, Posted)
        assert (outcome.replayed, outcome.message.content) == (True, NOTHING)

    def test_stays_a_tombstone_in_the_history(self, talk: Talk) -> None:
        talk.recall(talk.bob)
        page = talk.world.do.page_history(talk.carol, talk.group, PageWindow())
        assert [seen.message.seq for seen in page.messages] == [1]
        assert page.as_of == talk.world.do.get_head(talk.carol, talk.group).conversation.offset


def react(talk: Talk, actor: UserId, emoji: str) -> SetReaction:
    return SetReaction(
        actor=actor, conversation=talk.group, seq=1, emoji=Emoji.parse(emoji), on=True
    )
