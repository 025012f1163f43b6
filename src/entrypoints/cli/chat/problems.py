"""What can go wrong between this client and the service."""

from collections.abc import Mapping
from typing import Any


class ChatError(Exception):
    """Something that the person at the terminal is told in one line."""


class Refused(ChatError):
    """The service said no: with a stable `code`, and whether trying again may help."""

    def __init__(
        self, code: str, title: str, *, temporary: bool = False, retry_after: float = 0.0
    ) -> None:
        super().__init__(title)
        self.code = code
        self.temporary = temporary
        self.retry_after = retry_after

    @classmethod
    def read(cls, raw: Mapping[str, Any]) -> "Refused":
        """Read an `error` frame or a problem document: both have the same fields."""
        title = str(raw.get("title") or "The service refused")
        detail = raw.get("detail")
        return cls(
            str(raw.get("code") or "internal"),
            f"{title}: {detail}" if detail else title,
            temporary=bool(raw.get("temporary")),
            retry_after=float(raw.get("retry_after_ms") or 0) / 1000,
        )


class NoAnswer(ChatError):
    """The line is down, or the answer did not come: whether the request took effect is unknown."""


class Stopped(ChatError):
    """The service wants no other try; `code` is the close code that said so."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
