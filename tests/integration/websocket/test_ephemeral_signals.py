"""Receipts, typing and presence over real sockets."""

from uuid import uuid4

from parlour.domain.users import DisplayName
from tests.support.site import Guest, Site


class TestEphemeralSignals:
    async def test_of_reading_reach_watching_members(
        self, alice: Guest, bob: Guest, room: str
    ) -> None:
        one, other, laptop = await alice.connect(), await bob.connect(), await bob.connect()
        await one.say(room, "hi")
        await one.ask({"type": "focus", "conversation": room})
        await other.ask({"type": "read", "conversation": room, "seq": 1})
        receipt = await one.hears("receipt")
        moved = await laptop.hears("event.me", kind="read.moved")

        assert (receipt["user"], receipt["received"], receipt["read"]) == (bob.id, 1, 1)
        assert moved["data"] == {"conversation": room, "seq": 1}

    async def test_of_receiving_reach_watching_members(
        self, alice: Guest, bob: Guest, room: str
    ) -> None:
        one, other = await alice.connect(), await bob.connect()
        await one.say(room, "hi")
        await one.ask({"type": "focus", "conversation": room})
        answer = await other.ask({"type": "received", "marks": {room: 1, str(uuid4()): 7}})
        receipt = await one.hears("receipt")

        assert answer == {"type": "ok", "id": answer["id"]}
        assert (receipt["received"], receipt["read"]) == (1, 0)

    async def test_of_private_reading_reach_no_other_user(
        self, alice: Guest, bob: Guest, room: str
    ) -> None:
        one, other = await alice.connect(), await bob.connect()
        await one.say(room, "hi")
        await one.ask({"type": "focus", "conversation": room})
        await other.ask({"type": "read", "conversation": room, "seq": 1, "private": True})
        await other.hears("event.me", kind="read.moved")
        await one.quiet()

        assert one.heard("receipt") == []

    async def test_of_typing_reach_other_watching_members(
        self, alice: Guest, bob: Guest, room: str
    ) -> None:
        one, other = await alice.connect(), await bob.connect()
        await one.send({"type": "typing", "conversation": room, "on": True})
        typing = await other.hears("typing")

        assert typing == {"type": "typing", "conversation": room, "user": alice.id, "on": True}

    async def test_of_typing_reach_nobody_who_watches_another_conversation(
        self, site: Site, alice: Guest, bob: Guest, room: str
    ) -> None:
        other, mallory = await bob.connect(), await site.person("mallory").connect()
        await mallory.send({"type": "typing", "conversation": room, "on": True})
        focus = await mallory.ask({"type": "focus", "conversation": room})
        await other.quiet()

        assert focus["code"] == "not_found"
        assert other.heard("typing") == []

    async def test_of_a_new_name_reach_watching_users(
        self, site: Site, alice: Guest, bob: Guest, room: str
    ) -> None:
        one, other = await alice.connect(), await site.person("mallory").connect()
        await one.ask({"type": "presence.watch", "users": [bob.id]})
        await other.ask({"type": "presence.watch", "users": [bob.id]})
        user, changes = site.service.use.change_profile(bob.user, DisplayName.parse("Robert"))
        site.tell(changes)
        site.service.publish_profile(user)

        named = await one.hears("profile")
        assert named == {
            "type": "profile",
            "user": bob.id,
            "display_name": "Robert",
            "skeletons": ["bob", "robert"],
        }
        await other.quiet()
        assert other.heard("profile") == []

    async def test_of_presence_reach_watching_users(
        self, alice: Guest, bob: Guest, room: str
    ) -> None:
        one = await alice.connect()
        watching = await one.ask({"type": "presence.watch", "users": [bob.id]})
        other = await bob.connect()
        await one.hears("presence", user=bob.id, state="online")
        await other.ask({"type": "presence.set", "state": "busy", "text": "in a meeting"})
        await one.hears("presence", user=bob.id, state="busy", text="in a meeting")
        await other.close()
        gone = await one.hears("presence", user=bob.id, state="offline")

        assert watching["states"] == [{"user": bob.id, "state": "offline"}]
        assert "last_seen" in gone

    async def test_of_presence_are_hidden_from_strangers(self, site: Site, bob: Guest) -> None:
        await bob.connect()
        mallory = await site.person("mallory").connect()
        watching = await mallory.ask({"type": "presence.watch", "users": [bob.id, str(uuid4())]})

        assert [state["state"] for state in watching["states"]] == ["offline", "offline"]
        assert all("last_seen" not in state for state in watching["states"])
