"""Cases of the law of catching up, written down for stores in other languages.

Each is what one client saw: the state that it had, every event since, and the state that it must
have now. `tests/golden/law.json` holds them as they travel; `python -m tests.support.golden`
writes it anew.
"""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from parlour.domain.kernel.errors import NotFound
from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.logs import Cursor
from parlour.entrypoints.wire.views import view_event, view_head, view_private
from tests.support.random_scenario import KINDS, Action, RandomScenario
from tests.support.world import new_world

FILE = Path(__file__).parent.parent / "golden" / "law.json"
SEEDS = range(1, 21)
PAGE = 200

Case = dict[str, Any]


def cases() -> list[Case]:
    """Return every case, the same in every run."""
    return [case for seed in SEEDS for case in _of_a_village(seed)]


def encode(found: list[Case]) -> bytes:
    """Return *found* as it stands in the file: one case a line."""
    lines = b",\n".join(msgspec.json.encode(case, order="deterministic") for case in found)
    return b"[\n" + lines + b"\n]\n"


def _of_a_village(seed: int) -> Iterator[Case]:
    chance = random.Random(seed)
    village = RandomScenario(new_world())
    village.live(_random_actions(chance, 8))
    stale = {key: head for key in _places(village) if (head := _head(village, *key))}
    cursors = {user: _cursor(village, user) for user in village.people}
    village.live(_random_actions(chance, 30))
    for (user, room), head in stale.items():
        fresh = _head(village, user, room)
        page = village.world.do.events_after(user, room, head["offset"], PAGE) if fresh else None
        if not fresh or page is None or page.reset or page.more:
            continue
        private = village.world.do.sync_private(user, cursors[user], PAGE).events
        yield {
            "name": f"village {seed}: {village.people.index(user)} in {village.rooms.index(room)}",
            "me": str(user),
            "stale": head,
            "events": [view_event(event) for event in page.events],
            "private": [view_private(event) for event in private],
            "fresh": fresh,
        }


def _random_actions(chance: random.Random, number: int) -> list[Action]:
    kinds, weights = [*KINDS], [*KINDS.values()]
    return [
        Action(
            chance.choices(kinds, weights)[0],
            # The owner of the group does most, and there: the others may do little to others.
            actor=chance.choice((0, 0, 1, 2, 3)),
            room=chance.choice((0, 0, 0, 1, 2, 3)),
            other=chance.randrange(4),
            number=chance.randrange(10),
        )
        for _ in range(number)
    ]


def _places(village: RandomScenario) -> list[tuple[UserId, ConversationId]]:
    return [(user, room) for user in village.people for room in village.rooms]


def _head(village: RandomScenario, user: UserId, room: ConversationId) -> Case | None:
    try:
        head = village.world.do.get_head(user, room)
    except NotFound:
        return None
    shown: Case = msgspec.to_builtins(view_head(head), builtin_types=(UUID,))
    return msgspec.json.decode(msgspec.json.encode(shown))  # type: ignore[no-any-return]


def _cursor(village: RandomScenario, user: UserId) -> Cursor:
    page = village.world.do.sync_private(user, Cursor(0), PAGE)
    return page.cursor


if __name__ == "__main__":
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_bytes(encode(cases()))
