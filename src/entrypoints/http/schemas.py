"""The bodies of requests and answers; `wire.views` has those that HTTP and the socket share.

A request with a field that is not defined here is refused (no mass assignment).
Lengths here only keep absurd values from the domain, which has the exact rules.
"""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from parlour.entrypoints.wire.views import (
    ClientDevice,
    HeadView,
    MeView,
    UserView,
)

Line = Annotated[str, Meta(max_length=512)]
Secret = Annotated[str, Meta(min_length=1, max_length=4096)]
Token = Annotated[str, Meta(min_length=1, max_length=256)]
Moment = Annotated[datetime, Meta(tz=True)]


class Body(Struct, forbid_unknown_fields=True, gc=False):
    """Base of all request bodies."""


# -- access ---------------------------------------------------------------------------------


class LoginDevice(ClientDevice, forbid_unknown_fields=True, gc=False):
    """How a client describes its device when it logs in."""


class Registration(Body, kw_only=True):
    """A new account. With `cookie`, the refresh token is set as an HttpOnly cookie."""

    handle: Line
    password: Secret
    display_name: Line | None = None
    device: LoginDevice | None = None
    cookie: bool = False


class Login(Body, kw_only=True):
    """A handle and its password."""

    handle: Line
    password: Secret
    device: LoginDevice | None = None
    cookie: bool = False


class Renewal(Body):
    """A refresh token; without it, the cookie is used."""

    refresh_token: Token | None = None


class NewPassword(Body):
    """The current password and the new one."""

    old_password: Secret
    new_password: Secret


class ServiceView(Struct):
    """What anybody may know of the service. `registration` says whether accounts can be made."""

    registration: Literal["open", "closed"]


class TokensView(Struct, omit_defaults=True, kw_only=True):
    """The tokens of a device. `refresh_token` is missing if a cookie holds it."""

    user: MeView
    device: UUID
    access_token: str
    access_expires_at: str
    refresh_expires_at: str
    refresh_token: str | None = None


class DeviceView(Struct):
    """A device on which the user is logged in."""

    id: UUID
    name: str
    platform: str
    created_at: str
    last_seen_at: str
    current: bool


class DevicesView(Struct):
    """The devices of the caller, newest first."""

    devices: list[DeviceView]


# -- people ---------------------------------------------------------------------------------


class ProfileChange(Body):
    """A change of the profile of the caller."""

    display_name: Line


class PresenceChange(Body):
    """How others see the caller from now on, and the text beside it."""

    state: Literal["online", "busy", "invisible"]
    text: Line | None = None


class UsersView(Struct, omit_defaults=True):
    """Users, and the cursor of the next page, if any."""

    users: list[UserView]
    next: str | None = None


# -- conversations --------------------------------------------------------------------------


class NewDirect(Body, tag_field="kind", tag="direct"):
    """Open the direct conversation with another user; it may exist already."""

    user: UUID


class NewGroup(Body, tag_field="kind", tag="group"):
    """A new group; its creator is the owner."""

    title: Line
    members: Annotated[list[UUID], Meta(max_length=10_000)] = []


class TitleChange(Body):
    """The new title of a group."""

    title: Line


class SettingsChange(Body):
    """The caller's settings of a conversation; a missing field stays as it is."""

    muted_until: Moment | UnsetType | None = UNSET
    pinned: bool | UnsetType = UNSET
    marked_unread: bool | UnsetType = UNSET


class HeadsView(Struct, omit_defaults=True):
    """Conversations, last changed first, and the cursor of the next page."""

    heads: list[HeadView]
    next: str | None = None


class NewMembers(Body):
    """The users to add to a group."""

    users: Annotated[list[UUID], Meta(max_length=1_000)]


class RoleChange(Body):
    """The new role of a member; `owner` transfers the ownership."""

    role: Literal["owner", "admin", "member"]


class MemberView(Struct, omit_defaults=True):
    """A member of a conversation; `skeletons` and `mixed_alphabets` are those of a user."""

    user: UUID
    handle: str
    display_name: str
    role: str
    joined_at: str
    skeletons: list[str] = []
    mixed_alphabets: bool = False


class MembersView(Struct, omit_defaults=True):
    """Members in the order of their ids, and the cursor of the next page."""

    members: list[MemberView]
    next: str | None = None


class AddedView(Struct):
    """The members that were added, and the last offset of the log."""

    added: list[UUID]
    offset: int


class OffsetView(Struct):
    """The last offset of the log after a change."""

    offset: int
