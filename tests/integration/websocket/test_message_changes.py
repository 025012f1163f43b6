"""Users edit, recall, pin and vote over real sockets, and react to each other's messages."""

from typing import Any

import attrs
import pytest

from parlour.adapters.config.settings_messages import MessageSettings
from parlour.domain.kernel.limits import Rate
from tests.support.site import SETTINGS, Guest, Serve, Site
from tests.support.socket_client import Frame, SocketClient, message

LIKE = {"type": "reaction.set", "seq": 1, "emoji": "👍", "on": True}


async def both(alice: Guest, bob: Guest, room: str) -> tuple[SocketClient, SocketClient]:
    """Connect two users, one of whom has said something."""
    one, other = await alice.connect(), await bob.connect()
    assert (await one.say(room, "tea at four"))["seq"] == 1
    return one, other


async def event(client: SocketClient, kind: str) -> Frame:
    """Wait for the first event of a kind."""
    return await client.hears("event", kind=kind)


class TestChanges:
    async def test_an_edit_reaches_every_socket(self, alice: Guest, bob: Guest, room: str) -> None:
        one, other = await both(alice, bob, room)
        edit = {"type": "message.edit", "conversation": room, "seq": 1, "revision": 1}
        answer = await one.ask({**edit, "body": {"text": "tea at five, @bob"}})

        assert (answer["type"], answer["offset"]) == ("ok", 3)
        assert (answer["revision"], answer["replayed"]) == (2, False)
        for client in (one, other):
            data = (await event(client, "message.edited"))["data"]
            assert (data["seq"], data["revision"]) == (1, 2)
            assert data["body"] == {"text": "tea at five, @bob"}
            assert data["mentions"] == [bob.id]
            assert data["edited_at"]

    async def test_the_same_text_again_is_replayed_without_an_event(
        self, alice: Guest, bob: Guest, room: str
    ) -> None:
        one, other = await both(alice, bob, room)
        edit = {"type": "message.edit", "conversation": room, "seq": 1}
        first = await one.ask({**edit, "body": {"text": "tea at five"}})
        again = await one.ask({**edit, "body": {"text": "tea at five"}})
        await other.quiet()

        assert {**again, "id": 0, "replayed": False} == {**first, "id": 0}
        assert again["replayed"] is True
        assert len(other.heard("event", kind="message.edited")) == 1

    async def test_a_conflict_carries_the_present_message(
        self, alice: Guest, bob: Guest, room: str
    ) -> None:
        one, _ = await both(alice, bob, room)
        edit = {"type": "message.edit", "conversation": room, "seq": 1, "revision": 1}
        await one.ask({**edit, "body": {"text": "tea at five"}})
        refused = await one.ask({**edit, "body": {"text": "tea at six"}})

        assert (refused["type"], refused["code"]) == ("error", "conflict")
        assert refused["message"]["body"] == {"text": "tea at five"}
        assert refused["message"]["revision"] == 2

    async def test_a_recall_reaches_every_socket_and_leaves_nothing_behind(
        self, alice: Guest, bob: Guest, room: str
    ) -> None:
        one, other = await both(alice, bob, room)
        recall = {"type": "message.recall", "conversation": room, "seq": 1}
        answer, again = await one.ask(recall), await one.ask(recall)
        told = await event(other, "message.recalled")
        page = await other.ask({"type": "sync", "conversation": room, "after": 0})

        assert (answer["offset"], answer["replayed"]) == (3, False)
        assert (again["offset"], again["replayed"]) == (3, True)
        assert (told["data"], told["by"]) == ({"seq": 1}, alice.id)
        (posted,) = [each for each in page["events"] if each["kind"] == "message.posted"]
        assert (posted["data"]["kind"], posted["data"]["body"]) == ("", {})
        assert posted["data"]["recalled"]["by"] == alice.id
        assert "four" not in str(page)

    async def test_a_reaction_is_told_with_its_count(
        self, alice: Guest, bob: Guest, room: str
    ) -> None:
        one, other = await both(alice, bob, room)
        first = await other.ask({**LIKE, "conversation": room})
        again = await other.ask({**LIKE, "conversation": room})
        back = await other.ask({**LIKE, "conversation": room, "on": False})

        assert (first["offset"], first["count"], first["replayed"]) == (3, 1, False)
        assert (again["offset"], again["count"], again["replayed"]) == (3, 1, True)
        assert (back["offset"], back["count"], back["replayed"]) == (4, 0, False)
        await one.hears("event", offset=4)
        told = one.heard("event", kind="reaction.set")
        like = {"seq": 1, "emoji": "👍"}
        assert [each["data"] for each in told] == [
            {**like, "on": True, "count": 1},
            {**like, "on": False, "count": 0},
        ]
        assert {each["by"] for each in told} == {bob.id}

    async def test_a_pin_is_told(self, alice: Guest, bob: Guest, room: str) -> None:
        one, other = await both(alice, bob, room)
        pin = {"type": "pin.set", "conversation": room, "seq": 1, "on": True}
        answer, again = await other.ask(pin), await other.ask(pin)

        assert (answer["offset"], answer["replayed"], again["replayed"]) == (3, False, True)
        assert (await event(one, "pin.set"))["data"] == {"seq": 1, "on": True}

    async def test_votes_are_told_without_who_chose_what(
        self, alice: Guest, bob: Guest, room: str
    ) -> None:
        one, other = await alice.connect(), await bob.connect()
        poll = {"question": "Tea?", "options": ["yes", "no"]}
        sent = await one.ask({**message(room, ""), "kind": "poll", "body": poll})
        vote = {"type": "poll.vote", "conversation": room, "seq": sent["seq"], "options": [1]}
        answer, again = await other.ask(vote), await other.ask(vote)

        assert (answer["offset"], answer["replayed"], again["replayed"]) == (3, False, True)
        told = await event(one, "poll.voted")
        assert told["data"] == {"seq": 1, "counts": [0, 1], "voters": 1}

    async def test_the_frames_of_a_socket_keep_their_order_whatever_their_kind(
        self, alice: Guest, bob: Guest, room: str
    ) -> None:
        one, other = await both(alice, bob, room)
        place = {"conversation": room, "seq": 2}
        requests: list[Frame] = [
            message(room, "first"),
            {"type": "message.edit", **place, "body": {"text": "second"}},
            {"type": "reaction.set", **place, "emoji": "👍", "on": True},
            {"type": "reaction.set", **place, "emoji": "👍", "on": False},
            {"type": "pin.set", **place, "on": True},
            {"type": "message.edit", **place, "body": {"text": "third"}},
            {"type": "message.recall", **place},
            {"type": "reaction.set", **place, "emoji": "👍", "on": True},
            message(room, "last"),
        ]
        ids = [await one.begin(each) for each in requests]
        answers = [await one.answer(each) for each in ids]

        offsets = [answer.get("offset") for answer in answers]
        assert offsets == [3, 4, 5, 6, 7, 8, 9, None, 10]
        assert answers[7]["code"] == "not_found"
        await other.hears("event", offset=10)
        events = other.heard("event", conversation=room)
        assert [each["offset"] for each in events] == list(range(2, 11))


REFUSED: dict[str, Frame] = {
    "edit": {"type": "message.edit", "body": {"text": "x"}},
    "recall": {"type": "message.recall"},
    "react": {"type": "reaction.set", "emoji": "👍", "on": True},
    "pin": {"type": "pin.set", "on": True},
    "vote": {"type": "poll.vote", "options": [0]},
}


class TestRefusals:
    @pytest.mark.parametrize("name", REFUSED)
    async def test_strangers_and_missing_messages_are_not_found(
        self, site: Site, alice: Guest, bob: Guest, room: str, name: str
    ) -> None:
        one, _ = await both(alice, bob, room)
        stranger = await site.person("mallory").connect()
        frame = {**REFUSED[name], "conversation": room}

        answers = [
            await stranger.ask({**frame, "seq": 1}),
            await one.ask({**frame, "seq": 99}),
            await one.ask({**frame, "seq": 0}),
        ]

        assert {answer.get("code") for answer in answers} == {"not_found"}

    async def test_only_the_sender_edits_and_takes_back(
        self, alice: Guest, bob: Guest, room: str
    ) -> None:
        _, other = await both(alice, bob, room)
        for name in ("edit", "recall"):
            answer = await other.ask({**REFUSED[name], "conversation": room, "seq": 1})
            assert answer["code"] == "forbidden"

    @pytest.mark.parametrize(
        ("frame", "refusal"),
        [
            ({**REFUSED["react"], "emoji": "tea"}, ("invalid", "emoji")),
            ({**REFUSED["react"], "emoji": ":tea:"}, ("invalid", "emoji")),
            ({**REFUSED["react"], "emoji": ""}, ("bad_request", None)),
            ({**REFUSED["react"], "emoji": "👍" * 65}, ("bad_request", None)),
            ({**REFUSED["react"], "on": 1}, ("bad_request", None)),
            ({**REFUSED["edit"], "body": {}}, ("invalid", "body.text")),
            ({**REFUSED["edit"], "body": "text"}, ("bad_request", None)),
            ({**REFUSED["edit"], "revision": -1}, ("bad_request", None)),
            ({**REFUSED["edit"], "mentions": ["bob"]}, ("invalid", "mentions")),
            ({**REFUSED["vote"], "options": [12]}, ("bad_request", None)),
            ({**REFUSED["vote"], "options": [0] * 13}, ("bad_request", None)),
            ({**REFUSED["vote"]}, ("invalid", "seq")),
            ({**REFUSED["pin"], "seq": "1"}, ("bad_request", None)),
            ({**REFUSED["pin"], "seq": 1.5}, ("bad_request", None)),
            ({**REFUSED["pin"], "conversation": None}, ("bad_request", None)),
        ],
        ids=lambda each: str(each)[:60] if isinstance(each, dict) else str(each[1]),
    )
    async def test_what_cannot_be_is_refused(
        self, alice: Guest, bob: Guest, room: str, frame: Frame, refusal: tuple[str, str | None]
    ) -> None:
        one, _ = await both(alice, bob, room)
        code, field = refusal
        answer = await one.ask({"conversation": room, "seq": 1, **frame})

        assert (answer["type"], answer["code"]) == ("error", code)
        if field is not None:
            assert [each["field"] for each in answer["errors"]] == [field]
        assert one.is_open

    async def test_a_custom_emoji_must_be_of_this_service(self, serve: Serve) -> None:
        names = MessageSettings(custom_emojis=("party-parrot",))
        async with serve(attrs.evolve(SETTINGS, messages=names)) as site:
            alice, bob = site.person("alice"), site.person("bob")
            room = alice.open_direct(bob)
            _, other = await both(alice, bob, room)
            like = {**LIKE, "conversation": room}

            assert (await other.ask({**like, "emoji": ":party-parrot:"}))["count"] == 1
            assert (await other.ask({**like, "emoji": ":parrot:"}))["code"] == "invalid"

    async def test_changes_count_like_messages(self, serve: Serve) -> None:
        limits = attrs.evolve(SETTINGS.limits, messages=Rate(0.001, burst=2))
        async with serve(attrs.evolve(SETTINGS, limits=limits)) as site:
            alice, bob = site.person("alice"), site.person("bob")
            room = alice.open_direct(bob)
            one, _ = await both(alice, bob, room)
            like: dict[str, Any] = {**LIKE, "conversation": room}

            assert (await one.ask(like))["type"] == "ok"
            refused = await one.ask({**like, "on": False})
            assert (refused["code"], refused["temporary"]) == ("rate_limited", True)
            assert refused["retry_after_ms"] > 0
