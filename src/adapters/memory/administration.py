"""The audit log and the registry of accounts in memory."""

from bisect import bisect_left, bisect_right
from itertools import islice, takewhile
from operator import attrgetter

from parlour.adapters.memory.access import MemoryDeviceStore
from parlour.adapters.memory.conversations import MemoryConversationStore, MemoryMemberStore
from parlour.adapters.memory.transaction import UndoLog
from parlour.adapters.memory.users import MemoryUserStore
from parlour.domain.administration import AuditEntry, AuditId, AuditLog, Registry, Totals
from parlour.domain.conversations import ConversationKind
from parlour.domain.users import User, UserRole

_ID = attrgetter("id")


class MemoryAuditLog(AuditLog):
    """Entries in the order of their ids."""

    def __init__(self, undo_log: UndoLog) -> None:
        self._undo_log = undo_log
        self._entries: list[AuditEntry] = []

    def add(self, entry: AuditEntry) -> None:
        self._undo_log.insert(self._entries, entry, _ID)

    def page(self, before: AuditId | None, limit: int) -> list[AuditEntry]:
        kept = self._entries
        end = len(kept) if before is None else bisect_left(kept, before, key=_ID)
        return kept[max(0, end - limit) : end][::-1]

    def last(self, action: str) -> AuditEntry | None:
        return next((entry for entry in reversed(self._entries) if entry.action == action), None)


class MemoryRegistry(Registry):
    """Accounts and totals from the other stores."""

    def __init__(
        self,
        users: MemoryUserStore,
        devices: MemoryDeviceStore,
        conversations: MemoryConversationStore,
        members: MemoryMemberStore,
    ) -> None:
        self._users = users
        self._devices = devices
        self._conversations = conversations
        self._members = members

    def page(self, prefix: str, after: str, limit: int) -> list[User]:
        handles = self._users.handles
        start = max(bisect_left(handles, prefix), bisect_right(handles, after))
        found = takewhile(
            lambda handle: handle.startswith(prefix), islice(handles, start, start + limit)
        )
        return [self._users.with_handle(handle) for handle in found]

    def totals(self) -> Totals:
        users, conversations = self._users.all(), self._conversations.all()
        directs = sum(each.kind is ConversationKind.DIRECT for each in conversations)
        return Totals(
            users=len(users),
            disabled=sum(user.disabled for user in users),
            admins=sum(user.role is UserRole.ADMIN for user in users),
            sessions=self._devices.count(),
            directs=directs,
            groups=len(conversations) - directs,
            memberships=self._members.count(),
            messages=sum(each.seq for each in conversations),
        )
