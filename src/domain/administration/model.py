"""Administrators, the audit log, and totals."""

from datetime import datetime
from enum import StrEnum
from typing import NewType
from uuid import UUID

import attrs

from parlour.domain.kernel.errors import Forbidden
from parlour.domain.kernel.ids import UserId
from parlour.domain.logs import Json
from parlour.domain.users import UserRole, UserStore

AuditId = NewType("AuditId", UUID)

MAX_PLACE = 128
"""Characters that are stored of the place an action came from."""


class Action(StrEnum):
    """Actions that are recorded. A newer release may have recorded others."""

    USER_ADDED = "user.added"
    USER_DISABLED = "user.disabled"
    USER_ENABLED = "user.enabled"
    USER_LOGGED_OUT = "user.logged_out"
    PASSWORD_RESET = "password.reset"  # noqa: S105 - what happened, not a password
    CONVERSATION_INSPECTED = "conversation.inspected"
    BACKED_UP = "storage.backed_up"
    RESTORED = "storage.restored"
    EXPORTED = "storage.exported"
    IMPORTED = "storage.imported"
    LOG_CHANGED = "log.changed"
    CONFIG_RELOADED = "config.reloaded"


def _cut(place: str) -> str:
    return place[:MAX_PLACE]


@attrs.frozen
class Principal:
    """An administrator and where the request came from; the operator has no user."""

    user: UserId | None
    place: str = attrs.field(converter=_cut)


@attrs.frozen(kw_only=True)
class AuditEntry:
    """One recorded action. It never holds anything that users wrote.

    `by` is None for the operator; `target` is the id of a user or of a conversation, if any.
    """

    id: AuditId
    at: datetime
    by: UserId | None
    place: str
    action: str
    target: UUID | None = None
    details: Json = attrs.field(factory=dict)


@attrs.frozen(kw_only=True)
class Totals:
    """Numbers of stored things."""

    users: int
    disabled: int
    admins: int
    sessions: int
    directs: int
    groups: int
    memberships: int
    messages: int


def require_admin(users: UserStore, principal: Principal) -> None:
    """Raise `Forbidden` unless *principal* is the operator or a user with the role admin.

    The role is read from the store each time, so that a role taken away counts at once.
    """
    if principal.user is None:
        return
    user = users.find(principal.user)
    if user is None or user.disabled or user.role is not UserRole.ADMIN:
        raise Forbidden
