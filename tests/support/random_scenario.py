"""Random actions of a few users, for property tests."""

from collections.abc import Sequence
from typing import Any

import attrs
from hypothesis import strategies as st

from parlour.domain.conversations import ConversationSettings, Role, Title
from parlour.domain.kernel.errors import DomainError
from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.messages import (
    Content,
    EditMessage,
    Emoji,
    Mark,
    RecallMessage,
    SetPin,
    SetReaction,
    Vote,
)
from parlour.domain.users import ChosenState, DisplayName, PresenceChoice
from parlour.entrypoints.shell.lanes import DurableCommand
from tests.support.fakes import START
from tests.support.world import World

NAMES = ("anna", "berta", "carla", "dora")


@attrs.frozen
class Action:
    """An action, which may be refused; numbers select users and conversations."""

    kind: str
    actor: int
    room: int
    other: int
    number: int


KINDS = {
    "say": 6,
    "read": 3,
    "mute": 2,
    "rename": 1,
    "add": 2,
    "remove": 1,
    "leave": 1,
    "promote": 2,
    "create": 1,
    "open": 1,
    "call": 1,
    "wait": 2,
    "ask": 1,
    "edit": 2,
    "recall": 2,
    "react": 4,
    "pin": 2,
    "vote": 2,
}
ACTIONS = st.lists(
    st.builds(
        Action,
        kind=st.sampled_from([kind for kind, weight in KINDS.items() for _ in range(weight)]),
        actor=st.integers(0, 3),
        room=st.integers(0, 3),
        other=st.integers(0, 3),
        number=st.integers(0, 9),
    ),
    max_size=30,
)


CHANGES = frozenset({"ask", "edit", "recall", "react", "pin", "vote"})
"""Actions that are about messages."""

POLL = {"question": "Tea?", "options": ["yes", "no", "later"], "multiple": True}
EMOJIS = [Emoji.parse(each) for each in ("👍", "❤️", "🎉")]


def message_command(
    action: Action, world: World, actor: UserId, room: ConversationId
) -> DurableCommand[Any]:
    """Return what *actor* does to a message: one of the first, by the number of the action."""
    number = action.number
    seq, on = number // 2 + 1, action.other % 3 > 0
    match action.kind:
        case "ask":
            poll = Content.parse(kind="poll", body=POLL)
            return attrs.evolve(world.draft(actor, room), content=poll)
        case "edit":
            content = Content.parse(body={"text": f"text {action.other} @berta"})
            seen = number if number > 7 else None
            return EditMessage(
                actor=actor, conversation=room, seq=seq, content=content, seen_revision=seen
            )
        case "recall":
            return RecallMessage(actor=actor, conversation=room, seq=seq)
        case "pin":
            return SetPin(actor=actor, conversation=room, seq=seq, on=on)
        case "vote":
            return Vote(actor=actor, conversation=room, seq=seq, options=range(number % 3))
        case _:
            emoji = EMOJIS[number % 3]
            return SetReaction(actor=actor, conversation=room, seq=seq, emoji=emoji, on=on)


class RandomScenario:
    """Four users, a group of three of them, and a direct conversation."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.people = world.people(*NAMES)
        anna, berta, carla, _ = self.people
        self.rooms = [world.group(anna, berta, carla), world.direct(anna, berta)]

    def live(self, actions: Sequence[Action]) -> None:
        """Perform the actions; refused ones are skipped."""
        for action in actions:
            try:
                if action.kind in CHANGES:
                    self._change_message(action)
                else:
                    self._do(action)
            except DomainError:
                continue

    def _do(self, action: Action) -> None:
        do, actor, other = self.world.do, self.people[action.actor], self.people[action.other]
        room = self.rooms[action.room % len(self.rooms)]
        number = action.number
        match action.kind:
            case "say":
                self._say(actor, room, other, number)
            case "read":
                private = number % 2 == 0
                mark = Mark(conversation=room, user=actor, read=number, private=private)
                do.mark_watermarks([mark])
            case "mute":
                until = START.replace(year=2030 + number) if number % 2 else None
                settings = ConversationSettings(
                    muted_until=until, pinned=number > 4, marked_unread=number % 3 == 0
                )
                do.change_settings(actor, room, settings)
            case "rename":
                self.world.rename(actor, room, Title(f"Title {number}"))
            case "add":
                self.world.add_members(actor, room, [other])
            case "remove" | "leave":
                self.world.remove_member(actor, room, other if action.kind == "remove" else actor)
            case "promote":
                self.world.change_role(actor, room, other, [*Role][number % 3])
            case "create" | "open":
                opened: Any = (
                    do.create_group(actor, title=Title("New"), members=[other])
                    if action.kind == "create"
                    else do.open_direct(actor, other)
                )
                self.rooms += [opened.conversation.id] if opened.is_new else []
            case "call":
                do.change_profile(actor, DisplayName(f"Name {number}"))
                do.choose_presence(actor, PresenceChoice([*ChosenState][number % 3]))
            case _:
                self.world.clock.advance(START.resolution * (number - 3))

    def _change_message(self, action: Action) -> None:
        actor, room = self.people[action.actor], self.rooms[action.room % len(self.rooms)]
        self.world.execute(message_command(action, self.world, actor, room))

    def _say(self, actor: UserId, room: ConversationId, other: UserId, number: int) -> None:
        mentions = [[], [str(other)], ["all"]][number % 3]
        self.world.say(actor, room, *["hi"] * (number // 3 + 1), mentions=mentions)
