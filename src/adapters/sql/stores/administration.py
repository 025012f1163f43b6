"""The audit log in a table, and the registry over all of them."""

from typing import Any

from sqlalchemy import Select, func, select, true

from parlour.adapters.sql.connection import Connection
from parlour.adapters.sql.row_mapping import RowMapping
from parlour.adapters.sql.statements import Statement, param
from parlour.adapters.sql.stores.users import USERS
from parlour.adapters.sql.tables import audit, conversations, devices, members, users
from parlour.domain.administration import AuditEntry, AuditId, AuditLog, Registry, Totals
from parlour.domain.conversations import ConversationKind
from parlour.domain.users import User, UserRole

_MOST = param("most")
ENTRIES = RowMapping(AuditEntry, audit)
_PAGE = Statement(
    select(audit).where(audit.c.id < param("before")).order_by(audit.c.id.desc()).limit(_MOST)
)
# After every id, which has 16 bytes.
_NEWEST = b"\xff" * 17
_LAST = Statement(
    select(audit)
    .where(audit.c.action == param("action"))
    .order_by(audit.c.action.desc(), audit.c.id.desc())
    .limit(1)
)

# One range of an index: handles are ASCII, all characters are below the end.
_ACCOUNTS = Statement(
    select(users)
    .where(
        users.c.handle >= param("low"),
        users.c.handle < param("high"),
        users.c.handle > param("after"),
    )
    .order_by(users.c.handle)
    .limit(_MOST)
)
_END = "\x7f"


def _how_many(table: Any) -> Select[Any]:
    return select(func.count()).select_from(table)


_GROUP = conversations.c.kind == ConversationKind.GROUP.value
_COUNTS = {
    "users": Statement(_how_many(users)),
    "disabled": Statement(_how_many(users).where(users.c.disabled == true())),
    "admins": Statement(_how_many(users).where(users.c.role == UserRole.ADMIN.value)),
    "sessions": Statement(_how_many(devices)),
    "directs": Statement(_how_many(conversations).where(~_GROUP)),
    "groups": Statement(_how_many(conversations).where(_GROUP)),
    "memberships": Statement(_how_many(members)),
    # Seqs have no gaps, so the last ones add up to the number of messages.
    "messages": Statement(select(func.coalesce(func.sum(conversations.c.last_seq), 0))),
}


class SqlAuditLog(AuditLog):
    """Entries by id, which increases with time."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, entry: AuditEntry) -> None:
        self._connection.insert(audit, [ENTRIES.to_row(entry)])

    def page(self, before: AuditId | None, limit: int) -> list[AuditEntry]:
        start = _NEWEST if before is None else before.bytes
        rows = self._connection.run(_PAGE, before=start, most=limit)
        return list(map(ENTRIES.from_row, rows))

    def last(self, action: str) -> AuditEntry | None:
        # Drivers do not take members of an enumeration.
        rows = self._connection.run(_LAST, action=str(action))
        return ENTRIES.from_row(rows[0]) if rows else None


class SqlRegistry(Registry):
    """Accounts in the order of handles, and totals over whole tables."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def page(self, prefix: str, after: str, limit: int) -> list[User]:
        rows = self._connection.run(
            _ACCOUNTS, low=prefix, high=prefix + _END, after=after, most=limit
        )
        return list(map(USERS.from_row, rows))

    def totals(self) -> Totals:
        return Totals(
            **{name: int(self._connection.run(count)[0][0]) for name, count in _COUNTS.items()}
        )
