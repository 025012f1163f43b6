"""Devices of the harness change messages, and each shows what the service says."""

from typing import Any

import pytest

from parlour.domain.kernel.ids import ConversationId
from parlour.entrypoints.harness import Chat, Person, Refused


@pytest.fixture
def people(chat: Chat) -> tuple[Person, Person, ConversationId]:
    """Alice and Bob, and their conversation."""
    alice, bob = chat.user("alice"), chat.user("bob")
    room = alice.open_direct(bob)
    bob.phone.texts(room)
    return alice, bob, room


class TestChanges:
    def test_show_on_every_device(self, people: Any) -> None:
        alice, bob, room = people
        message = alice.phone.say(room, "tea at four")
        alice.phone.edit(message, "tea at five")
        bob.phone.react(message, "👍")
        bob.phone.pin(message)

        for device in (alice.phone, bob.phone, bob.laptop):
            device.sync(room)
            data = device.shown(message)
            assert (data["body"], data["revision"]) == ({"text": "tea at five"}, 2)
            assert data["pinned"] is True
            assert data["reactions"][0]["users"] == [str(bob.id)]
            assert data["reactions"][0]["mine"] is (device is not alice.phone)

    def test_reach_a_device_that_was_away(self, people: Any) -> None:
        alice, bob, room = people
        message = alice.phone.say(room, "canary")
        assert bob.phone.texts(room) == ["canary"]
        bob.phone.drop_network()
        alice.phone.recall(message)
        bob.phone.reconnect()

        assert "recalled" in bob.phone.shown(message)
        assert "canary" not in str(bob.phone.state.conversations[str(room)].events)

    def test_of_messages_that_new_members_do_not_see_show_to_all_others(self, chat: Chat) -> None:
        alice, bob, carol = (chat.user(name) for name in ("alice", "bob", "carol"))
        room = alice.create_group("Tea", bob)
        message: Any = alice.phone.say(room, "tea at four")
        assert bob.phone.texts(room) == ["tea at four"]
        alice.add(room, carol)
        alice.phone.edit(message, "tea at five")

        assert bob.phone.texts(room) == ["tea at five"]
        assert carol.phone.texts(room) == []
        head = bob.phone.state.conversations[str(room)].head
        assert head.last is not None
        assert head.last.excerpt == "tea at five"

    def test_are_there_after_a_reset(self, chat: Chat) -> None:
        alice, bob = chat.user("alice"), chat.user("bob")
        room = alice.open_direct(bob)
        messages: list[Any] = []
        for number in range(1_100):
            chat.advance(0.05)
            messages.append(alice.phone.say(room, str(number)))
        alice.phone.react(messages[-1], "👍")
        shown: Any = bob.phone.shown(messages[-1])

        assert shown["reactions"][0]["count"] == 1

    def test_are_refused_as_the_service_refuses_them(self, people: Any) -> None:
        alice, bob, room = people
        message = alice.phone.say(room, "tea at four")
        alice.phone.edit(message, "tea at five", revision=1)

        with pytest.raises(Refused) as conflict:
            alice.phone.edit(message, "tea at six", revision=1)
        assert conflict.value.code == "conflict"
        with pytest.raises(Refused) as forbidden:
            bob.phone.edit(message, "no tea")
        assert forbidden.value.code == "forbidden"

    def test_follow_each_other(self, people: Any) -> None:
        alice, bob, room = people
        message = alice.phone.say(room, "tea?")
        for _ in range(2):
            bob.phone.react(message, "👍")
            bob.phone.unreact(message, "👍")
            bob.phone.pin(message)
            bob.phone.unpin(message)

        data = alice.phone.shown(message)
        assert not {"reactions", "pinned"} & data.keys()

    def test_of_a_poll_are_counted_and_taken_back(self, people: Any) -> None:
        alice, bob, room = people
        poll = alice.phone.post(room, "poll", {"question": "Tea?", "options": ["yes", "no"]})
        bob.phone.vote(poll, 1)
        assert alice.phone.shown(poll)["votes"]["counts"] == [0, 1]
        bob.phone.vote(poll)
        assert "votes" not in alice.phone.shown(poll)

    def test_that_forward_come_to_the_sending_device_too(self, people: Any) -> None:
        alice, bob, room = people
        first = alice.phone.say(room, "tea at four")
        second = bob.phone.say(room, "gladly")
        group = alice.create_group("Tea", bob)
        alice.phone.forward(group, first, second)

        assert alice.phone.texts(group) == bob.phone.texts(group) == ["tea at four", "gladly"]

    def test_for_oneself_leave_others_alone(self, people: Any) -> None:
        alice, bob, room = people
        first = alice.phone.say(room, "one")
        alice.phone.say(room, "two")
        alice.phone.say(room, "three")
        bob.phone.hide(first)
        bob.phone.clear(room, 2)
        bob.phone.draft(room, "gladly", reply_to=3)

        (head,) = bob.phone.ask({"type": "conversations"})["heads"]
        assert head["draft"]["text"] == "gladly"
        bob.phone.draft(room, None)
        (head,) = bob.phone.ask({"type": "conversations"})["heads"]
        assert "draft" not in head
        assert bob.phone.texts(room) == ["three"]
        assert alice.phone.texts(room) == ["one", "two", "three"]
