"""Writing and reading the audit log."""

from uuid import UUID

import attrs

from parlour.domain.administration.model import (
    Action,
    AuditEntry,
    AuditId,
    Principal,
    require_admin,
)
from parlour.domain.administration.ports import Stores
from parlour.domain.kernel.ids import IdSource, parse_uuid
from parlour.domain.kernel.paging import PageRequest, pack_cursor, text_of_cursor
from parlour.domain.kernel.time import Clock
from parlour.domain.kernel.transaction import UnitOfWork

MAX_ENTRIES = 100


@attrs.frozen(kw_only=True)
class AuditWriter:
    """Adds an entry inside the unit of work of an action: both are committed, or neither."""

    clock: Clock
    new_id: IdSource

    def __call__(
        self,
        stores: Stores,
        principal: Principal,
        action: Action,
        target: UUID | None = None,
        **details: str | int,
    ) -> None:
        """Record that *principal* does *action*."""
        stores.audit.add(
            AuditEntry(
                id=AuditId(self.new_id()),
                at=self.clock(),
                by=principal.user,
                place=principal.place,
                action=action.value,
                target=target,
                details=details,
            )
        )


@attrs.frozen
class RecordAudit:
    """Record an action that has no unit of work, such as a backup."""

    uow: UnitOfWork[Stores]
    audit_writer: AuditWriter

    def __call__(self, principal: Principal, action: Action, **details: str | int) -> None:
        """Add the entry; raise `Forbidden`."""

        def work(stores: Stores) -> None:
            require_admin(stores.users, principal)
            self.audit_writer(stores, principal, action, None, **details)

        self.uow(work)


@attrs.frozen
class AuditPage:
    """Entries with the handles of the users they name, and the cursor of the next page."""

    entries: tuple[AuditEntry, ...]
    handles: dict[UUID, str]
    next: str | None


@attrs.frozen
class ReadAudit:
    """Read the audit log, the last entry first."""

    uow: UnitOfWork[Stores]

    def __call__(
        self, principal: Principal, *, cursor: str | None = None, limit: int | None = None
    ) -> AuditPage:
        """Return one page; raise `Forbidden`, or `Invalid` for a bad cursor or limit."""
        page = PageRequest.parse(cursor, limit, _entry_of, most=MAX_ENTRIES, default=50)

        def work(stores: Stores) -> AuditPage:
            require_admin(stores.users, principal)
            found = stores.audit.page(page.start, page.fetch)
            entries, following = page.cut(found, lambda entry: pack_cursor(entry.id))
            named = {each for entry in entries for each in (entry.by, entry.target) if each}
            people = stores.users.find_many(named)  # type: ignore[arg-type] # a target may be one
            handles: dict[UUID, str] = {id_: user.handle.value for id_, user in people.items()}
            return AuditPage(entries, handles, following)

        return self.uow.read(work)


def _entry_of(cursor: str) -> AuditId:
    return AuditId(parse_uuid(text_of_cursor(cursor), "cursor"))
