"""What notifies whom: the rule alone, and the bell and pushes that obey it.

The page runs through the same cases (tests/web/client/notification-rule.test.js).
"""

import json
from typing import Any

import attrs
import pytest

from parlour.domain.conversations import Conversation, ConversationKind, ConversationSettings
from parlour.domain.kernel.ids import ConversationId, DeviceId, UserId
from parlour.domain.messages import Message
from parlour.domain.notifications import Circumstances, PushKeys, decide
from tests.support import builders as b
from tests.support.fakes import SECOND, START
from tests.support.programs import ROOT
from tests.support.world import World

CASES = json.loads((ROOT / "tests/cases/notifications.json").read_text())
NAMES = [each["name"] for each in CASES]
PEOPLE = {"me": b.BOB, "other": b.CAROL}


def message(case: dict[str, Any]) -> Message:
    mentions = case.get("mentions", [])
    return b.message(
        7,
        by=b.BOB if case.get("by") == "me" else b.ALICE,
        mentions=tuple(PEOPLE[name] for name in mentions if name != "all"),
        everyone="all" in mentions,
    )


def conversation(case: dict[str, Any]) -> Conversation:
    return b.direct(b.ALICE, b.BOB) if case["kind"] == "direct" else b.group()


class TestRule:
    @pytest.mark.parametrize("row", CASES, ids=NAMES)
    def test_decides_every_case(self, row: dict[str, Any]) -> None:
        case = row["case"]
        member = attrs.evolve(b.member(b.BOB), read=7 if case.get("read") else 6)
        if case.get("muted") or case.get("was_muted"):
            until = START + SECOND if case.get("muted") else START
            member = attrs.evolve(member, muted_until=until)
        met = attrs.evolve(
            Circumstances.of(
                message(case),
                conversation(case),
                member,
                START,
                is_focused=case.get("focused", False),
            ),
            is_quiet=case.get("quiet", False),
            is_blocked=case.get("blocked", False),
        )

        assert attrs.asdict(decide(met)) == row["notice"]


class TestService:
    # The service has no blocks yet; "do not disturb" ends the subscription of a device.
    @pytest.mark.parametrize(
        "row",
        [each for each in CASES if not each["case"].get("blocked")],
        ids=lambda row: row["name"],
    )
    def test_lists_and_pushes_what_the_rule_says(self, world: World, row: dict[str, Any]) -> None:
        case, expected = row["case"], row["notice"]
        alice, bob, carol = world.people("alice", "bob", "carol")
        is_direct = case["kind"] == "direct"
        room = world.direct(alice, bob) if is_direct else world.group(alice, bob, carol)
        if not case.get("quiet"):
            subscribe(world, bob)
        if case.get("muted") or case.get("was_muted"):
            mute(world, bob, room, is_over="was_muted" in case)
        names = {"me": str(bob), "other": str(carol), "all": "all"}
        posted = world.say(
            bob if case.get("by") == "me" else alice,
            room,
            "hi",
            mentions=[names[name] for name in case.get("mentions", [])],
        )
        if case.get("read"):
            world.read(bob, room, posted.seq)
        focused = {bob: [room]} if case.get("focused") else {}
        noted = world.do.notify(posted, watching=focused)
        told = {event.user for event in noted.changes.private}

        assert (bob in told) == expected["bell"]
        assert (noted.pushes > 0) == expected["push"]


def subscribe(world: World, user: UserId) -> None:
    device = b.device(DeviceId(b.next_id()), user)
    world.storage.uow(lambda stores: stores.devices.add(device))
    keys = PushKeys(b"\x04" + bytes(64), bytes(16))
    world.do.subscribe(user, device.id, "https://push.example.org/bob", keys, preview=False)


def mute(world: World, user: UserId, room: ConversationId, *, is_over: bool) -> None:
    until = world.clock.now + SECOND
    settings = ConversationSettings(muted_until=until, pinned=False)
    world.do.change_settings(user, room, settings)
    if is_over:
        world.clock.advance(SECOND)


def test_every_kind_of_conversation_has_cases() -> None:
    assert {each["case"]["kind"] for each in CASES} == set(ConversationKind)
