"""What the protocol settles beside the main path: a client may rely on each of these sentences."""

import json
from uuid import UUID

import pytest

from parlour.domain.conversations import AddMembers
from parlour.domain.kernel.ids import ConversationId
from parlour.domain.messages import MAX_CHARACTERS
from tests.support.site import Guest, Site
from tests.support.socket_client import message

pytestmark = pytest.mark.timeout(60)


class TestNewerClient:
    async def test_is_refused_what_this_service_does_not_know_and_stays_connected(
        self, alice: Guest, room: str
    ) -> None:
        one = await alice.connect()
        answers = [await one.ask({"type": "message.fly", "wings": 2}) for _ in range(30)]

        assert {answer["code"] for answer in answers} == {"bad_request"}
        assert (await one.say(room, "hi", wings=2))["seq"] == 1

    async def test_gets_an_error_without_id_for_a_request_without_a_usable_one(
        self, alice: Guest
    ) -> None:
        one = await alice.connect()
        for id_ in ("7", -1, 2**53, None):
            await one.send({"type": "focus", "id": id_, "conversation": None})
        await one.quiet()

        assert [error["code"] for error in one.heard("error")] == ["bad_request"] * 4


class TestUnreadableCursor:
    @pytest.mark.parametrize("cursor", ["", "nonsense", "x" * 512, "MQ", "-1"])
    async def test_counts_as_none_in_hello_and_in_sync(
        self, alice: Guest, room: str, cursor: str
    ) -> None:
        one = await alice.connect(cursor=cursor)
        page = await one.ask({"type": "sync.me", "cursor": cursor})
        again = await one.ask({"type": "sync.me", "cursor": page["cursor"]})

        assert [head["conversation"] for head in one.welcome["heads"]] == [room]
        assert (page["events"], page["more"], page["reset"]) == ([], False, True)
        assert (again["type"], again["reset"]) == ("ok", False)


class TestMarksBeyondTheLastMessage:
    async def test_move_nothing(self, alice: Guest, bob: Guest, room: str) -> None:
        one, other = await alice.connect(), alice.create_group("Tea", bob)
        await one.say(other, "hi")
        two = await bob.connect()
        read = await two.ask({"type": "read", "conversation": other, "seq": 2})
        received = await two.ask({"type": "received", "marks": {room: 5, other: 1}})
        heads = (await two.ask({"type": "conversations"}))["heads"]

        assert (read["code"], received["type"]) == ("invalid", "ok")
        assert {head["conversation"]: (head["read"], head["received"]) for head in heads} == {
            room: (0, 0),
            other: (0, 1),
        }


class TestNewMember:
    async def test_sees_nothing_from_before(self, site: Site, alice: Guest, bob: Guest) -> None:
        one = await alice.connect()
        group = alice.create_group("Tea", bob)
        await one.say(group, "before")
        carol = site.person("carol")
        await site.service.execute(
            AddMembers(
                actor=alice.user, conversation=ConversationId(UUID(group)), users=(carol.user,)
            )
        )
        await one.say(group, "after")
        two = await carol.connect()
        (head,) = two.welcome["heads"]
        before = await two.ask({"type": "sync", "conversation": group, "after": 0})
        joined = head["offset"] - 2
        since = await two.ask({"type": "sync", "conversation": group, "after": joined})

        assert (head["read"], head["unread"]) == (1, 1)
        assert (before["reset"], before["events"]) == (True, [])
        assert [event["kind"] for event in since["events"]] == ["member.added", "message.posted"]


class TestText:
    async def test_is_counted_in_code_points_and_fits_a_frame_however_it_is_written(
        self, alice: Guest, room: str
    ) -> None:
        one = await alice.connect()
        longest = message(room, "\U0001f600" * MAX_CHARACTERS)
        written = json.dumps({**longest, "id": 99}, ensure_ascii=True)
        await one.send(written)

        assert len(written) > 8_000 * 12
        assert (await one.answer(99))["type"] == "ok"
        assert (await one.say(room, "\U0001f600" * (MAX_CHARACTERS + 1)))["code"] == "invalid"

    @pytest.mark.parametrize("text", ["\0", "a\x1bb", "a\x7fb", "a\x85b", "", " \n\t "])
    async def test_with_control_characters_or_without_any_other_is_refused(
        self, alice: Guest, room: str, text: str
    ) -> None:
        assert (await (await alice.connect()).say(room, text))["code"] == "invalid"

    async def test_keeps_its_line_breaks_and_tabs(self, alice: Guest, room: str) -> None:
        assert (await (await alice.connect()).say(room, "a\r\n\tb\n"))["seq"] == 1


class TestNotesToSelf:
    async def test_are_a_direct_conversation_with_one_member(self, alice: Guest) -> None:
        notes = alice.open_direct(alice)
        one, other = await alice.connect(), await alice.connect()
        sent = await one.say(notes, "milk")
        await other.hears("event", conversation=notes, offset=sent["offset"])
        (head,) = (await one.ask({"type": "conversations"}))["heads"]

        assert (head["kind"], head["members"], head["peer"]) == ("direct", 1, alice.id)
        assert (head["unread"], head["mentions"]) == (0, 0)
