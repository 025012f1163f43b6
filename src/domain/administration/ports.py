"""What administration needs of a backend."""

from typing import Protocol

from parlour.domain.access import CredentialStore, DeviceStore, TokenStore
from parlour.domain.administration.model import AuditEntry, AuditId, Totals
from parlour.domain.conversations import Stores as ConversationStores
from parlour.domain.users import User


class AuditLog(Protocol):
    """Keeps what was done, for ever: there is no way to change or to remove an entry."""

    def add(self, entry: AuditEntry) -> None:
        """Keep an entry."""
        ...

    def page(self, before: AuditId | None, limit: int) -> list[AuditEntry]:
        """Return entries, the last first (by id), beginning after the entry *before*."""
        ...

    def last(self, action: str) -> AuditEntry | None:
        """Return the last entry of *action*."""
        ...


class Registry(Protocol):
    """Sees all accounts, and counts."""

    def page(self, prefix: str, after: str, limit: int) -> list[User]:
        """Return users, the disabled too, whose handle begins with *prefix*, by handle.

        *prefix* is literal ASCII; the page begins after the handle *after* ("" for the first).
        """
        ...

    def totals(self) -> Totals:
        """Count everything; looks at every user, device and conversation."""
        ...


class Stores(ConversationStores, Protocol):
    """What the work of this concept sees: access and conversations, and its own."""

    @property
    def credentials(self) -> CredentialStore: ...
    @property
    def devices(self) -> DeviceStore: ...
    @property
    def tokens(self) -> TokenStore: ...
    @property
    def audit(self) -> AuditLog: ...
    @property
    def registry(self) -> Registry: ...
