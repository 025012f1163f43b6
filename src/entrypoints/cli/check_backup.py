"""Checks when the last backup was made."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from parlour.entrypoints.cli.check_result import CheckResult, ok, warning

if TYPE_CHECKING:
    from parlour.entrypoints.use_cases import Storage

MAX_AGE = timedelta(days=7)
"""A backup that is older is a warning."""


def check_backup(storage: "Storage") -> CheckResult:
    """Check the age of the last `parlour backup`, as the audit log has it."""
    from parlour.domain.administration import Action
    from parlour.entrypoints.use_cases import Stores

    def last(stores: Stores) -> Any:
        return stores.audit.last(Action.BACKED_UP)

    entry = storage.uow.read(last)
    return check_backup_age(entry.at if entry else None, datetime.now(UTC))


def check_backup_age(made_at: datetime | None, now: datetime) -> CheckResult:
    """Check the age of a backup *made_at*; None if there was none."""
    if made_at is None:
        # There may be backups of the disk, or by the tools of the database.
        return ok("backup", "`parlour backup` has made none yet")
    age = now - made_at
    text = f"the last one was made {_ago(age)} ago"
    if age > MAX_AGE:
        return warning(
            "backup", text, "run `parlour backup FILE`, preferably every night by a timer"
        )
    return ok("backup", text)


def _ago(age: timedelta) -> str:
    hours = int(age.total_seconds() // 3600)
    return f"{hours // 24} days" if hours >= 48 else f"{max(0, hours)} hours"
