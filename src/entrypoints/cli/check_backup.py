"""Examination of how well the data are kept: when the last backup was made."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from parlour.entrypoints.cli.check_result import CheckResult, doubt, good

if TYPE_CHECKING:
    from parlour.entrypoints.use_cases import Storage

OLD = timedelta(days=7)
"""Age from which a backup deserves a word."""


def examine_backup(storage: "Storage") -> CheckResult:
    """Look into the audit log for the last `parlour backup`."""
    from parlour.domain.administration import Action
    from parlour.entrypoints.use_cases import Stores

    def last(stores: Stores) -> Any:
        return stores.audit.last(Action.BACKED_UP)

    entry = storage.uow.read(last)
    return judge_backup(entry.at if entry else None, datetime.now(UTC))


def judge_backup(made_at: datetime | None, now: datetime) -> CheckResult:
    """Judge the age of the last backup; None where there was none."""
    if made_at is None:
        # Others may make them, of the disk or of the whole database.
        return good("backup", "none was made by `parlour backup` yet")
    age = now - made_at
    text = f"the last one was made {_ago(age)} ago"
    if age > OLD:
        return doubt("backup", text, "run `parlour backup FILE`, best every night by a timer")
    return good("backup", text)


def _ago(age: timedelta) -> str:
    hours = int(age.total_seconds() // 3600)
    return f"{hours // 24} days" if hours >= 48 else f"{max(0, hours)} hours"
