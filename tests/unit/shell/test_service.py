"""The service commits commands and publishes their events."""

import json
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest

from parlour.domain.access import Ended
from parlour.domain.conversations import RemoveMember
from parlour.domain.kernel.errors import NotFound, Overloaded, Unavailable
from parlour.domain.kernel.ids import ConversationId, SendKey, UserId
from parlour.domain.messages import Content, Mark, Posted, PostMessage
from parlour.entrypoints.harness import Chat
from parlour.entrypoints.shell.service import Service
from tests.support import builders as b
from tests.support.shell import HeldWorkers
from tests.support.sockets import HeardSocket


class TwoUsers:
    """A service with two users and a direct conversation between them."""

    def __init__(self, chat: Chat) -> None:
        self.chat = chat
        self.service: Service = chat.service
        self.alice = chat.user("alice")
        self.bob = chat.user("bob")
        self.room = self.alice.open_direct(self.bob)

    def socket(self, user: UserId) -> HeardSocket:
        socket = HeardSocket(user)
        hub = self.service.hub
        private, ends = self.service.use.list_topics(user)

        async def subscribe() -> None:
            hub.register(socket)
            await hub.subscribe([socket], ends.keys())
            hub.complete_subscription(socket, private, ends, ends.keys())

        self.chat.loop.finish(subscribe())
        return socket

    def draft(self, text: str, room: ConversationId | None = None) -> PostMessage:
        return PostMessage(
            conversation=room or self.room,
            sender=self.alice.id,
            session=None,
            key=SendKey(b.next_id()),
            content=Content.parse(body={"text": text}),
        )

    def do(self, work: Any) -> Any:
        found = self.chat.loop.finish(work)
        self.chat.settle()
        return found

    def submit(self, text: str, done: Callable[[Any], None]) -> None:
        self.chat.loop.call_soon(self.service.submit, self.draft(text), done)


def received(socket: HeardSocket) -> list[str]:
    """Return the texts of messages and the kinds of other events that a socket got."""
    frames = [json.loads(frame) for frame in socket.pushed]
    return [each["data"].get("body", {}).get("text") or each["kind"] for each in frames]


@pytest.fixture
def users() -> Iterator[TwoUsers]:
    """Alice and Bob, who have a direct conversation."""
    with Chat() as chat:
        yield TwoUsers(chat)


class TestExecute:
    def test_publishes_a_message_to_the_members(self, users: TwoUsers) -> None:
        bob = users.socket(users.bob.id)
        posted = users.do(users.service.execute(users.draft("hi")))

        assert isinstance(posted, Posted)
        assert received(bob) == ["hi"]

    def test_raises_the_refusal(self, users: TwoUsers) -> None:
        with pytest.raises(NotFound):
            users.do(users.service.execute(users.draft("hi", ConversationId(b.next_id()))))

    def test_publishes_again_a_message_that_is_sent_again(self, users: TwoUsers) -> None:
        """The first try may have crashed between commit and publish."""
        bob = users.socket(users.bob.id)
        draft = users.draft("hi")
        users.service.use.execute_commands([draft])
        assert received(bob) == []
        posted = users.do(users.service.execute(draft))
        assert posted.replayed
        assert received(bob) == ["hi"]
        users.do(users.service.execute(draft))
        assert received(bob) == ["hi"]

    def test_publishes_the_others_where_one_event_cannot_be_encoded(
        self, users: TwoUsers, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        bob = users.socket(users.bob.id)
        announce = users.service.publisher.message

        def poisoned(message: Any) -> Any:
            if message.content.body["text"] == "poison":
                raise ValueError("it cannot be encoded")
            return announce(message)

        monkeypatch.setattr(users.service.publisher, "message", poisoned)
        for text in ("one", "poison", "two"):
            users.submit(text, lambda _: None)
        users.chat.settle()
        assert received(bob) == ["one"]
        assert [type(error) for error in users.chat.errors] == [ValueError]

        monkeypatch.undo()
        users.chat.advance(1)  # the log has it
        assert received(bob) == ["one", "poison", "two"]
        users.chat.errors.clear()


class TestReadMarks:
    def test_are_committed(self, users: TwoUsers) -> None:
        users.do(users.service.execute(users.draft("hi")))
        mark = Mark(conversation=users.room, user=users.bob.id, read=1)

        assert users.do(users.service.mark(mark)) == 1

    def test_are_pushed_to_the_own_devices_and_to_focused_members(self, users: TwoUsers) -> None:
        alice, bob = users.socket(users.alice.id), users.socket(users.bob.id)
        alice.focus = users.room
        users.do(users.service.execute(users.draft("hi")))
        users.do(users.service.mark(Mark(conversation=users.room, user=users.bob.id, read=1)))

        assert received(bob) == ["hi", "read.moved"]
        assert len(alice.latest) == 1

    def test_that_are_refused_do_not_fail_the_others(self, users: TwoUsers) -> None:
        users.do(users.service.execute(users.draft("hi")))
        marks = [
            Mark(conversation=ConversationId(b.next_id()), user=users.bob.id, received=1),
            Mark(conversation=users.room, user=users.bob.id, received=99),
            Mark(conversation=users.room, user=users.bob.id, received=1),
        ]
        users.do(users.service.mark_all(marks))
        head = users.service.use.get_head(users.bob.id, users.room)

        assert head.member.received == 1

    def test_that_cannot_be_committed_raise_the_error(self, users: TwoUsers) -> None:
        workers = HeldWorkers(is_open=True)
        workers.broken = Unavailable()
        users.service.lanes.marks._workers = workers
        mark = Mark(conversation=users.room, user=users.bob.id, received=0)
        with pytest.raises(Unavailable):
            users.do(users.service.mark_all([mark]))

        users.service.lanes.marks._max_waiting = 0
        with pytest.raises(Overloaded):
            users.do(users.service.mark_all([mark]))


class TestJoining:
    def test_subscribes_every_socket_of_the_user(self, users: TwoUsers) -> None:
        phone, laptop = users.socket(users.bob.id), users.socket(users.bob.id)
        group = users.alice.create_group("Tea", users.bob)
        users.do(users.service.execute(users.draft("welcome", group)))

        for socket in (phone, laptop):
            assert received(socket) == ["conversation.joined", "welcome"]
            assert socket.resyncs == [(group, "joined")]

    def test_of_two_conversations_at_once_loses_neither(self, users: TwoUsers) -> None:
        bob = users.socket(users.bob.id)
        held = HeldWorkers()
        users.service.membership_subscriber._workers = held
        one = users.alice.create_group("Tea", users.bob)
        two = users.alice.create_group("Cake", users.bob)
        while held.waiting:  # the first one's answer is older than the second conversation
            held.waiting.reverse()
            held.let_through()
            users.chat.settle()
        for group in (one, two):
            users.do(users.service.execute(users.draft("welcome", group)))

        assert received(bob).count("welcome") == 2

    def test_is_retried_while_the_database_is_away(self, users: TwoUsers) -> None:
        bob = users.socket(users.bob.id)
        held = HeldWorkers(is_open=True)
        held.broken = Unavailable()
        users.service.membership_subscriber._workers = held
        group = users.alice.create_group("Tea", users.bob)
        users.chat.advance(3)
        held.broken = None
        users.chat.advance(5)
        users.do(users.service.execute(users.draft("welcome", group)))

        assert received(bob) == ["conversation.joined", "welcome"]
        assert {type(error) for error in users.chat.errors} == {Unavailable}

    def test_ends_with_the_last_socket(self, users: TwoUsers) -> None:
        bob = users.socket(users.bob.id)
        held = HeldWorkers()
        users.service.membership_subscriber._workers = held
        group = users.alice.create_group("Tea", users.bob)
        users.service.hub.unregister(bob)
        held.let_through()
        users.chat.settle()

        assert group not in users.service.hub.conversations
        assert not bob.resyncs

    def test_is_dropped_if_the_user_was_removed_meanwhile(self, users: TwoUsers) -> None:
        bob = users.socket(users.bob.id)
        held = HeldWorkers()
        users.service.membership_subscriber._workers = held
        group = users.alice.create_group("Tea", users.bob)
        removal = RemoveMember(actor=users.alice.id, conversation=group, user=users.bob.id)
        users.service.use.execute_commands([removal])
        held.let_through()
        users.chat.settle()
        users.do(users.service.execute(users.draft("secret", group)))

        assert received(bob) == ["conversation.joined"]
        assert not bob.resyncs


class TestStopping:
    def test_closes_the_sockets_of_a_device(self, users: TwoUsers) -> None:
        bob = users.socket(users.bob.id)
        users.service.disconnect(Ended(users.bob.id, (bob.device,)))

        assert bob.is_ended

    def test_commits_what_waits(self, users: TwoUsers) -> None:
        outcomes: list[Any] = []
        held = HeldWorkers()
        users.service.lanes.commands[0]._workers = held
        for text in ("one", "two"):
            users.submit(text, outcomes.append)
        users.chat.settle()
        held.is_open = True
        held.let_through()
        users.chat.loop.finish(users.service.stop())

        assert [type(each) for each in outcomes] == [Posted, Posted]


class TestLanes:
    def test_are_one_and_the_same_for_a_conversation(self, users: TwoUsers) -> None:
        assert len({id(users.service.lanes.of(users.draft("hi"))) for _ in range(5)}) == 1
        assert isinstance(users.room, UUID)
