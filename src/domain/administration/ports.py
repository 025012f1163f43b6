"""The ports of administration: the audit log, and an overview of all accounts."""

from typing import Protocol

from parlour.domain.access import CredentialStore, DeviceStore, TokenStore
from parlour.domain.administration.model import AuditEntry, AuditId, Totals
from parlour.domain.conversations import Stores as ConversationStores
from parlour.domain.users import User


class AuditLog(Protocol):
    """The audit log. Entries cannot be changed or removed."""

    def add(self, entry: AuditEntry) -> None:
        """Add an entry."""
        ...

    def page(self, before: AuditId | None, limit: int) -> list[AuditEntry]:
        """Return entries older than *before*, the last first (by id)."""
        ...

    def last(self, action: str) -> AuditEntry | None:
        """Return the last entry of *action*."""
        ...


class Registry(Protocol):
    """Lists all accounts and counts what is stored."""

    def page(self, prefix: str, after: str, limit: int) -> list[User]:
        """Return users, disabled ones included, whose handle begins with *prefix*, by handle.

        *prefix* is literal ASCII; the page begins after the handle *after* ("" for the first).
        """
        ...

    def totals(self) -> Totals:
        """Count everything; reads every user, device and conversation."""
        ...


class Stores(ConversationStores, Protocol):
    """The stores that the use cases of this concept need."""

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
