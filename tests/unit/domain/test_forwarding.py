"""Forwarding messages: each as it is, or all in one bundle."""

from typing import Any

import attrs
import pytest

from parlour.domain.kernel.errors import Forbidden, Invalid, NotFound, TooLarge
from parlour.domain.kernel.ids import ConversationId, SendKey, SessionId, UserId
from parlour.domain.kernel.time import rfc3339
from parlour.domain.messages import (
    MAX_NUMBER,
    Content,
    EditMessage,
    ForwardRequest,
    IdempotencyMismatch,
    Message,
    Posted,
    PostMessage,
    RecallMessage,
)
from tests.support import builders as b
from tests.support.world import World, posted

KEY = SendKey(b.id_of("forward"))
LUNCH = {"question": "Lunch?", "options": ["Noon", "One"]}


@attrs.frozen
class Talk:
    """Alice and Bob talk in a group; Bob forwards to a group with Carol."""

    world: World
    alice: UserId
    bob: UserId
    carol: UserId
    source: ConversationId
    to: ConversationId

    def commands(self, *seqs: int, **changes: Any) -> tuple[PostMessage, ...]:
        """Return what has to be posted."""
        request = ForwardRequest(
            actor=self.bob, session=None, source=self.source, seqs=seqs, to=self.to, key=KEY
        )
        return self.world.do.forward_messages(attrs.evolve(request, **changes))

    def forward(self, *seqs: int, **changes: Any) -> list[Posted]:
        """Forward, and return what was posted."""
        return [posted(each) for each in self.world.post(*self.commands(*seqs, **changes))]

    def shown(self, viewer: UserId, seq: int) -> tuple[Message, bool]:
        """Return a forwarded message, and whether the viewer may see where it comes from."""
        found = self.world.do.get_message(viewer, self.to, seq)
        return found.message, found.shows_origin


@pytest.fixture
def talk(world: World) -> Talk:
    alice, bob, carol = world.people("alice", "bob", "carol")
    return Talk(
        world,
        alice,
        bob,
        carol,
        world.group(alice, bob, title="Kitchen"),
        world.group(bob, carol),
    )


def bundle(found: list[Posted]) -> dict[str, Any]:
    """Return the body of the one message that was posted."""
    (merged,) = found
    assert merged.message.content.kind == "bundle"
    return dict(merged.message.content.body)


class TestForwarding:
    def test_posts_each_message_with_its_author_and_time(self, talk: Talk) -> None:
        one = talk.world.say(talk.alice, talk.source, "one")
        talk.world.clock.advance()
        two = talk.world.say(talk.bob, talk.source, "two")
        session = SessionId(b.next_id())
        first, second = talk.forward(2, 1, 2, session=session)

        assert [each.message.content for each in (first, second)] == [one.content, two.content]
        assert first.message.sender == talk.bob
        assert first.message.session == session
        assert (first.message.seq, second.message.seq) == (1, 2)
        origin = first.message.forwarded
        assert origin is not None
        assert (origin.by, origin.at) == (talk.alice, one.at)
        assert (origin.conversation, origin.seq) == (talk.source, 1)
        data = b.data(first.message.as_event())
        assert data["forwarded"] == {"by": str(talk.alice), "at": rfc3339(one.at)}
        assert b.data(first.message.as_event()) == first.message.data()

    def test_shows_where_it_was_said_to_those_who_may_see_it(self, talk: Talk) -> None:
        talk.world.say(talk.alice, talk.source, "one")
        talk.forward(1)

        assert talk.shown(talk.bob, 1)[1]
        assert not talk.shown(talk.carol, 1)[1]
        talk.world.remove_member(talk.alice, talk.source, talk.bob)
        assert not talk.shown(talk.bob, 1)[1]

    def test_keeps_the_first_author_however_often_it_is_forwarded(self, talk: Talk) -> None:
        talk.world.say(talk.alice, talk.source, "one")
        (first,) = talk.forward(1)
        (again,) = talk.forward(1, source=talk.to, actor=talk.carol, to=talk.to)

        assert again.message.forwarded == first.message.forwarded

    def test_posts_nothing_twice(self, talk: Talk) -> None:
        talk.world.say(talk.alice, talk.source, "one", "two")
        first = talk.forward(1, 2)
        edit = EditMessage(
            actor=talk.alice,
            conversation=talk.source,
            seq=1,
            content=Content.parse(body={"text": "other"}),
        )
        talk.world.execute(edit)
        again = talk.forward(1, 2)

        assert [each.message for each in again] == [each.message for each in first]
        assert all(each.replayed for each in again)

    def test_posts_the_same_message_again_under_another_key(self, talk: Talk) -> None:
        talk.world.say(talk.alice, talk.source, "one")
        talk.forward(1)
        (again,) = talk.forward(1, key=SendKey(b.next_id()))

        assert not again.replayed

    def test_refuses_a_key_under_which_something_else_was_said(self, talk: Talk) -> None:
        talk.world.say(talk.alice, talk.source, "one", "two")
        (command,) = talk.commands(1)
        said = attrs.evolve(command, forwarded=None)
        talk.world.post(said)
        other = attrs.evolve(command, key=SendKey(b.next_id()))
        talk.world.post(other)

        for repeated in (command, attrs.evolve(other, forwarded=None)):
            (outcome,) = talk.world.post(repeated)
            assert isinstance(outcome, IdempotencyMismatch)

    def test_mentions_nobody_and_replies_to_nothing(self, talk: Talk) -> None:
        talk.world.say(talk.alice, talk.source, "one")
        talk.world.post(talk.world.draft(talk.alice, talk.source, "hi @bob and @all", reply_to=1))
        (command,) = talk.commands(2)
        mention = talk.world.draft(talk.bob, talk.to, "look, @carol")
        forwarded, said = (posted(each) for each in talk.world.post(command, mention))

        assert not forwarded.message.content.mentions_anybody
        assert forwarded.message.content.reply_to is None
        assert said.message.content.mentions == (talk.carol,)

    def test_carries_every_kind(self, talk: Talk) -> None:
        poll = talk.world.draft(talk.alice, talk.source)
        talk.world.post(attrs.evolve(poll, content=Content.parse(kind="poll", body=LUNCH)))
        (forwarded,) = talk.forward(1)

        assert forwarded.message.content == Content(kind="poll", body=LUNCH)

    def test_leaves_out_what_the_reader_does_not_see_any_more(self, talk: Talk) -> None:
        talk.world.say(talk.alice, talk.source, "one", "two", "three", "four")
        talk.world.do.clear_history(talk.bob, talk.source, 1)
        talk.world.do.hide_messages(talk.bob, talk.source, [2])
        talk.world.execute(RecallMessage(actor=talk.alice, conversation=talk.source, seq=3))
        (left,) = talk.forward(1, 2, 3, 4)

        assert left.message.content.body == {"text": "four"}
        with pytest.raises(NotFound, match="Nothing is left"):
            talk.forward(1, 2, 3)

    def test_refuses_messages_that_the_actor_may_not_see(self, talk: Talk) -> None:
        talk.world.say(talk.alice, talk.source, "one", "two")
        for changes in ({"seqs": (1, 3)}, {"seqs": (MAX_NUMBER + 1,)}, {"actor": talk.carol}):
            with pytest.raises(NotFound):
                talk.forward(1, **changes)
        talk.world.remove_member(talk.alice, talk.source, talk.bob)
        talk.world.add_members(talk.alice, talk.source, [talk.bob])
        talk.world.say(talk.alice, talk.source, "three")
        with pytest.raises(NotFound):
            talk.forward(2, 3)
        assert len(talk.forward(3)) == 1

    def test_refuses_a_conversation_that_the_actor_is_no_member_of(self, talk: Talk) -> None:
        talk.world.say(talk.alice, talk.source, "one")
        (command,) = talk.commands(1, to=talk.world.group(talk.carol))
        (outcome,) = talk.world.post(command)

        assert isinstance(outcome, NotFound)

    @pytest.mark.parametrize("count", [0, 101])
    def test_refuses_none_and_too_many(self, talk: Talk, count: int) -> None:
        with pytest.raises(Invalid) as refusal:
            talk.forward(*range(1, count + 1))
        assert refusal.value.field == "seqs"

    def test_lets_nobody_edit_the_words_of_others(self, talk: Talk) -> None:
        talk.world.say(talk.alice, talk.source, "one")
        talk.forward(1)
        edit = EditMessage(
            actor=talk.bob,
            conversation=talk.to,
            seq=1,
            content=Content.parse(body={"text": "other"}),
        )
        with pytest.raises(Forbidden):
            talk.world.execute(edit)


class TestBundles:
    def test_hold_messages_in_order_with_names_and_times(self, talk: Talk) -> None:
        one = talk.world.say(talk.alice, talk.source, "one\n@all")
        poll = talk.world.draft(talk.bob, talk.source)
        talk.world.post(attrs.evolve(poll, content=Content.parse(kind="poll", body=LUNCH)))
        found = talk.forward(2, 1, merged=True)
        times = rfc3339(one.at)

        assert bundle(found) == {
            "title": "Kitchen",
            "items": [
                {
                    "by": str(talk.alice),
                    "name": "Alice",
                    "at": times,
                    "kind": "text",
                    "text": "one\n@all",
                },
                {
                    "by": str(talk.bob),
                    "name": "Bob",
                    "at": times,
                    "kind": "poll",
                    "text": "📊 Lunch?",
                },
            ],
        }
        assert not found[0].message.content.mentions_anybody
        assert found[0].message.forwarded is None
        assert found[0].message.content.excerpt == "🗂️ Kitchen"

    def test_name_the_two_people_of_a_direct_conversation(self, talk: Talk) -> None:
        direct = talk.world.direct(talk.alice, talk.bob)
        talk.world.say(talk.alice, direct, "one")
        notes = talk.world.direct(talk.bob, talk.bob)
        talk.world.say(talk.bob, notes, "two")
        first = bundle(talk.forward(1, source=direct, merged=True))
        second = bundle(talk.forward(1, source=notes, merged=True, to=direct))

        assert sorted(first["title"].split(", ")) == ["Alice", "Bob"]
        assert second["title"] == "Bob"

    def test_keep_the_first_author_of_what_was_forwarded_before(self, talk: Talk) -> None:
        talk.world.say(talk.alice, talk.source, "one")
        talk.forward(1)
        (item,) = bundle(talk.forward(1, source=talk.to, merged=True, key=SendKey(b.next_id())))[
            "items"
        ]

        assert (item["by"], item["name"]) == (str(talk.alice), "Alice")

    def test_are_posted_once_though_their_messages_change(self, talk: Talk) -> None:
        talk.world.say(talk.alice, talk.source, "one", "two")
        (first,) = talk.forward(1, 2, merged=True)
        talk.world.execute(RecallMessage(actor=talk.alice, conversation=talk.source, seq=1))
        (again,) = talk.forward(1, 2, merged=True)

        assert (again.message, again.replayed) == (first.message, True)

    def test_refuse_a_key_under_which_something_else_was_said(self, talk: Talk) -> None:
        talk.world.say(talk.alice, talk.source, "one")
        talk.world.post(talk.world.draft(talk.bob, talk.to, "hi", key=KEY))
        (outcome,) = talk.world.post(*talk.commands(1, merged=True))

        assert isinstance(outcome, IdempotencyMismatch)

    def test_can_be_forwarded_like_any_message(self, talk: Talk) -> None:
        talk.world.say(talk.alice, talk.source, "one")
        body = bundle(talk.forward(1, merged=True))
        (again,) = talk.forward(1, source=talk.to)
        (replayed,) = talk.forward(1, source=talk.to)
        (item,) = bundle(talk.forward(1, source=talk.to, merged=True, key=SendKey(b.next_id())))[
            "items"
        ]

        assert again.message.content.body == body
        assert replayed.replayed
        assert (item["kind"], item["text"]) == ("bundle", "🗂️ Kitchen")

    def test_have_a_maximum_size(self, talk: Talk) -> None:
        talk.world.say(talk.alice, talk.source, *["好" * 8_000] * 2)
        with pytest.raises(TooLarge):
            talk.forward(1, 2, merged=True)
        assert len(talk.forward(1, merged=True)) == 1
