"""Users exchange messages over real sockets."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest

from parlour.domain.conversations import RemoveMember
from parlour.domain.kernel.ids import ConversationId
from tests.support.site import Guest, Site
from tests.support.socket_client import message


class TestWelcome:
    async def test_contains_the_user_and_the_conversations(
        self, alice: Guest, bob: Guest, room: str
    ) -> None:
        welcome = (await alice.connect()).welcome

        assert welcome["type"] == "welcome"
        assert welcome["user"] == alice.id
        assert welcome["level"] == 5
        assert welcome["features"] == ["notifications", "push", "messages.life"]
        assert welcome["limits"] == {"frame": 131_072, "in_flight": 32, "text": 8_000}
        assert welcome["heartbeat_ms"] == 25_000
        assert welcome["more"] is False
        (head,) = welcome["heads"]
        assert (head["conversation"], head["title"], head["peer"]) == (room, "Bob", bob.id)

    async def test_contains_a_session_id_for_each_socket(self, alice: Guest) -> None:
        one, two = await alice.connect(), await alice.connect()

        assert one.welcome["session"] != two.welcome["session"]

    async def test_contains_only_what_changed_since_the_cursor(
        self, site: Site, alice: Guest, bob: Guest, room: str
    ) -> None:
        first = await alice.connect()
        again = await alice.connect(cursor=first.welcome["cursor"])
        await first.say(room, "news")
        later = await alice.connect(cursor=again.welcome["cursor"])

        assert again.welcome["heads"] == []
        assert [head["conversation"] for head in later.welcome["heads"]] == [room]


class TestMessages:
    async def test_reach_the_other_member(self, alice: Guest, bob: Guest, room: str) -> None:
        one, other = await alice.connect(), await bob.connect()
        answer = await one.say(room, "hi")
        event = await other.hears("event")

        assert answer["type"] == "ok"
        assert (answer["seq"], answer["replayed"]) == (1, False)
        assert event["data"] == {"kind": "text", "body": {"text": "hi"}, "revision": 1}
        assert event["session"] == one.welcome["session"]
        for field in ("conversation", "seq", "offset", "at", "key"):
            assert event[field] == answer[field]

    @pytest.mark.parametrize(
        ("text", "is_told"),
        [("@bob.How are you?", True), ("video.example/@bob", False), ("`@bob`", False)],
    )
    async def test_mention_whom_the_service_finds_in_the_text(
        self, alice: Guest, bob: Guest, room: str, text: str, is_told: bool
    ) -> None:
        one, other = await alice.connect(), await bob.connect()
        answers = [await one.say(room, text), await one.say(room, text, mentions=[str(bob.user)])]
        events = [await other.hears("event"), await other.hears("event")]

        expected = [[str(bob.user)] if is_told else None] * 2
        assert expected == [answer.get("mentions") for answer in answers]
        assert expected == [event["data"].get("mentions") for event in events]
        head = (await bob.connect()).welcome["heads"][0]
        assert head["mentions"] == 2 * is_told

    async def test_mention_members_whom_the_client_names(
        self, alice: Guest, bob: Guest, room: str
    ) -> None:
        one = await alice.connect()
        answer = await one.say(room, "Dear Bob", mentions=[str(uuid4()), str(bob.user)])

        assert answer["mentions"] == [str(bob.user)]

    async def test_mention_everyone_by_role(self, alice: Guest, bob: Guest) -> None:
        group = alice.create_group("Tea", bob)
        one, other = await alice.connect(), await bob.connect()
        by_owner = await one.say(group, "@all: tea")
        by_member = await other.say(group, "@all: tea", mentions=["all"])

        assert (by_owner.get("mentions"), by_member.get("mentions")) == (["all"], None)

    async def test_reach_every_other_socket_of_the_sender(
        self, alice: Guest, bob: Guest, room: str
    ) -> None:
        phone, laptop = await alice.connect(), await alice.connect()
        answer = await phone.say(room, "hi")
        event = await laptop.hears("event")
        await phone.quiet()

        assert (event["key"], event["session"]) == (answer["key"], phone.welcome["session"])
        assert phone.heard("event") == []

    async def test_of_one_socket_take_effect_in_the_order_of_their_frames(
        self, alice: Guest, bob: Guest, room: str
    ) -> None:
        one, other = await alice.connect(), await bob.connect()
        words = [str(number) for number in range(200)]
        answers = []
        for start in range(0, 200, 25):
            ids = [await one.begin(message(room, word)) for word in words[start : start + 25]]
            answers += [await one.answer(id_) for id_ in ids]
        await other.until(lambda: len(other.texts(room)) == 200)

        assert [answer["seq"] for answer in answers] == list(range(1, 201))
        assert other.texts(room) == words

    async def test_are_followed_by_other_requests_in_order(
        self, alice: Guest, bob: Guest, room: str
    ) -> None:
        """A mark on a message that is just being sent is no mark beyond the last one."""
        one = await alice.connect()
        sent = await one.begin(message(room, "one"))
        marked = await one.begin({"type": "read", "conversation": room, "seq": 1})
        synced = await one.begin({"type": "sync", "conversation": room, "after": 1})

        assert (await one.answer(sent))["seq"] == 1
        assert await one.answer(marked) == {"type": "ok", "id": marked, "seq": 1}
        events = (await one.answer(synced))["events"]
        assert [event["kind"] for event in events] == ["message.posted"]

    async def test_of_many_senders_arrive_everywhere_in_one_order(
        self, site: Site, alice: Guest, bob: Guest
    ) -> None:
        people = [alice, bob, *(site.person(f"guest{number}") for number in range(4))]
        room = alice.create_group("Tea", *people[1:])
        clients = [await each.connect() for each in people]
        watcher = await alice.connect()

        async def chatter(number: int) -> None:
            for turn in range(20):
                await clients[number].say(room, f"{number}:{turn}")

        await asyncio.gather(*(chatter(number) for number in range(6)))
        await watcher.until(lambda: len(watcher.texts(room)) == 120)
        offsets = [frame["offset"] for frame in watcher.heard("event")]
        assert offsets == sorted(offsets)
        assert [frame["seq"] for frame in watcher.heard("event")] == list(range(1, 121))
        for client in clients:
            await client.quiet()
            others = [text for text in watcher.texts(room) if text in client.texts(room)]
            assert client.texts(room) == others
            assert len(others) == 100

    async def test_sent_again_with_their_key_are_stored_once(
        self, alice: Guest, bob: Guest, room: str
    ) -> None:
        one, other = await alice.connect(), await bob.connect()
        request = message(room, "once")
        first, again = await one.ask(request), await one.ask(request)
        mismatch = await one.ask({**request, "body": {"text": "twice"}})
        await one.say(room, "last")
        await other.until(lambda: "last" in other.texts(room))

        assert {**first, "id": 0, "replayed": True} == {**again, "id": 0}
        assert mismatch["code"] == "idempotency_mismatch"
        assert other.texts(room) == ["once", "last"]

    async def test_to_conversations_of_others_are_not_found(
        self, site: Site, alice: Guest, room: str
    ) -> None:
        mallory = await site.person("mallory").connect()
        for conversation in (room, str(uuid4())):
            answer = await mallory.say(conversation, "let me in")
            assert (answer["type"], answer["code"]) == ("error", "not_found")
            assert answer["temporary"] is False

    @pytest.mark.parametrize(
        ("wrong", "code"),
        [
            ({"body": {}}, "invalid"),
            ({"body": {"text": ""}}, "invalid"),
            ({"body": {"text": 7}}, "invalid"),
            ({"body": {"text": "x" * 8_001}}, "invalid"),
            ({"body": {"text": "a\0b"}}, "invalid"),
            ({"kind": "poem"}, "unsupported_kind"),
            ({"reply_to": 99}, "invalid"),
            ({"reply_to": 0}, "invalid"),
            ({"mentions": ["nobody"]}, "invalid"),
            ({"attachments": ["a file"]}, "not_found"),
            ({"key": "no uuid"}, "bad_request"),
        ],
    )
    async def test_that_are_invalid_are_refused_and_not_stored(
        self, alice: Guest, room: str, wrong: dict[str, Any], code: str
    ) -> None:
        one = await alice.connect()
        answer = await one.say(room, "hi", **wrong)

        assert (answer["type"], answer["code"]) == ("error", code)
        assert (await one.say(room, "hi"))["seq"] == 1


class TestGroups:
    async def test_that_are_created_reach_their_members_at_once(
        self, alice: Guest, bob: Guest
    ) -> None:
        one, other = await alice.connect(), await bob.connect()
        room = alice.create_group("Tea", bob)
        await other.hears("event.me", kind="conversation.joined")
        await other.hears("resync", conversation=room, reason="joined")
        await one.say(room, "welcome")
        await other.hears("event", kind="message.posted")

        assert other.texts(room) == ["welcome"]

    async def test_send_nothing_to_a_user_who_left(
        self, site: Site, alice: Guest, bob: Guest
    ) -> None:
        room = alice.create_group("Tea", bob)
        one, phone, laptop = await alice.connect(), await bob.connect(), await bob.connect()
        await site.service.execute(
            RemoveMember(actor=alice.user, conversation=ConversationId(UUID(room)), user=bob.user)
        )
        await one.say(room, "a secret")
        for socket in (phone, laptop):
            removed = await socket.hears("event", kind="member.removed")
            await socket.hears("event.me", kind="conversation.left")
            await socket.quiet()
            assert removed["data"] == {"user": bob.id, "left": False}
            assert socket.texts(room) == []
        refused = await phone.ask({"type": "sync", "conversation": room, "after": 0})
        assert refused["code"] == "not_found"
