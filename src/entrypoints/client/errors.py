"""What can go wrong between a client and the service."""

from collections.abc import Mapping
from typing import Any

from parlour.entrypoints.client.sentences import sentence


class ClientError(Exception):
    """A failure whose text can be shown to the user in one line."""


class Refused(ClientError):
    """The service refused a request: `code` is stable, `temporary` says whether to try again.

    `retry_after` is in seconds, the text a whole sentence.
    """

    def __init__(
        self, code: str, title: str, *, temporary: bool = False, retry_after: float = 0.0
    ) -> None:
        super().__init__(title)
        self.code = code
        self.temporary = temporary
        self.retry_after = retry_after

    @classmethod
    def read(cls, raw: Mapping[str, Any]) -> "Refused":
        """Read an `error` frame or an RFC 9457 problem document: both have the same fields."""
        code = str(raw.get("code") or "internal")
        title, detail = str(raw.get("title") or ""), str(raw.get("detail") or "")
        fields = [str(each.get("field")) for each in raw.get("errors") or ()]
        return cls(
            code,
            sentence(code, title=title, detail=detail, fields=fields),
            temporary=bool(raw.get("temporary")),
            retry_after=float(raw.get("retry_after_ms") or 0) / 1000,
        )


class NoAnswer(ClientError):
    """No connection, or no answer in time: nobody knows whether the request took effect."""


class ConnectionEnded(ClientError):
    """The service closed the connection for good; `code` is the close code."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code


class LoggedOut(ClientError):
    """There are no tokens, or the service does not accept them any more."""

    def __init__(self) -> None:
        super().__init__("You are not logged in on this machine")
