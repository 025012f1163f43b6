"""Answers to failed requests: headers, RFC 9457 problems and error codes."""

import asyncio
from collections.abc import Mapping
from typing import Any

import attrs
import httpx
import pytest
from litestar import Litestar, get
from litestar.exceptions import InternalServerException
from litestar.types import Receive

from parlour.adapters.config.settings import Server
from parlour.domain.kernel.errors import Overloaded, Unavailable
from parlour.domain.kernel.limits import Rate
from parlour.entrypoints.http import bodies, problem_handlers
from parlour.entrypoints.wire.errors import STATUS
from tests.support.builders import id_of
from tests.support.http_client import HttpUser
from tests.support.http_service import LIMITS, ORIGIN, HttpService, http_service

ALWAYS = {
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "content-security-policy": "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
}


async def test_every_answer_has_the_security_headers(http: HttpService, alice: HttpUser) -> None:
    answers = [
        await http.ask("GET", "/v1/me", alice),
        await http.ask("GET", "/v1/me"),
        await http.ask("POST", "/v1/auth/logout", alice),
        await http.ask("GET", "/v1/nowhere"),
        await http.ask("GET", "/"),
        await http.ask("DELETE", "/v1/me", alice),
        await http.ask("OPTIONS", "/v1/me"),
        await http.ask("HEAD", "/v1/me"),
        await http.ask("POST", "/v1/auth/login", content=b"{", headers={"content-type": "x/y"}),
        await http.ask("POST", "/v1/auth/login", content=b" " * 10**6),
        await http.ask("TRACE", "/v1/me"),
    ]
    assert [each.status_code for each in answers] == [
        *(200, 401, 204, 404, 404, 405, 204, 401, 415, 413, 405)
    ]
    for answer in answers:
        for name, value in ALWAYS.items():
            assert answer.headers[name] == value, (answer.request.url, name)
        assert "strict-transport-security" not in answer.headers
        assert "server" not in answer.headers


async def test_behind_tls_answers_have_strict_transport_security() -> None:
    async with http_service(server=Server(behind_tls=True)) as http:
        answer = await http.ask("GET", "/v1/me")
        assert answer.headers["strict-transport-security"] == "max-age=31536000"


async def test_a_problem_has_the_form_of_rfc_9457(http: HttpService, alice: HttpUser) -> None:
    answer = await http.ask("GET", "/v1/conversations?limit=500", alice)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "type": "urn:parlour:error:invalid",
        "title": "The request is not valid",
        "status": 422,
        "code": "invalid",
        "temporary": False,
        "detail": "limit must be between 1 and 100",
        "errors": [{"field": "limit", "message": "must be between 1 and 100"}],
    }


async def test_head_is_answered_as_get_is_without_the_body(
    http: HttpService, alice: HttpUser
) -> None:
    for path in ("/v1/me", "/v1/conversations", "/v1/nowhere", "/docs"):
        got = await http.ask("GET", path, alice)
        answer = await http.ask("HEAD", path, alice)

        assert answer.status_code == got.status_code
        assert answer.headers == got.headers
        assert answer.content == b""


async def test_a_stranger_without_a_token_or_over_the_limit_is_cut_off() -> None:
    limits = attrs.evolve(LIMITS, requests=Rate(0.001, burst=1))
    async with http_service(limits=limits) as http:
        answers = [await http.ask("GET", "/v1/me") for _ in range(2)]

    assert [each.status_code for each in answers] == [401, 429]
    assert [each.headers["connection"] for each in answers] == ["close"] * 2


@pytest.mark.parametrize(
    ("asked", "status", "code"),
    [
        ("GET /v1/nowhere", 404, "not_found"),
        ("GET /v2/me", 404, "not_found"),
        ("GET /v1/me/../../etc/passwd", 404, "not_found"),
        ("PUT /v1/me", 405, "bad_request"),
        ("TRACE /v1/sync", 405, "bad_request"),
        ("GET /v1/auth/login", 405, "bad_request"),
        (f"POST /v1/conversations/{id_of('x')}/messages/1", 405, "bad_request"),
    ],
)
async def test_the_frameworks_own_refusals_are_problems_too(
    http: HttpService, alice: HttpUser, asked: str, status: int, code: str
) -> None:
    method, path = asked.split()
    answer = await http.ask(method, path, alice)
    assert answer.status_code == answer.json()["status"] == status
    assert answer.json()["code"] == code
    assert answer.json()["type"] == f"urn:parlour:error:{code}"


async def test_a_wrong_method_is_answered_with_the_allowed_ones(http: HttpService) -> None:
    answer = await http.ask("PUT", "/v1/me")
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS, PATCH"


async def test_get_changes_nothing_and_no_header_makes_it_another_method(
    http: HttpService, alice: HttpUser
) -> None:
    headers = {"X-HTTP-Method-Override": "DELETE"}
    path = f"/v1/devices/{alice.device}"
    answer = await http.ask("GET", path, alice, headers=headers)
    assert answer.status_code == 405
    assert (await http.ask("GET", "/v1/me", alice)).status_code == 200


async def test_a_missing_key_of_a_send_is_named(
    http: HttpService, alice: HttpUser, talk: str
) -> None:
    path = f"/v1/conversations/{talk}/messages"
    answer = await http.ask("POST", path, alice, json={"body": {"text": "hi"}})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")
    assert "Idempotency-Key" in answer.json()["detail"]
    headers = {"Idempotency-Key": "1"}
    answer = await http.ask("POST", path, alice, json={"body": {"text": "hi"}}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")


@pytest.mark.parametrize("kind", [RuntimeError, InternalServerException])
async def test_an_internal_error_is_logged_and_its_text_is_not_sent(kind: type[Exception]) -> None:
    async with http_service() as http:

        @get("/bug")
        async def bug() -> None:
            raise kind("SELECT canary FROM users")

        app = Litestar(
            [bug],
            exception_handlers=problem_handlers(http.service),
            openapi_config=None,
            logging_config=None,
        )
        transport = httpx.ASGITransport(app)  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
            answer = await client.get("/bug")
        assert (answer.status_code, answer.json()["code"]) == (500, "internal")
        assert "canary" not in answer.text
        assert answer.headers["cache-control"] == "no-store"
        (failure,) = http.failures
        assert "SELECT canary FROM users" in str(failure)


async def test_an_overloaded_service_answers_with_retry_after(
    http: HttpService, alice: HttpUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_args: object, **_kwargs: object) -> None:
        raise Overloaded

    monkeypatch.setattr(http.service, "run", full)
    answer = await http.ask("GET", "/v1/me", alice)
    assert (answer.status_code, answer.json()["code"]) == (503, "overloaded")
    assert answer.json()["retry_after_ms"] == 1000
    assert answer.headers["retry-after"] == "1"
    assert answer.json()["temporary"] is True


async def test_an_unavailable_storage_is_answered_without_its_error_text(
    http: HttpService, alice: HttpUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_args: object, **_kwargs: object) -> None:
        raise Unavailable

    monkeypatch.setattr(http.service.storage.uow, "read", gone)
    answer = await http.ask("GET", "/v1/conversations", alice)
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert answer.headers["retry-after"] == "1"


def test_every_error_code_has_a_status() -> None:
    assert set(STATUS) == {
        *("bad_request", "unauthenticated", "token_expired", "forbidden", "not_member"),
        *("blocked", "muted", "not_found", "conflict", "handle_taken", "cursor_expired"),
        *("too_large", "unsupported_media", "idempotency_mismatch", "unsupported_kind"),
        *("invalid", "rate_limited", "internal", "log_damaged", "overloaded", "unavailable"),
        "timeout",
    }


async def test_only_listed_origins_may_send_requests() -> None:
    async with http_service(server=Server(origins=("https://chat.example",))) as http:
        asks = {"Access-Control-Request-Method": "PATCH"}
        headers = {"Origin": "https://chat.example", **asks}
        answer = await http.ask("OPTIONS", "/v1/me", headers=headers)
        assert answer.headers["access-control-allow-origin"] == "https://chat.example"
        for origin in ("https://evil.example", "null", "https://chat.example.evil.example"):
            answer = await http.ask("OPTIONS", "/v1/me", headers={"Origin": origin, **asks})
            assert "access-control-allow-origin" not in answer.headers
            answer = await http.ask("GET", "/v1/me", headers={"Origin": origin})
            assert "access-control-allow-origin" not in answer.headers


async def test_a_length_that_is_no_number_is_malformed(http: HttpService, alice: HttpUser) -> None:
    async def receive() -> Any:
        raise AssertionError("nothing is read")

    answer = await _patch_me(http, alice, receive, {"content-length": "canary"})
    assert answer["status"] == 400


async def test_a_client_that_disconnects_during_a_body_is_no_error(
    http: HttpService, alice: HttpUser
) -> None:
    told: list[Any] = [
        {"type": "http.request", "body": b'{"display', "more_body": True},
        {"type": "http.disconnect"},
    ]

    async def receive() -> Any:
        return told.pop(0)

    assert (await _patch_me(http, alice, receive))["status"] == 400


async def test_a_body_that_never_ends_times_out(
    http: HttpService, alice: HttpUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "BODY_TIMEOUT", 0.05)
    told: list[Any] = [{"type": "http.request", "body": b'{"display', "more_body": True}]

    async def receive() -> Any:
        if not told:
            await asyncio.Event().wait()
        return told.pop()

    answer = await _patch_me(http, alice, receive)
    assert answer["status"] == 400
    assert (b"connection", b"close") in answer["headers"]


async def _patch_me(
    http: HttpService, who: HttpUser, receive: Receive, more: Mapping[str, str] | None = None
) -> Any:
    """Send a request as the server would; return how the answer starts."""
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    headers = {"content-type": "application/json", **who.headers, **(more or {})}
    scope: Any = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "scheme": "http",
        "method": "PATCH",
        "path": "/v1/me",
        "raw_path": b"/v1/me",
        "query_string": b"",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8000),
    }
    await http.app(scope, receive, send)
    return sent[0]
