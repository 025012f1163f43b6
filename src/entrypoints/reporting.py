"""Logs errors of background work, refusals by the storage, and damage that was found."""

import asyncio

from parlour.adapters.logging import log
from parlour.domain.kernel.errors import DomainError
from parlour.domain.kernel.ids import ConversationId

_MAX_CAUSE = 300


def report(error: BaseException) -> None:
    """Log an error of work that no caller waits for.

    While the database or Redis is down, such errors may come every second: they get one line with
    the cause. Everything else is logged with its traceback.
    """
    if isinstance(error, DomainError) and error.temporary:
        log.warning("background work postponed", **_work(), code=error.code, cause=_cause(error))
    else:
        log.error("background work failed", **_work(), exc_info=error)


def report_refusals(reason: str, refusals: int, latest: BaseException) -> None:
    """Log that the storage refused work, with the cause of the *latest* of these *refusals*."""
    log.error("storage refused work", reason=reason, refusals=refusals, cause=_cause(latest))


def report_damage(conversation: ConversationId, is_damaged: bool) -> None:
    """Log that a conversation is refused because its log is damaged, or taken again."""
    if is_damaged:
        log.error("conversation damaged", conversation=conversation)
    else:
        log.info("conversation mended", conversation=conversation)


def _work() -> dict[str, str]:
    """Return the name of the background task that reports, where it has one."""
    try:
        task = asyncio.current_task()
    except RuntimeError:  # in a thread
        return {}
    if task is None or task.get_name().startswith("Task-"):
        return {}
    return {"work": task.get_name()}


def _cause(error: BaseException) -> str | None:
    """Return the first error of the chain in short: what the driver said."""
    root = error
    while root.__cause__ is not None:
        root = root.__cause__
    return f"{type(root).__name__}: {root}"[:_MAX_CAUSE] if root is not error else None
