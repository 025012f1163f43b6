"""Bodies of the administration routes. None of them contains what users wrote."""

from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import Meta, Struct

from parlour.domain.access import Device
from parlour.domain.administration import AuditEntry, AuditPage, InspectedConversation
from parlour.domain.conversations import Member
from parlour.domain.kernel.time import rfc3339
from parlour.domain.users import User
from parlour.entrypoints.http.schemas import Body, Line, Secret
from parlour.entrypoints.operation.control import LevelView, LogView, ReloadView, TracedView

__all__ = ["LevelView", "LogView", "ReloadView", "TracedView"]  # shown as they are


class NewAccount(Body, kw_only=True):
    """An account for somebody else."""

    handle: Line
    password: Secret
    display_name: Line | None = None
    role: Literal["user", "admin"] = "user"


class AccountChange(Body):
    """Disable or enable an account; disabling ends its sessions."""

    disabled: bool


class AccountPassword(Body):
    """The new password of an account; setting it ends all its sessions."""

    password: Secret


class LevelChange(Body, kw_only=True):
    """The level of a logger, until the next reload or for some seconds."""

    level: Annotated[str, Meta(max_length=16)]
    logger: Line = "parlour"
    seconds: float | None = None


class TraceChange(Body):
    """The user (handle or id) whose debug lines are logged for some seconds; 0 stops it."""

    user: Line
    seconds: float


class AccountView(Struct):
    """An account as administrators see it."""

    id: UUID
    handle: str
    display_name: str
    role: str
    disabled: bool
    created_at: str


class AccountsView(Struct, omit_defaults=True):
    """Accounts in the order of their handles, and the cursor of the next page, if any."""

    users: list[AccountView]
    next: str | None = None


class SessionView(Struct):
    """A device on which a user is logged in."""

    id: UUID
    name: str
    platform: str
    created_at: str
    last_seen_at: str


class SessionsView(Struct):
    """The sessions of a user, newest first."""

    sessions: list[SessionView]


class SeatView(Struct):
    """A member of a conversation, with their read and received marks."""

    user: UUID
    handle: str
    role: str
    joined_at: str
    received: int
    read: int


class InspectedView(Struct, omit_defaults=True, kw_only=True):
    """An inspected conversation: counts and members, without title and messages."""

    conversation: UUID
    kind: str
    members: int
    messages: int
    offset: int
    created_at: str
    changed_at: str
    seats: list[SeatView]
    next: str | None = None


class TotalsView(Struct, kw_only=True):
    """The number of users, sessions, conversations and messages."""

    users: int
    disabled: int
    admins: int
    sessions: int
    directs: int
    groups: int
    memberships: int
    messages: int


class AuditEntryView(Struct, omit_defaults=True, kw_only=True):
    """One recorded action: who, what, when, from where, on whom. Without `by`: the operator."""

    id: UUID
    at: str
    place: str
    action: str
    details: dict[str, Any]
    by: UUID | None = None
    by_handle: str | None = None
    target: UUID | None = None
    target_handle: str | None = None


class AuditView(Struct, omit_defaults=True):
    """Recorded actions, newest first, and the cursor of the next page, if any."""

    entries: list[AuditEntryView]
    next: str | None = None


def view_account(user: User) -> AccountView:
    """Show an account."""
    return AccountView(
        user.id,
        user.handle.value,
        user.display_name.value,
        user.role.value,
        user.disabled,
        rfc3339(user.created_at),
    )


def view_session(device: Device) -> SessionView:
    """Show a session."""
    return SessionView(
        device.id,
        device.info.name,
        device.info.platform,
        rfc3339(device.created_at),
        rfc3339(device.last_seen_at),
    )


def view_inspected(seen: InspectedConversation) -> InspectedView:
    """Show a conversation from outside."""
    found = seen.conversation
    return InspectedView(
        conversation=found.id,
        kind=found.kind.value,
        members=found.members,
        messages=found.seq,
        offset=found.offset,
        created_at=rfc3339(found.created_at),
        changed_at=rfc3339(found.changed_at),
        seats=[_view_seat(member, user) for member, user in seen.members],
        next=seen.next,
    )


def _view_seat(member: Member, user: User) -> SeatView:
    # What somebody read for their own eyes only is theirs.
    return SeatView(
        user.id,
        user.handle.value,
        member.role.value,
        rfc3339(member.joined_at),
        member.received,
        member.read,
    )


def view_audit(page: AuditPage) -> AuditView:
    """Show what was done."""
    return AuditView([_view_entry(each, page) for each in page.entries], page.next)


def _view_entry(entry: AuditEntry, page: AuditPage) -> AuditEntryView:
    return AuditEntryView(
        id=entry.id,
        at=rfc3339(entry.at),
        place=entry.place,
        action=entry.action,
        details=dict(entry.details),
        by=entry.by,
        by_handle=page.handles.get(entry.by) if entry.by else None,
        target=entry.target,
        target_handle=page.handles.get(entry.target) if entry.target else None,
    )
