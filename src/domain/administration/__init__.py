"""Administration: accounts, inspection of conversations without their content, and the audit log.

Administrators are users with the role admin, and the operator, who has access to the machine. What
either does is recorded in the audit log, in the same transaction.
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
