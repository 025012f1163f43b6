"""Liveness and readiness of a node."""

import time
from threading import Event
from uuid import UUID, uuid4

import httpx
import pytest

from parlour.domain.kernel.errors import (
    DiskFailed,
    DiskFull,
    Overloaded,
    ReadOnly,
    Unavailable,
    Unreachable,
)
from parlour.domain.kernel.ids import ConversationId
from parlour.entrypoints.http import ops
from tests.support.broken_logs import move_head
from tests.support.concurrency import until
from tests.support.http_client import HttpUser
from tests.support.http_service import HttpService, ops_client


async def _ask(http: HttpService, path: str) -> httpx.Response:
    async with ops_client(http.service) as client:
        return await client.get(path)


async def test_a_node_is_ready_while_every_check_passes(http: HttpService) -> None:
    answer = await _ask(http, "/readyz")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    found = answer.json()
    assert found["state"] == "ok"
    assert {name: check["state"] for name, check in found["checks"].items()} == {
        "storage": "ok",
        "log_reconciler": "ok",
        "bus": "ok",
    }


async def test_a_node_without_its_storage_gets_no_requests(
    http: HttpService, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone() -> None:
        raise Unavailable("canary: connection to 10.1.2.3 refused")

    monkeypatch.setattr(http.service.storage, "check", gone)
    answer = await _ask(http, "/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["storage"]["state"] == "down"
    assert "canary" not in answer.text
    assert (await _ask(http, "/livez")).status_code == 200


@pytest.mark.parametrize("error", [DiskFull(), DiskFailed(), ReadOnly(), Unreachable()])
async def test_a_node_that_cannot_write_gets_no_requests_and_says_why(
    http: HttpService, monkeypatch: pytest.MonkeyPatch, error: Unavailable
) -> None:
    def refuse() -> None:
        raise error

    monkeypatch.setattr(http.service.storage, "check_writing", refuse)
    answer = await _ask(http, "/readyz")
    assert (answer.status_code, answer.json()["state"]) == (503, "down")
    storage = answer.json()["checks"]["storage"]
    assert (storage["state"], storage["reason"]) == ("down", error.reason)


async def test_a_node_too_busy_for_the_check_stays_ready(
    http: HttpService, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> None:
        raise Overloaded

    monkeypatch.setattr(http.service.storage, "check_writing", refuse)
    answer = await _ask(http, "/readyz")
    assert (answer.status_code, answer.json()["state"]) == (200, "degraded")
    assert answer.json()["checks"]["storage"]["reason"] == "overloaded"


async def test_what_the_storage_refused_is_shown_counted_and_logged(
    http: HttpService,
    alice: HttpUser,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise DiskFull from OSError("No space left on device")

    monkeypatch.setattr(type(http.service.storage.uow), "__call__", refuse)
    for _ in range(20):
        answer = await http.ask("PATCH", "/v1/me", alice, json={"display_name": "Alice L"})
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
        assert "space" not in answer.text

    ready = (await _ask(http, "/readyz")).json()
    assert ready["state"] == "degraded"  # the check itself succeeded
    assert ready["checks"]["storage"]["refused"] == ["disk_full"]
    metrics = (await _ask(http, "/metrics")).text
    assert 'parlour_storage_refusals_total{reason="disk_full"} 20.0' in metrics
    lines = [each for each in caplog.records if each.msg == "storage refused work"]
    assert [each.fields for each in lines] == [  # type: ignore[attr-defined]
        {"reason": "disk_full", "refusals": 1, "cause": "OSError: No space left on device"}
    ]


async def test_frequent_probes_share_one_check_a_second(
    http: HttpService, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[int] = []
    monkeypatch.setattr(http.service.storage, "check_writing", lambda: written.append(1))
    async with ops_client(http.service) as client:
        for _ in range(20):
            assert (await client.get("/readyz")).status_code == 200

    assert len(written) < 5


async def test_a_storage_that_hangs_delays_no_probe(
    http: HttpService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ops, "CHECK_TIMEOUT", 0.05)
    asked, free = [], Event()

    def hang() -> None:
        asked.append(1)
        free.wait(30)

    monkeypatch.setattr(http.service.storage, "check", hang)
    async with ops_client(http.service) as client:
        try:
            answers = [await client.get("/readyz") for _ in range(3)]
        finally:
            free.set()
    assert [answer.status_code for answer in answers] == [503, 503, 503]
    assert len(asked) == 1  # one question at a time, however many probes come


async def test_a_node_without_its_bus_is_slower_and_still_ready(
    http: HttpService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(http.service.bus), "is_connected", False)
    answer = await _ask(http, "/readyz")
    assert (answer.status_code, answer.json()["state"]) == (200, "degraded")
    assert answer.json()["checks"]["bus"]["state"] == "degraded"


async def test_a_node_whose_log_reconciler_stopped_gets_no_requests(http: HttpService) -> None:
    http.service.reconciler.checked_at = time.monotonic() - 61
    answer = await _ask(http, "/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["log_reconciler"]["state"] == "down"
    assert answer.json()["checks"]["log_reconciler"]["age_ms"] >= 61_000


async def test_a_restarted_task_is_shown_for_half_a_minute(http: HttpService) -> None:
    died = Event()

    async def die() -> None:
        died.set()
        raise ValueError("broken")

    http.service.supervisor.keep("canary", die)
    await until(died.is_set)
    await until(lambda: http.service.supervisor.unhealthy)
    answer = await _ask(http, "/readyz")
    assert (answer.status_code, answer.json()["checks"]["background_tasks"]["state"]) == (
        200,
        "degraded",
    )
    http.failures.clear()


async def test_a_node_whose_vital_task_dies_repeatedly_gets_no_requests(
    http: HttpService,
) -> None:
    async def die() -> None:
        raise ValueError("broken")

    http.service.supervisor.keep("vital", die, is_vital=True)
    await until(lambda: http.service.supervisor.failing)
    answer = await _ask(http, "/readyz")
    assert (answer.status_code, answer.json()["checks"]["background_tasks"]["state"]) == (
        503,
        "down",
    )
    http.failures.clear()


async def test_a_stopping_node_reports_draining(http: HttpService) -> None:
    http.service.is_draining = True
    answer = await _ask(http, "/readyz")
    assert (answer.status_code, answer.json()["state"]) == (503, "draining")
    assert (await _ask(http, "/livez")).status_code == 200


async def test_the_listener_for_operators_and_that_for_users_share_no_routes(
    http: HttpService,
) -> None:
    for path in ("/v1/me", "/docs", "/openapi.json"):
        assert (await _ask(http, path)).status_code == 404
    for path in ("/livez", "/readyz", "/metrics"):
        assert (await http.ask("GET", path)).status_code == 404


async def test_a_damaged_conversation_is_counted_and_refused_alone(
    http: HttpService, alice: HttpUser, bob: HttpUser
) -> None:
    opened = await http.ask(
        "POST", "/v1/conversations", alice, json={"kind": "direct", "user": bob.id}
    )
    conversation = ConversationId(UUID(opened.json()["conversation"]))
    path = f"/v1/conversations/{conversation}/messages"

    async def send() -> httpx.Response:
        headers = {"Idempotency-Key": str(uuid4())}
        return await http.ask("POST", path, alice, json={"body": {"text": "hi"}}, headers=headers)

    assert (await send()).status_code == 201
    move_head(http.service.storage, conversation, -1)
    refused = await send()
    assert (refused.status_code, refused.json()["code"]) == (500, "log_damaged")
    assert not refused.json()["temporary"]

    answer = await _ask(http, "/readyz")
    assert (answer.status_code, answer.json()["state"]) == (200, "degraded")
    assert answer.json()["checks"]["logs"] == {"state": "degraded", "damaged": 1}
