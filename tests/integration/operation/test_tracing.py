"""Traces of sends: what spans contain and never contain; untraced sends cost nothing."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from dependency_injector import providers
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from parlour.adapters.config import load
from parlour.domain.access import Password
from parlour.domain.conversations import Rename, Title
from parlour.domain.kernel.errors import NotFound, Overloaded
from parlour.domain.kernel.ids import ConversationId, SendKey, UserId
from parlour.domain.messages import Content, Posted, PostMessage
from parlour.domain.users import DisplayName, Handle
from parlour.entrypoints.container import Container
from parlour.entrypoints.operation.tracing import Tracing
from parlour.entrypoints.shell.service import Service
from tests.support.fakes import FastHasher

MEMORY = {"storage.backend": "memory"}


def container(**given: object) -> Container:
    settings = load(None, {}, {**MEMORY, **given}).settings
    made = Container(settings=settings)
    made.hasher.override(providers.Object(FastHasher()))
    return made


@pytest.fixture
def spans() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def tracing(spans: InMemorySpanExporter) -> Tracing:
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    return Tracing(provider)


@pytest.fixture
async def service(tracing: Tracing) -> AsyncIterator[Service]:
    running = Service(container().parts(), tracing)
    await running.start()
    yield running
    await running.stop()


class Room:
    """A user in a group of their own."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.user: UserId = service.use.create_user(
            handle=Handle("alice"),
            display_name=DisplayName("Alice"),
            password=Password.parse("quiet otters juggle lamps"),
        ).id
        opened = service.use.create_group(self.user, title=Title("Lobby"), members=[])
        self.conversation: ConversationId = opened.conversation.id

    def draft(self, text: str, conversation: ConversationId | None = None) -> PostMessage:
        return PostMessage(
            conversation=conversation or self.conversation,
            sender=self.user,
            session=None,
            key=SendKey(self.service.new_id()),
            content=Content.parse(kind="text", body={"text": text}, reply_to=None, mentions=()),
        )


def named(spans: InMemorySpanExporter, name: str) -> list[ReadableSpan]:
    return [span for span in spans.get_finished_spans() if span.name == name]


async def test_a_send_is_followed_through_its_commit_to_its_fan_out(
    service: Service, spans: InMemorySpanExporter
) -> None:
    room = Room(service)
    outcomes: list[object] = []
    for text in ("one", "two"):
        service.submit(room.draft(text), outcomes.append)
    await service.lanes.commands[0].drain()
    sends, fans = named(spans, "message.send"), named(spans, "fan-out")
    (commit,) = named(spans, "commit")
    assert [type(each) for each in outcomes] == [Posted, Posted]
    assert len(sends) == len(fans) == 2
    contexts = [send.get_span_context() for send in sends]
    assert [link.context.span_id for link in commit.links] == [
        context.span_id for context in contexts if context
    ]
    assert commit.attributes is not None
    assert commit.attributes["parlour.messages"] == 2
    parents = {fan.parent.span_id for fan in fans if fan.parent}
    assert parents == {context.span_id for context in contexts if context}


async def test_a_refusal_ends_its_span_and_says_its_code(
    service: Service, tracing: Tracing, spans: InMemorySpanExporter
) -> None:
    room = Room(service)
    with pytest.raises(NotFound):
        await service.execute(room.draft("hello", ConversationId(service.new_id())))
    (send,) = named(spans, "message.send")
    assert send.attributes is not None
    assert send.attributes["parlour.refusal"] == "not_found"
    assert not send.status.is_ok
    assert tracing._commands == tracing._committed == {}


async def test_no_span_contains_a_message(service: Service, spans: InMemorySpanExporter) -> None:
    room = Room(service)
    await service.execute(room.draft("the secret of the lamps"))
    written = json.dumps([json.loads(span.to_json()) for span in spans.get_finished_spans()])
    assert str(room.conversation) in written
    assert "lamps" not in written
    assert str(room.user) not in written


async def test_where_nothing_is_traced_nobody_observes_the_way_of_a_message() -> None:
    service = container().service()
    assert service._observer is None
    await service.stop()


async def test_commands_of_every_kind_have_spans(
    service: Service, spans: InMemorySpanExporter
) -> None:
    room = Room(service)
    await service.execute(
        Rename(actor=room.user, conversation=room.conversation, title=Title("Hall"))
    )
    assert len(named(spans, "Rename")) == len(named(spans, "commit")) == 1


async def test_an_overloaded_lane_ends_the_span_of_what_it_refuses(
    service: Service, tracing: Tracing, spans: InMemorySpanExporter
) -> None:
    service.lanes.commands[0]._max_waiting = 0
    with pytest.raises(Overloaded):
        await service.execute(Room(service).draft("hello"))
    (send,) = named(spans, "message.send")
    assert send.attributes is not None
    assert send.attributes["parlour.refusal"] == "overloaded"
    assert tracing._commands == {}


class Collector(BaseHTTPRequestHandler):
    """Accepts OTLP like a collector."""

    taken: list[bytes]

    def do_POST(self) -> None:
        self.taken.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_words: object) -> None:
        pass


@pytest.fixture
def collector() -> Iterator[tuple[str, list[bytes]]]:
    taken: list[bytes] = []
    kind = type("OneCollector", (Collector,), {"taken": taken})
    with HTTPServer(("127.0.0.1", 0), kind) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/v1/traces", taken
        server.shutdown()
        thread.join()


async def test_spans_go_to_the_configured_collector(collector: tuple[str, list[bytes]]) -> None:
    endpoint, taken = collector
    made = container(**{"tracing.endpoint": endpoint, "tracing.one_in": 1})
    service = made.service()
    await service.start()
    await service.execute(Room(service).draft("hello"))
    await service.stop()
    await asyncio.sleep(0)
    assert any(b"message.send" in each and b"fan-out" in each for each in taken)
