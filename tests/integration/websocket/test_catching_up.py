"""Clients fetch over their socket what they missed."""

import json

from parlour.entrypoints.wire.pages import MAX_PAGE_BYTES
from tests.support.site import Guest, Site
from tests.support.socket_client import message


class TestCatchingUp:
    async def test_after_a_lost_connection_merges_log_and_live_events(
        self, alice: Guest, bob: Guest, room: str
    ) -> None:
        one, other = await alice.connect(), await bob.connect()
        await one.say(room, "live")
        await other.hears("event")
        cursor = other.welcome["cursor"]
        other.abort()
        await one.say(room, "missed")
        back = await bob.connect(cursor=cursor)
        (head,) = back.welcome["heads"]
        page = await back.ask({"type": "sync", "conversation": room, "after": 2})
        await one.say(room, "live again")
        await back.hears("event")

        assert (head["offset"], head["unread"]) == (3, 2)
        assert [event["data"]["body"]["text"] for event in page["events"]] == ["missed"]
        assert (page["last"], page["more"], page["reset"]) == (3, False, False)
        assert back.texts(room) == ["live again"]

    async def test_returns_the_log_page_by_page(self, alice: Guest, room: str) -> None:
        one = await alice.connect()
        for number in range(5):
            await one.say(room, str(number))
        seen, after, more = [], 0, True
        while more:
            page = await one.ask(
                {"type": "sync", "conversation": room, "after": after, "limit": 2}
            )
            seen += [event["offset"] for event in page["events"]]
            after, more = seen[-1], page["more"]

        assert seen == [1, 2, 3, 4, 5, 6]

    async def test_beyond_the_end_of_the_log_is_answered_with_reset(
        self, alice: Guest, room: str
    ) -> None:
        page = await (await alice.connect()).ask(
            {"type": "sync", "conversation": room, "after": 99}
        )

        assert (page["events"], page["reset"]) == ([], True)

    async def test_of_the_private_log_uses_a_cursor(
        self, alice: Guest, bob: Guest, room: str
    ) -> None:
        one = await alice.connect()
        cursor = one.welcome["cursor"]
        await one.say(room, "hi")
        await one.ask({"type": "read", "conversation": room, "seq": 1})
        page = await one.ask({"type": "sync.me", "cursor": cursor})

        assert [event["kind"] for event in page["events"]] == ["read.moved"]
        assert page["more"] is page["reset"] is False
        again = await one.ask({"type": "sync.me", "cursor": page["cursor"]})
        assert again["events"] == []

    async def test_lists_conversations_page_by_page(self, alice: Guest) -> None:
        rooms = [alice.create_group(f"Room {number}") for number in range(5)]
        one = await alice.connect()
        first = await one.ask({"type": "conversations", "limit": 3})
        second = await one.ask({"type": "conversations", "limit": 3, "before": first["next"]})
        listed = [head["conversation"] for head in [*first["heads"], *second["heads"]]]

        assert listed == rooms[::-1]
        assert "next" not in second

    async def test_in_many_conversations_at_once_closes_nobody(self, site: Site) -> None:
        alice, bob = site.person("alice"), site.person("bob")
        one = await alice.connect()
        rooms = [alice.create_group(f"Room {number}", bob) for number in range(8)]
        for room in rooms:
            for _ in range(60):
                await one.say(room, "x" * 8_000)
        other = await bob.connect()
        after, seen = dict.fromkeys(rooms, 1), dict.fromkeys(rooms, 0)
        while rooms:
            asked = {
                room: await other.begin(
                    {"type": "sync", "conversation": room, "after": after[room]}
                )
                for room in rooms
            }
            for room, id_ in asked.items():
                page = await other.answer(id_)
                seen[room] += len(page["events"])
                after[room] = page["events"][-1]["offset"]
                assert len(json.dumps(page["events"], separators=(",", ":"))) <= MAX_PAGE_BYTES
                if not page["more"]:
                    rooms = [each for each in rooms if each != room]

        assert set(seen.values()) == {60}

    async def test_of_the_own_log_is_bounded_in_bytes(
        self, site: Site, alice: Guest, bob: Guest, room: str
    ) -> None:
        one, other = await alice.connect(), await bob.connect()
        cursor, seen, more = one.welcome["cursor"], 0, True
        for _ in range(200):
            sent = message(room, "@alice " + "\N{SNOWMAN}" * 500)
            assert (await other.ask({**sent, "mentions": [str(alice.user)]}))["type"] == "ok"
        while more:
            page = await one.ask({"type": "sync.me", "cursor": cursor})
            text = json.dumps(page["events"], separators=(",", ":"), ensure_ascii=False)
            assert len(text.encode()) <= MAX_PAGE_BYTES
            seen += len(page["events"])
            cursor, more = page["cursor"], page["more"]

        assert seen == 200
