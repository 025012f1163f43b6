"""What a route says of itself: the errors that it may answer with."""

from litestar.openapi import ResponseSpec

from entrypoints.http.problems import PROBLEM_JSON, ProblemView
from entrypoints.wire.errors import STATUS

_EVERYWHERE = ("bad_request", "rate_limited", "internal", "unavailable", "overloaded")
_BODY = ("too_large", "unsupported_media", "invalid")
_PRIVATE = ("unauthenticated", "token_expired")


def answers(*codes: str, public: bool = False, body: bool = False) -> dict[int, ResponseSpec]:
    """Return the problems of a route by status: *codes*, and those that its kind always has."""
    every = [*codes, *_EVERYWHERE, *(() if public else _PRIVATE), *(_BODY if body else ())]
    by_status: dict[int, list[str]] = {}
    for code in dict.fromkeys(every):
        by_status.setdefault(STATUS[code], []).append(code)
    return {
        status: ResponseSpec(
            ProblemView,
            generate_examples=False,
            description=", ".join(f"`{code}`" for code in sorted(by_status[status])),
            media_type=PROBLEM_JSON,
        )
        for status in sorted(by_status)
    }
