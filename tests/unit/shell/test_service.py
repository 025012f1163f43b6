"""The service: shared commits, and everybody told of what was committed."""

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


class House:
    """A service of two people, with sockets held by the test."""

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

        async def let_in() -> None:
            hub.register(socket)
            await hub.subscribe([socket], ends.keys())
            hub.complete_subscription(socket, private, ends, ends.keys())

        self.chat.loop.finish(let_in())
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


def told(socket: HeardSocket) -> list[str]:
    """Return the kinds of events, and the texts of messages, that a socket was told."""
    frames = [json.loads(frame) for frame in socket.pushed]
    return [each["data"].get("body", {}).get("text") or each["kind"] for each in frames]


@pytest.fixture
def house() -> Iterator[House]:
    """Alice and Bob in a room."""
    with Chat() as chat:
        yield House(chat)


class TestPosting:
    def test_tells_the_members(self, house: House) -> None:
        bob = house.socket(house.bob.id)
        posted = house.do(house.service.execute(house.draft("hi")))

        assert isinstance(posted, Posted)
        assert told(bob) == ["hi"]

    def test_raises_the_refusal(self, house: House) -> None:
        with pytest.raises(NotFound):
            house.do(house.service.execute(house.draft("hi", ConversationId(b.next_id()))))

    def test_tells_again_what_is_sent_again(self, house: House) -> None:
        """The first try may have died between its commit and its telling."""
        bob = house.socket(house.bob.id)
        draft = house.draft("hi")
        house.service.use.execute_commands([draft])
        assert told(bob) == []
        posted = house.do(house.service.execute(draft))
        assert posted.replayed
        assert told(bob) == ["hi"]
        house.do(house.service.execute(draft))
        assert told(bob) == ["hi"]

    def test_tells_the_others_where_one_cannot_be_told(
        self, house: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        bob = house.socket(house.bob.id)
        announce = house.service.publisher.message

        def poisoned(message: Any) -> Any:
            if message.content.body["text"] == "poison":
                raise ValueError("it cannot be encoded")
            return announce(message)

        monkeypatch.setattr(house.service.publisher, "message", poisoned)
        for text in ("one", "poison", "two"):
            house.submit(text, lambda _: None)
        house.chat.settle()
        assert told(bob) == ["one"]
        assert [type(error) for error in house.chat.errors] == [ValueError]

        monkeypatch.undo()
        house.chat.advance(1)  # the log has it
        assert told(bob) == ["one", "poison", "two"]
        house.chat.errors.clear()


class TestMarking:
    def test_moves_the_mark(self, house: House) -> None:
        house.do(house.service.execute(house.draft("hi")))
        mark = Mark(conversation=house.room, user=house.bob.id, read=1)

        assert house.do(house.service.mark(mark)) == 1

    def test_tells_the_own_devices_and_those_who_look(self, house: House) -> None:
        alice, bob = house.socket(house.alice.id), house.socket(house.bob.id)
        alice.focus = house.room
        house.do(house.service.execute(house.draft("hi")))
        house.do(house.service.mark(Mark(conversation=house.room, user=house.bob.id, read=1)))

        assert told(bob) == ["hi", "read.moved"]
        assert len(alice.latest) == 1

    def test_of_many_passes_over_what_makes_no_sense(self, house: House) -> None:
        house.do(house.service.execute(house.draft("hi")))
        marks = [
            Mark(conversation=ConversationId(b.next_id()), user=house.bob.id, received=1),
            Mark(conversation=house.room, user=house.bob.id, received=99),
            Mark(conversation=house.room, user=house.bob.id, received=1),
        ]
        house.do(house.service.mark_all(marks))
        head = house.service.use.get_head(house.bob.id, house.room)

        assert head.member.received == 1

    def test_of_many_says_what_could_not_be_kept(self, house: House) -> None:
        workers = HeldWorkers(is_open=True)
        workers.broken = Unavailable()
        house.service.lanes.marks._workers = workers
        mark = Mark(conversation=house.room, user=house.bob.id, received=0)
        with pytest.raises(Unavailable):
            house.do(house.service.mark_all([mark]))

        house.service.lanes.marks._max_waiting = 0
        with pytest.raises(Overloaded):
            house.do(house.service.mark_all([mark]))


class TestJoining:
    def test_lets_every_socket_hear_the_conversation(self, house: House) -> None:
        phone, laptop = house.socket(house.bob.id), house.socket(house.bob.id)
        group = house.alice.create_group("Tea", house.bob)
        house.do(house.service.execute(house.draft("welcome", group)))

        for socket in (phone, laptop):
            assert told(socket) == ["conversation.joined", "welcome"]
            assert socket.resyncs == [(group, "joined")]

    def test_of_two_conversations_at_once_loses_neither(self, house: House) -> None:
        bob = house.socket(house.bob.id)
        held = HeldWorkers()
        house.service.membership_subscriber._workers = held
        one = house.alice.create_group("Tea", house.bob)
        two = house.alice.create_group("Cake", house.bob)
        while held.waiting:  # the first one's answer is older than the second conversation
            held.waiting.reverse()
            held.let_through()
            house.chat.settle()
        for group in (one, two):
            house.do(house.service.execute(house.draft("welcome", group)))

        assert told(bob).count("welcome") == 2

    def test_is_tried_again_where_the_database_is_away(self, house: House) -> None:
        bob = house.socket(house.bob.id)
        held = HeldWorkers(is_open=True)
        held.broken = Unavailable()
        house.service.membership_subscriber._workers = held
        group = house.alice.create_group("Tea", house.bob)
        house.chat.advance(3)
        held.broken = None
        house.chat.advance(5)
        house.do(house.service.execute(house.draft("welcome", group)))

        assert told(bob) == ["conversation.joined", "welcome"]
        assert {type(error) for error in house.chat.errors} == {Unavailable}

    def test_is_given_up_with_the_last_socket(self, house: House) -> None:
        bob = house.socket(house.bob.id)
        held = HeldWorkers()
        house.service.membership_subscriber._workers = held
        group = house.alice.create_group("Tea", house.bob)
        house.service.hub.unregister(bob)
        held.let_through()
        house.chat.settle()

        assert group not in house.service.hub.conversations
        assert not bob.resyncs

    def test_is_not_told_to_who_was_removed_meanwhile(self, house: House) -> None:
        bob = house.socket(house.bob.id)
        held = HeldWorkers()
        house.service.membership_subscriber._workers = held
        group = house.alice.create_group("Tea", house.bob)
        removal = RemoveMember(actor=house.alice.id, conversation=group, user=house.bob.id)
        house.service.use.execute_commands([removal])
        held.let_through()
        house.chat.settle()
        house.do(house.service.execute(house.draft("secret", group)))

        assert told(bob) == ["conversation.joined"]
        assert not bob.resyncs


class TestEnding:
    def test_closes_the_sockets_of_a_device(self, house: House) -> None:
        bob = house.socket(house.bob.id)
        house.service.disconnect(Ended(house.bob.id, (bob.device,)))

        assert bob.is_ended

    def test_commits_what_waits(self, house: House) -> None:
        outcomes: list[Any] = []
        held = HeldWorkers()
        house.service.lanes.commands[0]._workers = held
        for text in ("one", "two"):
            house.submit(text, outcomes.append)
        house.chat.settle()
        held.is_open = True
        held.let_through()
        house.chat.loop.finish(house.service.stop())

        assert [type(each) for each in outcomes] == [Posted, Posted]


class TestLanes:
    def test_keep_a_conversation_together(self, house: House) -> None:
        assert len({id(house.service.lanes.of(house.draft("hi"))) for _ in range(5)}) == 1
        assert isinstance(house.room, UUID)
