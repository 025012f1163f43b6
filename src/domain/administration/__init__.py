"""Running the service: accounts, a look at conversations without what is said, and who did what.

Two kinds of people administer: users with the role admin, from anywhere, and the operator, who has
the machine and everything on it. Both leave a line in the audit log, in the same transaction.
"""

from parlour.domain.administration.accounts import (
    AccountPage,
    AddAccount,
    FindAccount,
    FindAccounts,
    ListSessions,
    LogOutEverywhere,
    ResetPassword,
    SwitchAccount,
)
from parlour.domain.administration.auditing import AuditPage, NoteDeed, ReadAudit, Scribe
from parlour.domain.administration.model import (
    MOST_PLACE,
    Action,
    AuditEntry,
    AuditId,
    Census,
    Principal,
    require_admin,
)
from parlour.domain.administration.overseeing import InspectConversation, Inspected, TakeCensus
from parlour.domain.administration.ports import AuditLog, Registry, Stores

__all__ = [
    "MOST_PLACE",
    "AccountPage",
    "Action",
    "AddAccount",
    "AuditEntry",
    "AuditId",
    "AuditLog",
    "AuditPage",
    "Census",
    "FindAccount",
    "FindAccounts",
    "InspectConversation",
    "Inspected",
    "ListSessions",
    "LogOutEverywhere",
    "NoteDeed",
    "Principal",
    "ReadAudit",
    "Registry",
    "ResetPassword",
    "Scribe",
    "Stores",
    "SwitchAccount",
    "TakeCensus",
    "require_admin",
]
