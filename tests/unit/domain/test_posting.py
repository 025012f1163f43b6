"""Posting: what a message may contain, and how a batch becomes numbered messages."""

import json
from typing import Any

import attrs
import pytest

from parlour.domain.kernel.errors import Invalid, NotFound
from parlour.domain.kernel.ids import ConversationId, SendKey, SessionId, UserId
from parlour.domain.messages import (
    MAX_NUMBER,
    Content,
    IdempotencyMismatch,
    Posted,
    PostMessage,
    UnsupportedKind,
)
from tests.support import builders as b
from tests.support.fakes import SECOND
from tests.support.programs import ROOT
from tests.support.world import World, posted

KEY = SendKey(b.id_of("key"))
EXCERPTS: list[dict[str, Any]] = json.loads(
    (ROOT / "tests/cases/excerpts.json").read_text("utf-8")
)


class TestContent:
    def test_has_text_a_reply_and_mentions(self) -> None:
        content = Content.parse(
            body={"text": " hi\n", "unknown": 1},
            reply_to=MAX_NUMBER,
            mentions=[str(b.BOB), "all", str(b.ALICE), str(b.BOB)],
        )

        assert content.body == {"text": " hi\n"}
        assert content.reply_to == MAX_NUMBER
        assert content.mentions == (b.BOB, b.ALICE)
        assert content.mentions_all

    def test_has_a_maximum_length(self) -> None:
        longest = Content.parse(body={"text": "👩" * 8_000})

        assert len(longest.body["text"]) == 8_000

    @pytest.mark.parametrize(
        ("given", "field"),
        [
            ({"body": {}}, "body.text"),
            ({"body": {"text": 7}}, "body.text"),
            ({"body": {"text": " \n"}}, "body.text"),
            ({"body": {"text": "x" * 8_001}}, "body.text"),
            ({"reply_to": 0}, "reply_to"),
            ({"reply_to": MAX_NUMBER + 1}, "reply_to"),
            ({"mentions": ["bob"]}, "mentions"),
            ({"mentions": ["all"] * 51}, "mentions"),
        ],
    )
    def test_refuses_malformed_input(self, given: dict[str, Any], field: str) -> None:
        with pytest.raises(Invalid) as refusal:
            Content.parse(**{"body": {"text": "hi"}, **given})
        assert refusal.value.field == field

    def test_refuses_an_unknown_kind(self) -> None:
        with pytest.raises(UnsupportedKind, match="take 'hologram'"):
            Content.parse(body={"text": "hi"}, kind="hologram")

    @pytest.mark.parametrize("case", EXCERPTS, ids=lambda case: str(case["name"]))
    def test_has_an_excerpt_that_cuts_no_character_apart(self, case: dict[str, Any]) -> None:
        text, excerpt = (
            "".join(piece * n for piece, n in case[key]) for key in ("text", "excerpt")
        )

        assert Content(kind="text", body={"text": text}).excerpt == excerpt


class TestPostMessages:
    @pytest.fixture
    def people(self, world: World) -> tuple[UserId, UserId, ConversationId]:
        alice, bob = world.people("alice", "bob")
        return alice, bob, world.direct(alice, bob)

    def test_numbers_messages_in_the_order_of_the_batch(
        self, world: World, people: tuple[UserId, UserId, ConversationId]
    ) -> None:
        alice, bob, direct = people
        now = world.clock.advance()
        drafts = [world.draft(alice, direct, "one"), world.draft(bob, direct, "two")]
        messages = [posted(outcome).message for outcome in world.post(*drafts)]

        assert [(1, 2), (2, 3)] == [(message.seq, message.offset) for message in messages]
        assert [draft.key for draft in drafts] == [message.key for message in messages]
        assert [(alice, now), (bob, now)] == [(each.sender, each.at) for each in messages]
        assert [draft.content for draft in drafts] == [each.content for each in messages]
        head = world.do.get_head(alice, direct)
        assert (head.conversation.seq, head.conversation.offset) == (2, 3)
        assert (head.conversation.changed_at, head.last) == (now, messages[1])
        assert messages[0] == world.do.get_message(bob, direct, 1).message

    def test_makes_one_event_for_each_message(
        self, world: World, people: tuple[UserId, UserId, ConversationId]
    ) -> None:
        alice, bob, _ = people
        group = world.group(alice, bob)
        draft = PostMessage(
            conversation=group,
            sender=alice,
            session=SessionId(b.next_id()),
            key=KEY,
            content=Content.parse(body={"text": "hi"}, mentions=[str(bob), "all"]),
        )
        world.say(bob, group, "first")
        (outcome,) = world.post(draft)
        reply = world.post(world.draft(alice, group, "yes", reply_to=1))[0]
        event, plain = (posted(each).message.as_event() for each in (outcome, reply))

        assert (event.kind, event.by, event.offset, event.seq) == ("message.posted", alice, 3, 2)
        assert (event.key, event.session) == (KEY, draft.session)
        assert b.data(event) == {
            "kind": "text",
            "body": {"text": "hi"},
            "mentions": [str(bob), "all"],
            "revision": 1,
        }
        assert b.data(plain) == {
            "kind": "text",
            "body": {"text": "yes"},
            "reply_to": 1,
            "revision": 1,
        }

    def test_with_the_same_key_twice_makes_one_message(
        self, world: World, people: tuple[UserId, UserId, ConversationId]
    ) -> None:
        alice, _, direct = people
        draft = world.draft(alice, direct)
        first = posted(world.post(draft)[0])
        world.clock.advance()
        again = posted(world.post(draft)[0])

        assert (first.replayed, again.replayed) == (False, True)
        assert first.message == again.message
        assert world.do.get_head(alice, direct).conversation.seq == 1

    def test_answers_a_retry_of_a_sender_who_was_removed_since(self, world: World) -> None:
        """A retry must not say that a committed message does not exist."""
        alice, bob = world.people("alice", "bob")
        group = world.group(alice, bob)
        draft = world.draft(bob, group)
        first = posted(world.post(draft)[0])
        world.remove_member(alice, group, bob)

        assert posted(world.post(draft)[0]) == attrs.evolve(first, replayed=True)
        assert isinstance(world.post(world.draft(bob, group))[0], NotFound)

    def test_with_the_same_key_twice_in_a_batch_makes_one_message(
        self, world: World, people: tuple[UserId, UserId, ConversationId]
    ) -> None:
        alice, bob, direct = people
        draft = world.draft(alice, direct, key=KEY)
        other = world.draft(bob, direct, key=KEY)
        outcomes = [posted(outcome) for outcome in world.post(draft, draft, other)]

        assert [False, True, False] == [outcome.replayed for outcome in outcomes]
        assert [1, 1, 2] == [outcome.message.seq for outcome in outcomes]

    @pytest.mark.parametrize(
        "other",
        [
            {"text": "other"},
            {"text": "hi "},
            {"reply_to": 1},
        ],
    )
    def test_with_a_known_key_and_other_content_is_refused(
        self,
        world: World,
        people: tuple[UserId, UserId, ConversationId],
        other: dict[str, Any],
    ) -> None:
        alice, _, direct = people
        first, again = (
            world.draft(alice, direct, key=KEY),
            world.draft(alice, direct, key=KEY, **other),
        )
        world.say(alice, direct, "zero")
        assert isinstance(world.post(first, again)[1], IdempotencyMismatch)
        (outcome,) = world.post(again)

        assert isinstance(outcome, IdempotencyMismatch)
        assert outcome.code == "idempotency_mismatch"
        assert world.do.get_head(alice, direct).conversation.seq == 2

    def test_a_refused_message_leaves_the_others_of_the_batch_alone(self, world: World) -> None:
        alice, bob, mallory = world.people("alice", "bob", "mallory")
        direct, group = world.direct(alice, bob), world.group(bob)
        outcomes = world.post(
            world.draft(alice, direct, "one"),
            world.draft(mallory, direct, "not a member"),
            world.draft(alice, group, "not one either"),
            world.draft(alice, ConversationId(b.next_id()), "no such place"),
            world.draft(bob, group, "two"),
            world.draft(bob, direct, "three"),
        )

        assert [type(outcome) for outcome in outcomes] == [
            Posted,
            NotFound,
            NotFound,
            NotFound,
            Posted,
            Posted,
        ]
        assert [1, 1, 2] == [each.message.seq for each in outcomes if isinstance(each, Posted)]

    def test_of_an_empty_batch_does_nothing(self, world: World) -> None:
        assert world.post() == []

    def test_may_reply_to_what_the_sender_can_see(self, world: World) -> None:
        alice, bob = world.people("alice", "bob")
        group = world.group(alice)
        world.say(alice, group, "before bob")
        world.add_members(alice, group, [bob])
        world.say(alice, group, "hi bob")
        before, shown, own, future = (
            world.post(world.draft(bob, group, reply_to=seq))[0] for seq in (1, 2, 3, 99)
        )

        assert isinstance(before, Invalid)
        assert before.field == "reply_to"
        assert isinstance(shown, Posted)
        assert isinstance(own, Posted)
        assert isinstance(future, Invalid)

    def test_keeps_the_order_when_the_clock_runs_backwards(
        self, world: World, people: tuple[UserId, UserId, ConversationId]
    ) -> None:
        alice, _, direct = people
        last = world.say(alice, direct, "one").at
        world.clock.advance(-60 * SECOND)
        second = world.say(alice, direct, "two")

        assert (second.seq, second.at) == (2, world.clock.now)
        assert world.do.get_head(alice, direct).conversation.changed_at == last
