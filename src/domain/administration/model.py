"""Who administers, what they did, and how much there is."""

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
"""Characters that are kept of where a deed came from."""


class Action(StrEnum):
    """What is written down. A newer release may have written others."""

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
    """Who administers, and from where: a user, or the operator of the machine (no user)."""

    user: UserId | None
    place: str = attrs.field(converter=_cut)


@attrs.frozen(kw_only=True)
class AuditEntry:
    """Who did what, when, from where, to whom. Never what anybody wrote.

    `by` is None for the operator, `target` the id of a user or of a conversation, if any.
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
    """How much of everything there is."""

    users: int
    disabled: int
    admins: int
    sessions: int
    directs: int
    groups: int
    memberships: int
    messages: int


def require_admin(users: UserStore, principal: Principal) -> None:
    """Let the operator and users with the role admin pass; raise `Forbidden` for others.

    The role is read afresh: whoever lost it a moment ago is a user like others.
    """
    if principal.user is None:
        return
    user = users.find(principal.user)
    if user is None or user.disabled or user.role is not UserRole.ADMIN:
        raise Forbidden
