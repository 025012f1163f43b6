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
    SetAccountDisabled,
)
from parlour.domain.administration.auditing import AuditPage, AuditWriter, ReadAudit, RecordAudit
from parlour.domain.administration.inspection import (
    CheckAdmin,
    CountAll,
    InspectConversation,
    InspectedConversation,
)
from parlour.domain.administration.model import (
    MAX_PLACE,
    Action,
    AuditEntry,
    AuditId,
    Principal,
    Totals,
)
from parlour.domain.administration.ports import AuditLog, Registry, Stores

__all__ = [
    "MAX_PLACE",
    "AccountPage",
    "Action",
    "AddAccount",
    "AuditEntry",
    "AuditId",
    "AuditLog",
    "AuditPage",
    "AuditWriter",
    "CheckAdmin",
    "CountAll",
    "FindAccount",
    "FindAccounts",
    "InspectConversation",
    "InspectedConversation",
    "ListSessions",
    "LogOutEverywhere",
    "Principal",
    "ReadAudit",
    "RecordAudit",
    "Registry",
    "ResetPassword",
    "SetAccountDisabled",
    "Stores",
    "Totals",
]
