"""Notifications follow their messages: what is edited or recalled is shown as it is now."""

import attrs
import pytest

from parlour.domain.kernel.ids import ConversationId, DeviceId, UserId
from parlour.domain.logs import Cursor
from parlour.domain.messages import Content, EditMessage, Message, RecallMessage
from parlour.domain.notifications import MAX_TOLD, PushKeys
from tests.support import builders as b
from tests.support.fakes import SECOND
from tests.support.world import World

KEYS = PushKeys(b"\x04" + bytes(64), bytes(16))


@attrs.frozen
class Talk:
    """Alice writes in a group to Bob and Carol."""

    world: World
    alice: UserId
    bob: UserId
    carol: UserId
    room: ConversationId

    def say(self, text: str) -> Message:
        """Post a text and notify of it."""
        message = self.world.say(self.alice, self.room, text)
        self.world.do.notify(message)
        return message

    def edit(self, text: str, seq: int = 1) -> list[tuple[str, UserId]]:
        """Edit a message; return the notifications that follow."""
        content = Content.parse(body={"text": text})
        command = EditMessage(actor=self.alice, conversation=self.room, seq=seq, content=content)
        return self.tell(command)

    def recall(self, seq: int = 1) -> list[tuple[str, UserId]]:
        """Recall a message; return the notifications that follow."""
        return self.tell(RecallMessage(actor=self.alice, conversation=self.room, seq=seq))

    def tell(self, command: EditMessage | RecallMessage) -> list[tuple[str, UserId]]:
        """Commit a change, and do what the service does afterwards."""
        told = []
        for change in self.world.do.execute_commands([command]).changes:
            withdrawn = self.world.do.withdraw_notifications(change.before)
            noted = self.world.do.notify(change.after, before=change.before)
            told += [*withdrawn.changes.private, *noted.changes.private]
        return [(event.kind.removeprefix("notification."), event.user) for event in told]

    def listed(self, user: UserId) -> list[str]:
        """Return the excerpts of a user's notifications."""
        return [each.excerpt for each in self.world.do.list_notifications(user).notifications]

    def synced(self, user: UserId) -> list[str]:
        """Return the excerpts of `notification.added` of a client that catches up."""
        page = self.world.do.sync_private(user, Cursor(0))
        return [
            b.data(event)["excerpt"] for event in page.events if event.kind == "notification.added"
        ]


@pytest.fixture
def talk(world: World) -> Talk:
    alice, bob, carol = world.people("alice", "bob", "carol")
    return Talk(world, alice, bob, carol, world.group(alice, bob, carol))


class TestRecalls:
    def test_take_notifications_back_from_everybody(self, talk: Talk) -> None:
        talk.say("secret for @bob and @carol")
        talk.say("hi @bob")

        assert talk.recall() == [("removed", user) for user in sorted((talk.bob, talk.carol))]
        assert (talk.listed(talk.bob), talk.listed(talk.carol)) == (["hi @bob"], [])
        assert talk.synced(talk.bob) == ["", "hi @bob"]
        assert talk.recall() == []

    def test_name_what_is_taken_back(self, talk: Talk) -> None:
        message = talk.say("secret for @bob")
        talk.world.execute(RecallMessage(actor=talk.alice, conversation=talk.room, seq=1))
        (event,) = talk.world.do.withdraw_notifications(message).changes.private
        (known,) = [
            event
            for event in talk.world.do.sync_private(talk.bob, Cursor(0)).events
            if event.kind == "notification.removed"
        ]

        assert b.data(event) == b.data(known) == {"ids": [f"{talk.room}/1"]}

    def test_leave_no_notification_of_who_was_notified_too_late(self, talk: Talk) -> None:
        message = talk.world.say(talk.alice, talk.room, "secret for @bob")
        talk.recall()

        assert talk.world.do.notify(message).changes.private == ()
        assert talk.listed(talk.bob) == []

    def test_reach_everybody_in_a_large_group(self, world: World) -> None:
        alice, *others = world.people("alice", *(f"user{n}" for n in range(MAX_TOLD + 5)))
        room = world.group(alice, *others)
        message = world.say(alice, room, "secret for @all")
        after = None
        while (after := world.do.notify(message, after=after).next) is not None:
            pass
        world.execute(RecallMessage(actor=alice, conversation=room, seq=1))
        told, after = [], None
        while True:
            result = world.do.withdraw_notifications(message, after=after)
            told += [event.user for event in result.changes.private]
            after = result.next
            if after is None:
                break

        assert sorted(told) == sorted(others)

    def test_of_a_missing_message_take_nothing_back(self, talk: Talk) -> None:
        missing = b.message(1, mentions=(talk.bob,))

        assert talk.world.do.withdraw_notifications(missing).changes.private == ()
        here = attrs.evolve(missing, conversation=talk.room)
        assert talk.world.do.withdraw_notifications(here).changes.private == ()


class TestEdits:
    def test_notify_those_who_are_mentioned_now_and_nobody_twice(self, talk: Talk) -> None:
        talk.say("hi")

        assert talk.edit("hi @bob") == [("added", talk.bob)]
        assert talk.edit("hello @bob") == []
        assert talk.edit("hello @bob and @carol") == [("added", talk.carol)]
        assert talk.listed(talk.bob) == ["hello @bob and @carol"]

    def test_take_notifications_back_from_those_who_are_not_mentioned_now(
        self, talk: Talk
    ) -> None:
        talk.say("hi @bob")

        assert talk.edit("hi @carol") == [("removed", talk.bob), ("added", talk.carol)]
        assert (talk.listed(talk.bob), talk.listed(talk.carol)) == ([], ["hi @carol"])

    def test_share_commits_with_messages_that_mention_somebody(self, talk: Talk) -> None:
        talk.say("hi @bob")
        edit = EditMessage(
            actor=talk.alice,
            conversation=talk.room,
            seq=1,
            content=Content.parse(body={"text": "hi"}),
        )
        said = talk.world.draft(talk.alice, talk.room, "hi @carol")
        (change,) = talk.world.do.execute_commands([edit, said]).changes

        assert not change.after.content.mentions_anybody

    def test_change_what_notifications_show(self, talk: Talk) -> None:
        talk.say("hi @bob")
        talk.edit("bye @bob")

        assert talk.listed(talk.bob) == ["bye @bob"]
        assert talk.synced(talk.bob) == ["bye @bob"]

    def test_notify_nobody_again_of_a_direct_message(self, talk: Talk) -> None:
        device = b.device(DeviceId(b.next_id()), talk.bob)
        talk.world.storage.uow(lambda stores: stores.devices.add(device))
        talk.world.do.subscribe(
            talk.bob, device.id, "https://push.example.org/1", KEYS, preview=True
        )
        direct = talk.world.direct(talk.alice, talk.bob)
        posted = talk.world.say(talk.alice, direct, "hi")
        edit = EditMessage(
            actor=talk.alice,
            conversation=direct,
            seq=1,
            content=Content.parse(body={"text": "hello"}),
        )
        (change,) = talk.world.do.execute_commands([edit]).changes

        assert change.before == posted
        assert talk.world.do.notify(change.after, before=change.before).pushes == 0
        assert talk.world.do.notify(posted).pushes == 1
        talk.world.clock.advance(10 * SECOND)
        (push,) = talk.world.do.take_pushes(9)
        assert push.message.content.excerpt == "hello"


class TestNotificationsOfOnesOwn:
    def test_leave_out_messages_that_are_hidden_or_cleared(self, talk: Talk) -> None:
        for text in ("one @bob", "two @bob", "three @bob"):
            talk.say(text)
        talk.world.do.clear_history(talk.bob, talk.room, 1)
        talk.world.do.hide_messages(talk.bob, talk.room, [3])

        assert talk.listed(talk.bob) == ["two @bob"]
        assert talk.synced(talk.bob) == ["", "two @bob", ""]

    def test_show_nothing_of_a_conversation_that_one_has_left(self, talk: Talk) -> None:
        talk.say("hi @bob")
        talk.world.remove_member(talk.alice, talk.room, talk.bob)
        talk.edit("what @bob must not read")

        assert talk.listed(talk.bob) == []
        assert talk.synced(talk.bob) == [""]


class TestPushes:
    @pytest.fixture
    def direct(self, talk: Talk) -> ConversationId:
        """Return a conversation with one message to Bob, whose push is due."""
        device = b.device(DeviceId(b.next_id()), talk.bob)
        talk.world.storage.uow(lambda stores: stores.devices.add(device))
        talk.world.do.subscribe(
            talk.bob, device.id, "https://push.example.org/1", KEYS, preview=True
        )
        direct = talk.world.direct(talk.alice, talk.bob)
        talk.world.do.notify(talk.world.say(talk.alice, direct, "hi"))
        talk.world.clock.advance(10 * SECOND)
        return direct

    def test_of_other_messages_are_sent(self, talk: Talk, direct: ConversationId) -> None:
        (push,) = talk.world.do.take_pushes(9)

        assert push.message.conversation == direct

    def test_of_messages_that_were_recalled_are_dropped(
        self, talk: Talk, direct: ConversationId
    ) -> None:
        talk.world.execute(RecallMessage(actor=talk.alice, conversation=direct, seq=1))

        assert talk.world.do.take_pushes(9) == []

    def test_of_messages_that_were_hidden_are_dropped(
        self, talk: Talk, direct: ConversationId
    ) -> None:
        talk.world.do.hide_messages(talk.bob, direct, [1])

        assert talk.world.do.take_pushes(9) == []
