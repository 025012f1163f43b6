"""The presence that a user chose, over real sockets and HTTP, and through a restart."""

from pathlib import Path

import attrs
import pytest

from parlour.adapters.config.settings_backends import Sqlite, StorageSettings
from parlour.domain.users import ChosenState, PresenceChoice
from tests.support.site import SETTINGS, Guest, Serve, Site


class TestPresenceChoice:
    async def test_is_in_the_welcome_and_in_the_private_log(
        self, alice: Guest, bob: Guest
    ) -> None:
        phone, laptop = await alice.connect(), await alice.connect()
        await phone.ask({"type": "presence.set", "state": "busy", "text": "in a meeting"})
        event = await laptop.hears("event.me", kind="presence.changed")
        tablet = await alice.connect()

        assert phone.welcome["presence"] == {"state": "online"}
        assert event["data"] == {"state": "busy", "text": "in a meeting"}
        assert tablet.welcome["presence"] == event["data"]
        assert (await bob.connect()).welcome["presence"] == {"state": "online"}

    async def test_refuses_a_text_that_is_too_long(self, alice: Guest) -> None:
        phone = await alice.connect()
        too_long = {"type": "presence.set", "state": "busy", "text": "x" * 300}

        assert (await phone.ask(too_long))["code"] == "invalid"

    async def test_of_the_invisible_hides_what_would_betray_them(
        self, alice: Guest, bob: Guest, room: str
    ) -> None:
        one, other = await alice.connect(), await bob.connect()
        await one.say(room, "hi")
        await one.ask({"type": "focus", "conversation": room})
        await other.ask({"type": "presence.set", "state": "invisible"})
        await one.ask({"type": "presence.watch", "users": [bob.id]})
        await other.send({"type": "typing", "conversation": room, "on": True})
        await other.ask({"type": "received", "marks": {room: 1}})
        await other.ask({"type": "read", "conversation": room, "seq": 1})
        moved = await other.hears("event.me", kind="read.moved")
        await one.quiet()

        assert moved["data"] == {"conversation": room, "seq": 1}
        for hint in ("typing", "receipt", "presence"):
            assert one.heard(hint) == []

    @pytest.mark.parametrize("state", ["busy", "invisible"])
    async def test_outlives_a_restart(self, serve: Serve, tmp_path: Path, state: str) -> None:
        """Whoever watches from the first frame on never sees them online."""
        storage = StorageSettings(sqlite=Sqlite(path=tmp_path / "parlour.db"))
        settings = attrs.evolve(SETTINGS, storage=storage)
        async with serve(settings) as before:
            alice, bob = before.person("alice"), before.person("bob")
            alice.open_direct(bob)
            await (await bob.connect()).ask({"type": "presence.set", "state": state})
        async with serve(settings) as after:
            one = await alice.connect(at=after)
            await one.ask({"type": "presence.watch", "users": [bob.id]})
            other = await bob.connect(at=after)
            seen = ["busy"] if state == "busy" else []
            await one.until(lambda: len(one.heard("presence")) == len(seen))
            await one.quiet()

            assert other.welcome["presence"] == {"state": state}
            assert [push["state"] for push in one.heard("presence", user=bob.id)] == seen

    async def test_may_be_made_by_a_use_case(self, site: Site, alice: Guest, bob: Guest) -> None:
        alice.open_direct(bob)
        one, _ = await alice.connect(), await bob.connect()
        await one.ask({"type": "presence.watch", "users": [bob.id]})
        await site.service.choose_presence(bob.user, PresenceChoice(ChosenState.BUSY))

        await one.hears("presence", user=bob.id, state="busy")
