"""
Context fields: ids of a request, a socket or a task that every line of it contains.

They are converted when they are bound, so that a line only has to copy them.
"""

from collections.abc import Mapping
from contextvars import ContextVar, Token
from types import TracebackType

from parlour.adapters.logging.cleaning import Plain, add_fields

Context = Mapping[str, Plain]

_NOTHING: Context = {}
_CONTEXT: ContextVar[Context] = ContextVar("parlour.log", default=_NOTHING)


def bind(**ids: object) -> None:
    """Add ids, such as request, session or user, to every line of the rest of this task."""
    _enter(ids)


class bound:  # noqa: N801 -- used like a function: `with bound(request=…):`
    """Add ids to every line within a `with` block."""

    __slots__ = ("_ids", "_token")

    _token: Token[Context]

    def __init__(self, **ids: object) -> None:
        self._ids = ids

    def __enter__(self) -> None:
        self._token = _enter(self._ids)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        _CONTEXT.reset(self._token)


def context() -> Context:
    """Return the ids that are bound now."""
    return _CONTEXT.get()


def _enter(ids: Mapping[str, object]) -> Token[Context]:
    together = dict(_CONTEXT.get())
    add_fields(together, ids)
    return _CONTEXT.set(together)
