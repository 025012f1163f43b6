"""How users, and their presence, are shown to themselves and to others."""

from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from parlour.domain.kernel.time import rfc3339
from parlour.domain.presence import Status
from parlour.domain.users import PresenceChoice, User
from parlour.entrypoints.wire.lookalikes import mixes_alphabets, skeletons


class ClientDevice(Struct, gc=False):
    """How a client describes its device."""

    name: Annotated[str, Meta(max_length=256)] | None = None
    platform: Annotated[str, Meta(max_length=256)] | None = None


class UserView(Struct, omit_defaults=True, gc=False):
    """A user as shown to others.

    Two users who share a skeleton look alike by handle or name. `mixed_alphabets` says that a word
    of the name has letters of several alphabets, such as Latin and Cyrillic.
    """

    id: UUID
    handle: str
    display_name: str
    skeletons: list[str] = []
    mixed_alphabets: bool = False


class ChoiceView(Struct, omit_defaults=True, gc=False):
    """How a user chose to be seen by others, and the text beside it."""

    state: Literal["online", "busy", "invisible"]
    text: str | None = None


class MeView(Struct, omit_defaults=True, gc=False):
    """A user as shown to themselves; `skeletons` and `mixed_alphabets` are what others see."""

    id: UUID
    handle: str
    display_name: str
    role: str
    created_at: str
    presence: ChoiceView
    skeletons: list[str] = []
    mixed_alphabets: bool = False


class StatusView(Struct, omit_defaults=True, gc=False):
    """The presence of a user."""

    user: UUID
    state: str
    last_seen: str | None = None
    text: str | None = None


def view_user(user: User) -> UserView:
    """Return the view of a user for others."""
    return UserView(
        user.id,
        user.handle.value,
        user.display_name.value,
        skeletons(user),
        mixes_alphabets(user.display_name.value),
    )


def view_me(user: User) -> MeView:
    """Return the view of a user for that user."""
    return MeView(
        user.id,
        user.handle.value,
        user.display_name.value,
        user.role.value,
        rfc3339(user.created_at),
        view_choice(user.presence),
        skeletons(user),
        mixes_alphabets(user.display_name.value),
    )


def view_choice(choice: PresenceChoice) -> ChoiceView:
    """Return the view of a choice of presence."""
    return ChoiceView(choice.state.value, choice.text)


def view_status(status: Status) -> StatusView:
    """Return the view of the presence of a user."""
    seen = rfc3339(status.last_seen) if status.last_seen else None
    return StatusView(status.user, status.state.value, seen, status.text)
