"""The loggers that a configuration may give a level."""

import difflib
import logging
from collections.abc import Mapping
from importlib.util import find_spec

from parlour.adapters.config.problems import said

OWN = "parlour"

OWN_LOGGERS = frozenset({
    "parlour",
    "parlour.adapters.redis.connection_health",
    "parlour.canary",
    "parlour.config",
    "parlour.control",
    "parlour.http",
    "parlour.logging",
    "parlour.process",
    "parlour.socket",
    "parlour.start",
})  # fmt: skip
"""The loggers of Parlour. A list, because most modules are not loaded when a file is read."""

_LIBRARIES = frozenset({"asyncio", "litestar", "redis", "sqlalchemy.engine", "uvicorn"})


def require_logger(name: str) -> None:
    """Raise `ValueError` for a name that no logger has; the text names the nearest that exists.

    A library that is not imported has no logger yet, so only its first name can be checked.
    """
    existing = logging.root.manager.loggerDict
    if name in {"", "root"} or name in existing or name in OWN_LOGGERS:
        return
    if any(each.startswith(f"{name}.") for each in OWN_LOGGERS):
        return
    top = name.partition(".")[0]
    if top != OWN and top.isidentifier() and find_spec(top) is not None:
        return
    known = {*OWN_LOGGERS, *_LIBRARIES, *existing}
    nearest = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    hint = f"; did you mean {nearest[0]}?" if nearest else ""
    raise ValueError(f"there is no logger {said(name)}{hint}")


def existing_loggers(levels: Mapping[str, object]) -> None:
    """Accept levels of loggers that exist."""
    for name in levels:
        try:
            require_logger(name)
        except ValueError as error:
            raise ValueError(f"cannot be used: {error}") from None
