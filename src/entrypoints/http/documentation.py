"""OpenAPI parts that many routes share: problems, pages, cursors."""

from litestar.openapi import ResponseSpec
from litestar.params import QueryParameter
from msgspec import Struct

from parlour.entrypoints.http.problems import PROBLEM_JSON, ProblemView
from parlour.entrypoints.wire.errors import STATUS

_EVERYWHERE = ("bad_request", "rate_limited", "internal", "unavailable", "overloaded")
_BODY = ("too_large", "unsupported_media", "invalid")
_PRIVATE = ("unauthenticated", "token_expired")


def answers(*codes: str, public: bool = False, body: bool = False) -> dict[int, ResponseSpec]:
    """Return the problems of a route by status: *codes* and those that every such route has."""
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


def also(view: type[Struct]) -> ResponseSpec:
    """Return a further success response, with another status and the same type."""
    return ResponseSpec(view, generate_examples=False)


def at_most(most: int, *, default: int) -> QueryParameter:
    """Return the query parameter for the rows of a page; the domain enforces the limit."""
    return QueryParameter(
        description="How many at most.",
        schema_extra={"minimum": 1, "maximum": most, "default": default},
    )


CURSOR = QueryParameter(description="`next` of the page before.")
