"""Users forward messages, hide them and keep drafts over real sockets."""

import json
from typing import Any
from uuid import UUID, uuid4

import attrs
import pytest

from parlour.domain.kernel.ids import ConversationId
from parlour.domain.kernel.limits import Rate
from tests.support.site import SETTINGS, Guest, Serve, Site
from tests.support.socket_client import Frame, SocketClient


async def both(alice: Guest, bob: Guest, room: str) -> tuple[SocketClient, SocketClient]:
    """Connect two users, one of whom has said something."""
    one, other = await alice.connect(), await bob.connect()
    assert (await one.say(room, "tea at four"))["seq"] == 1
    return one, other


def forward(source: str, to: str, *seqs: int, **more: Any) -> Frame:
    """Return the request that forwards messages, under a new key."""
    place = {"from": source, "seqs": list(seqs), "to": to, "key": str(uuid4())}
    return {"type": "message.forward", **place, **more}


class TestForwarding:
    async def test_messages_arrive_with_their_author(
        self, alice: Guest, bob: Guest, room: str
    ) -> None:
        one, other = await both(alice, bob, room)
        await other.say(room, "gladly")
        group = alice.create_group("Tea", bob)
        request = forward(room, group, 1, 2)
        answer, again = await one.ask(request), await one.ask(request)

        assert answer["messages"] == [{"seq": 1, "offset": 2}, {"seq": 2, "offset": 3}]
        assert again["messages"] == answer["messages"]
        await other.hears("event", conversation=group, offset=3)
        told = other.heard("event", conversation=group, kind="message.posted")
        assert [each["data"]["body"]["text"] for each in told[:2]] == ["tea at four", "gladly"]
        assert [each["data"]["forwarded"]["by"] for each in told[:2]] == [alice.id, bob.id]
        assert {each["session"] for each in told} == {one.welcome["session"]}
        await one.quiet()
        assert one.heard("event", conversation=group, kind="message.posted") == []

    async def test_many_long_messages_are_no_more_than_a_reader_takes(
        self, alice: Guest, bob: Guest, room: str
    ) -> None:
        one, other = await both(alice, bob, room)
        notes = alice.create_group("Notes")
        long = "😀" * 8_000  # 32 KB, a hundred of which are more than may wait for a socket
        for _ in range(100):
            assert (await one.say(notes, long))["type"] == "ok"
        answer = await one.ask(forward(notes, room, *range(1, 101)))

        assert len(answer["messages"]) == 100
        assert [each["seq"] for each in answer["messages"]] == list(range(2, 102))
        await other.hears("event", conversation=room, seq=101)
        assert len(other.heard("event", conversation=room)) == 101

    async def test_merged_messages_are_one(self, alice: Guest, bob: Guest, room: str) -> None:
        one, other = await both(alice, bob, room)
        await other.say(room, "gladly")
        answer = await one.ask(forward(room, room, 1, 2, merged=True))

        assert answer["messages"] == [{"seq": 3, "offset": 4}]
        data = (await other.hears("event", offset=4))["data"]
        assert (data["kind"], len(data["body"]["items"])) == ("bundle", 2)

    async def test_what_is_said_before_is_there_and_what_is_said_after_comes_after(
        self, alice: Guest, bob: Guest, room: str
    ) -> None:
        one, _ = await both(alice, bob, room)
        group = alice.create_group("Tea", bob)
        send = {"type": "message.send", "conversation": room, "body": {"text": "second"}}
        recall = {"type": "message.recall", "conversation": room, "seq": 1}
        requests: list[Frame] = [
            {**send, "key": str(uuid4())},
            {**send, "conversation": group, "key": str(uuid4())},
            forward(room, group, 1, 2),
            forward(group, room, 1),
            recall,
            {**send, "conversation": group, "key": str(uuid4())},
        ]
        ids = [await one.begin(each) for each in requests]
        answers = [await one.answer(each) for each in ids]

        assert [answer["type"] for answer in answers] == ["ok"] * 6
        assert [each["seq"] for each in answers[2]["messages"]] == [2, 3]
        assert [each["seq"] for each in answers[3]["messages"]] == [3]
        assert (answers[1]["seq"], answers[5]["seq"]) == (1, 4)

    async def test_strangers_and_missing_messages_are_not_found(
        self, site: Site, alice: Guest, bob: Guest, room: str
    ) -> None:
        one, _ = await both(alice, bob, room)
        stranger = site.person("mallory")
        own = stranger.create_group("Own")
        mallory = await stranger.connect()

        assert (await mallory.ask(forward(room, own, 1)))["code"] == "not_found"
        assert (await one.ask(forward(room, own, 1)))["code"] == "not_found"
        assert (await one.ask(forward(room, room, 1, 9)))["code"] == "not_found"

    async def test_each_forwarded_message_counts(self, serve: Serve) -> None:
        limits = attrs.evolve(SETTINGS.limits, messages=Rate(0.001, burst=3))
        async with serve(attrs.evolve(SETTINGS, limits=limits)) as site:
            alice, bob = site.person("alice"), site.person("bob")
            room = alice.open_direct(bob)
            one, other = await both(alice, bob, room)
            await other.say(room, "gladly")

            assert (await one.ask(forward(room, room, 1, 2)))["type"] == "ok"
            assert (await one.ask(forward(room, room, 1)))["code"] == "rate_limited"
            # As many as the burst count as the burst: they are granted at once, when it is full.
            seqs = [1, 2, 3, 4]
            assert (await other.ask(forward(room, room, *seqs)))["code"] == "rate_limited"


class TestOwnView:
    async def test_hidden_messages_are_told_to_the_own_devices_alone(
        self, alice: Guest, bob: Guest, room: str
    ) -> None:
        one, other = await both(alice, bob, room)
        second = await bob.connect()
        hide = {"type": "message.hide", "conversation": room, "seqs": [1]}
        answer, again = await other.ask(hide), await other.ask(hide)

        assert answer["offset"] == again["offset"]
        told = await second.hears("event.me", kind="message.hidden")
        assert told["offset"] == answer["offset"]
        assert told["data"] == {"conversation": room, "seqs": [1]}
        (head,) = (await other.ask({"type": "conversations"}))["heads"]
        assert "last" not in head
        await one.quiet()
        assert one.heard("event.me", kind="message.hidden") == []

    async def test_a_cleared_history_is_told_to_the_own_devices(
        self, alice: Guest, bob: Guest, room: str
    ) -> None:
        _, other = await both(alice, bob, room)
        second = await bob.connect()
        answer = await other.ask({"type": "history.clear", "conversation": room, "up_to": 1})

        told = await second.hears("event.me", kind="history.cleared")
        assert (told["offset"], told["data"]) == (
            answer["offset"],
            {"conversation": room, "up_to": 1},
        )

    async def test_a_draft_is_on_every_device_and_read_as_it_is_now(
        self, alice: Guest, bob: Guest, room: str
    ) -> None:
        _, other = await both(alice, bob, room)
        second = await bob.connect()
        draft = {"type": "draft.set", "conversation": room}
        first = await other.ask({**draft, "text": "the canary", "reply_to": 1})
        last = await other.ask({**draft, "text": "glad"})

        assert (first["type"], last["offset"]) == ("ok", first["offset"] + 1)
        told = await second.hears("event.me", kind="draft.changed")
        assert told["data"] == {"conversation": room, "text": "the canary", "reply_to": 1}
        cursor = other.welcome["cursor"]
        read = await second.ask({"type": "sync.me", "cursor": cursor})
        changes = [each["data"] for each in read["events"] if each["kind"] == "draft.changed"]
        assert changes == [{"conversation": room, "text": "glad"}] * 2
        (head,) = (await bob.connect()).welcome["heads"]
        assert head["draft"]["text"] == "glad"
        await other.ask({**draft, "text": None})
        (head,) = (await bob.connect()).welcome["heads"]
        assert "draft" not in head

    @pytest.mark.parametrize(
        ("frame", "code"),
        [
            ({"type": "message.hide", "seqs": []}, "bad_request"),
            ({"type": "message.hide", "seqs": [0]}, "bad_request"),
            ({"type": "message.hide", "seqs": [9]}, "not_found"),
            ({"type": "message.hide", "seqs": list(range(1, 102))}, "bad_request"),
            ({"type": "history.clear", "up_to": 0}, "invalid"),
            ({"type": "history.clear"}, "bad_request"),
            ({"type": "draft.set"}, "bad_request"),
            ({"type": "draft.set", "text": 7}, "bad_request"),
            ({"type": "draft.set", "text": "x" * 8_001}, "invalid"),
            ({"type": "draft.set", "text": "x", "reply_to": 0}, "invalid"),
            ({"type": "message.forward", "seqs": [1]}, "bad_request"),
        ],
        ids=lambda each: str(each)[:50],
    )
    async def test_what_cannot_be_is_refused(
        self, alice: Guest, bob: Guest, room: str, frame: Frame, code: str
    ) -> None:
        one, _ = await both(alice, bob, room)
        answer = await one.ask({"conversation": room, **frame})

        assert (answer["type"], answer["code"]) == ("error", code)

    async def test_strangers_find_nothing(
        self, site: Site, alice: Guest, bob: Guest, room: str
    ) -> None:
        await both(alice, bob, room)
        stranger = await site.person("mallory").connect()
        requests: list[Frame] = [
            {"type": "message.hide", "seqs": [1]},
            {"type": "history.clear", "up_to": 1},
            {"type": "draft.set", "text": "tea"},
        ]
        for request in requests:
            answer = await stranger.ask({"conversation": room, **request})
            assert answer["code"] == "not_found"


async def test_many_long_drafts_fit_into_the_welcome_and_into_pages(
    site: Site, alice: Guest
) -> None:
    """Clients take frames of 1 MiB; all drafts of a user may have 16 times as many bytes."""
    rooms = [alice.create_group(f"Group {number}") for number in range(60)]
    for room in rooms:
        noted = site.service.use.set_draft(alice.user, ConversationId(UUID(room)), "😀" * 8_000)
        site.tell(noted.changes)
    socket = await alice.connect()
    pages = [{"heads": socket.welcome["heads"], "more": socket.welcome["more"]}]
    before: dict[str, str] = {}
    while True:
        pages.append(await socket.ask({"type": "conversations", **before}))
        if "next" not in pages[-1]:
            break
        before = {"before": pages[-1]["next"]}

    assert pages[0]["more"]
    assert all(len(json.dumps(page, ensure_ascii=False).encode()) < 1 << 19 for page in pages)
    listed = [head["conversation"] for page in pages[1:] for head in page["heads"]]
    assert sorted(listed) == sorted(rooms)
    assert {head["draft"]["text"] for page in pages for head in page["heads"]} == {"😀" * 8_000}
