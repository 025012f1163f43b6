"""Requests look the same to the application wherever, and by whom, it is mounted."""

from typing import Any

import pytest

from parlour.entrypoints.mounting import ends_with_slash, mounted


def scope(path: str, root_path: str = "", raw_path: str | None = None, **more: Any) -> Any:
    raw = {} if raw_path is None else {"raw_path": raw_path.encode()}
    return {"type": "http", "path": path, "root_path": root_path, "headers": [], **raw, **more}


@pytest.mark.parametrize(
    ("given", "path", "root_path"),
    [
        (scope("/v1/me", raw_path="/v1/me"), "/v1/me", ""),
        (scope("/", raw_path="/"), "/", ""),
        (scope("/chat/v1/me", "/chat", "/chat/v1/me"), "/chat/v1/me", "/chat"),
        (scope("/chat/", "/chat", "/chat/"), "/chat/", "/chat"),
        (scope("/chat", "/chat", "/chat"), "/chat/", "/chat"),
        (scope("/v1/me/", raw_path="/chat/v1/me"), "/chat/v1/me/", "/chat"),
        (scope("/", raw_path="/chat"), "/chat/", "/chat"),
        (scope("/", raw_path="/chat/"), "/chat/", "/chat"),
        (scope("/v1/me/", "/a", "/a/b/v1/me"), "/a/b/v1/me/", "/a/b"),
        (scope("/v1/me", "/chat", "/v1/me"), "/chat/v1/me", "/chat"),
        (scope("/v1/me", "/chat/", None), "/chat/v1/me", "/chat"),
        (scope("/chatter", "/chat", "/chatter"), "/chat/chatter", "/chat"),
        (scope("/c/ü/", raw_path="/chat/c/%C3%BC"), "/chat/c/ü/", "/chat"),
        (scope("/v1/me", raw_path="/somewhere/else"), "/v1/me", ""),
    ],
    ids=[
        *("at the root", "the page at the root", "Starlette", "the page in Starlette"),
        *("without a slash in Starlette", "Litestar", "without a slash in Litestar"),
        *("the page in Litestar", "Litestar in Starlette", "a server that leaves out its root"),
        *("a server without raw_path", "a name that begins alike", "beyond ASCII", "rewritten"),
    ],
)
def test_the_path_begins_with_where_the_application_is(
    given: Any, path: str, root_path: str
) -> None:
    found = mounted(given)

    assert (found["path"], found["root_path"]) == (path, root_path)


def test_what_a_host_knows_of_a_request_stays_with_it() -> None:
    host: dict[str, Any] = {"user": "somebody", "state": {"secret": 1}, "litestar_app": object()}
    found = mounted(scope("/v1/me", raw_path="/v1/me", **host))

    assert not host.keys() & found.keys()


@pytest.mark.parametrize(
    ("given", "ends"),
    [
        (scope("/", raw_path="/chat"), False),
        (scope("/", raw_path="/chat/"), True),
        (scope("/docs", raw_path="/docs/"), True),
        (scope("/docs"), False),
    ],
)
def test_what_the_client_asked_for_tells_whether_it_ends_with_a_slash(
    given: Any, ends: bool
) -> None:
    assert ends_with_slash(given) == ends
