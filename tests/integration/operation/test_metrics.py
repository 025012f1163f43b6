"""The metrics of a node are complete, correct and bounded."""

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress

import pytest
from prometheus_client.parser import text_string_to_metric_families

from parlour.entrypoints.harness import Closed, Refused
from parlour.entrypoints.harness.chat import Chat
from parlour.entrypoints.operation.canary import Canary
from parlour.entrypoints.operation.metrics import NodeCollector, render
from parlour.entrypoints.shell.service import Service
from parlour.entrypoints.websocket.connections import Connections
from tests.support.http_service import HttpService, http_service, ops_client


class Reading:
    """One reading of /metrics."""

    def __init__(self, text: str) -> None:
        self.families = {each.name: each for each in text_string_to_metric_families(text)}

    def value(self, name: str, **labels: str) -> float:
        """Return one sample."""
        found = [
            sample.value
            for family in self.families.values()
            for sample in family.samples
            if sample.name == name and labels.items() <= sample.labels.items()
        ]
        assert len(found) == 1, (name, labels, found)
        return float(found[0])

    @property
    def series(self) -> set[tuple[str, tuple[tuple[str, str], ...]]]:
        return {
            (sample.name, tuple(sorted(sample.labels.items())))
            for family in self.families.values()
            for sample in family.samples
        }


def read(service: Service, connections: Connections | None = None) -> Reading:
    return Reading(render(NodeCollector(service, connections)).decode())


def readings(chat: Chat) -> list[Reading]:
    """Read every node on the event loop, as the listener does."""

    async def look() -> list[Reading]:
        return [read(node.service, node.connections) for node in chat.nodes]

    return chat.loop.finish(look())


@pytest.fixture
def chat() -> Iterator[Chat]:
    with Chat(nodes=2) as running:
        yield running


def test_a_message_is_counted_at_every_stage(chat: Chat) -> None:
    alice, bob = chat.user("alice"), chat.user("bob")
    talk = alice.open_direct(bob)
    assert bob.laptop.is_connected
    alice.phone.say(talk, "hello")
    here, there = readings(chat)
    assert here.value("parlour_messages_posted_total") == 1
    assert here.value("parlour_commit_messages_count") == 1
    assert here.value("parlour_commit_messages_sum") == 1
    assert here.value("parlour_commit_seconds_count") == 1
    assert here.value("parlour_ack_seconds_count") == 1
    assert here.value("parlour_delivery_seconds_count") == 1
    assert here.value("parlour_frames_received_total") >= 2  # hello and the message
    assert here.value("parlour_frames_sent_total") >= 2
    assert here.value("parlour_connections") == 1
    assert here.value("parlour_connections_opened_total") == 1
    assert here.value("parlour_users_here") == 1
    assert here.value("parlour_presence_leases") == 1
    assert there.value("parlour_messages_posted_total") == 0
    assert there.value("parlour_bus_seconds_count") >= 1
    assert there.value("parlour_deliveries_total") >= 1


def test_a_refusal_is_counted_by_its_code_and_its_transport(chat: Chat) -> None:
    alice = chat.user("alice")
    for frame in (
        {"type": "focus", "conversation": str(chat.service.new_id())},
        {"type": "nonsense"},
    ):
        with pytest.raises(Refused):
            alice.phone.ask(frame)
    found = readings(chat)[0]
    assert found.value("parlour_errors_total", transport="socket", code="not_found") == 1
    assert found.value("parlour_errors_total", transport="socket", code="bad_request") == 1


def test_renamed_metrics_and_labels_keep_their_old_names_for_one_version(chat: Chat) -> None:
    found = readings(chat)[0]

    assert found.value("parlour_works_sick") == found.value("parlour_background_tasks_failing")
    assert found.value("parlour_errors_total", door="socket", code="not_found") == 0


def test_a_socket_that_is_closed_is_counted_by_its_code(chat: Chat) -> None:
    phone = chat.user("alice").phone
    for _ in range(12):
        with suppress(Refused, Closed):
            phone.ask({"type": "read"})
    assert phone.close_code == 4500
    assert readings(chat)[0].value("parlour_connections_closed_total", code="4500") == 1


async def test_only_the_operators_listener_shows_metrics() -> None:
    async with http_service() as http:
        await http.ask("GET", "/v1/nothing")
        await http.ask("GET", "/v1/me")
        async with ops_client(http.service) as client:
            answer = await client.get("/metrics")
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
        found = Reading(answer.text)
        assert found.value("parlour_errors_total", transport="http", code="unauthenticated") == 1
        assert found.value("parlour_http_requests_total") >= 1
        assert found.value("process_resident_memory_bytes") > 0
        assert "python_gc_collections" in found.families
        assert (await http.ask("GET", "/metrics")).status_code == 404


async def test_clients_cannot_create_a_new_series(http: HttpService) -> None:
    before = read(http.service).series
    for number in range(50):
        await http.ask("GET", f"/v1/users/nobody{number}")
        await http.ask("POST", f"/v1/{number}", json={"code": f"c{number}"})
        await http.register(f"person{number}")
    assert read(http.service).series == before
    assert len(before) < 600


async def test_every_metric_has_a_known_prefix_and_a_description(
    http: HttpService,
) -> None:
    for name, family in read(http.service).families.items():
        assert re.match(r"parlour_|process_|python_", name), name
        assert family.documentation.strip(), name


@pytest.fixture
async def http() -> AsyncIterator[HttpService]:
    async with http_service() as running:
        yield running


async def test_a_canary_probe_is_measured(http: HttpService) -> None:
    canary = Canary(http.service, every=30)
    await canary.probe()
    await canary.probe()
    assert (canary.is_well, canary.failures, canary.seconds.count) == (True, 0, 2)
    found = Reading(render(NodeCollector(http.service, canary=canary)).decode())
    assert found.value("parlour_canary_up") == 1
    assert found.value("parlour_canary_seconds_count") == 2


async def test_the_account_of_the_canary_cannot_be_found_or_used(http: HttpService) -> None:
    await Canary(http.service, every=30).probe()
    alice = await http.register("alice")
    found = await http.ask("GET", "/v1/users?query=parlour", alice)
    assert found.json()["users"] == []
    body = {"handle": "parlour", "password": "quiet otters juggle lamps"}
    assert (await http.ask("POST", "/v1/auth/login", json=body)).status_code == 401
    assert (await http.ask("POST", "/v1/auth/register", json=body)).status_code == 422


async def test_readiness_shows_a_failing_canary_and_its_recovery(
    http: HttpService, monkeypatch: pytest.MonkeyPatch
) -> None:
    canary = Canary(http.service, every=30)
    await canary.probe()
    with monkeypatch.context() as patched:
        patched.setattr(http.service, "execute", _refuse)
        await canary.probe()
    async with ops_client(http.service, canary) as client:
        sick = (await client.get("/readyz")).json()
        await canary.probe()
        well = (await client.get("/readyz")).json()
    assert (sick["state"], sick["checks"]["canary"]["state"]) == ("degraded", "degraded")
    assert (well["state"], well["checks"]["canary"]["state"]) == ("ok", "ok")
    assert canary.failures == 1


async def _refuse(_draft: object) -> None:
    raise ConnectionError("the database has gone")
