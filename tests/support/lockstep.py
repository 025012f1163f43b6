"""Lockstep testing: a model and a real storage must give the same results for the same calls."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, TypeVar

import attrs
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, rule

from parlour.domain.kernel.errors import DomainError
from parlour.domain.kernel.ids import ConversationId, UserId
from tests.support.storage_dump import dump
from tests.support.world import World, new_world

T = TypeVar("T")


@attrs.frozen
class Refused:
    """A refusal as a value: two are equal if a caller cannot distinguish them."""

    kind: type[DomainError]
    words: str
    field: str | None

    @classmethod
    def of(cls, error: DomainError) -> "Refused":
        """Return what a caller sees of *error*."""
        return cls(type(error), str(error), getattr(error, "field", None))


def comparable(value: Any) -> Any:
    """Return *value* with every refusal replaced by a value and every mapping by a dict."""
    if isinstance(value, DomainError):
        return Refused.of(value)
    if isinstance(value, list | tuple):
        return [comparable(each) for each in value]
    if isinstance(value, Mapping):
        return {key: comparable(each) for key, each in value.items()}
    if attrs.has(type(value)):
        fields = attrs.fields(type(value))
        return type(value), [comparable(getattr(value, field.name)) for field in fields]
    return value


def attempt(command: Callable[[World], T], world: World) -> T | Refused:
    """Do *command* in *world*; return its result, or its refusal as a value."""
    try:
        return command(world)
    except DomainError as error:
        return Refused.of(error)


def both(command: Callable[[World], T], model: World, tried: World) -> T | Refused:
    """Do *command* in both worlds, where it must come out alike; return what came out."""
    expected, found = attempt(command, model), attempt(command, tried)
    assert comparable(expected) == comparable(found)
    return expected


PEOPLE = Bundle("people")
GRANTS = Bundle("grants")
ROOMS = Bundle("rooms")
CURSORS = Bundle("cursors")

# Texts that databases treat as equal by default, and texts with wildcards.
TRAPS = ["Bob", "bob", "bob ", "bób", "bo\u0301b", "BOB", "🐈", "🐕", "%", "_", "\\", "'"]
TEXTS = st.sampled_from(TRAPS) | st.text(
    st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=9
)
SMALL = st.integers(-1, 12)
# Who acts in a conversation: a member by number, or sometimes a user who may not be a member.
ACTORS = st.integers(-1, 5)
ANYBODY = st.integers(0, 3)


class Lockstep(RuleBasedStateMachine):
    """Performs each action in memory (the model) and in the storage under test."""

    def __init__(self, tried: World) -> None:
        super().__init__()
        self.model, self.tried = new_world(), tried
        self.people: list[UserId] = []
        self.rooms: list[ConversationId] = []
        self.digests: list[bytes] = []

    def both(self, command: Callable[[World], T]) -> T | Refused:
        """Do *command* in both worlds, where it must come out alike; return what came out."""
        return both(command, self.model, self.tried)

    def somebody(self, room: ConversationId, number: int) -> UserId:
        """Return a member of *room* by number; for -1 whoever registered last."""
        page = self.model.storage.uow.read(lambda stores: stores.members.page(room, None, 9))
        if number < 0 or not page:
            return self.people[-1]
        return page[number % len(page)].user

    @rule(seconds=st.sampled_from([-60, 1, 8, 11, 900, 86_400]))
    def time_passes(self, seconds: int) -> None:
        for world in (self.model, self.tried):
            world.clock.advance(timedelta(seconds=seconds, microseconds=1))

    @rule()
    def compare(self) -> None:
        """Everything that is stored is the same."""
        model, tried = (
            dump(
                world.storage.uow,
                users=self.people,
                conversations=self.rooms,
                digests=self.digests,
            )
            for world in (self.model, self.tried)
        )
        assert comparable(model) == comparable(tried)

    def teardown(self) -> None:
        self.compare()
