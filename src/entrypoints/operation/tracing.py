"""Traces of commands, for OpenTelemetry: the request, its commit, its fan-out. An extra.

`Tracing` is an observer that a service is given only where traces are wanted.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import TraceIdRatioBased
from opentelemetry.trace import Link, Span, SpanKind, StatusCode

from parlour import DISTRIBUTION
from parlour.adapters.config import settings
from parlour.domain.kernel.errors import DomainError
from parlour.domain.kernel.ids import SendKey
from parlour.domain.messages import LogEvent, Message, Posted, PostMessage
from parlour.entrypoints.shell.lanes import DurableCommand
from parlour.entrypoints.shell.observer import ServiceObserver

MAX_LINKS = 128
"""Commands that the span of one commit links to."""


def open_provider(tracing: settings.TracingSettings) -> TracerProvider:
    """Return a provider that sends spans to a collector (OTLP over HTTP) in the background."""
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415 - heavy
        OTLPSpanExporter,
    )

    provider = TracerProvider(
        resource=Resource.create({"service.name": DISTRIBUTION}),
        sampler=TraceIdRatioBased(1 / tracing.one_in),
    )
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=tracing.endpoint)))
    return provider


class Tracing(ServiceObserver[DurableCommand[Any]]):
    """Makes a span for each command, for each commit and for the fan-out of each message.

    Spans hold conversations, numbers and codes, never who said what.
    """

    def __init__(self, provider: TracerProvider) -> None:
        self._provider = provider
        self._tracer = provider.get_tracer(DISTRIBUTION)
        # Sampled commands under way, by `id()`; read by the worker thread that commits.
        self._commands: dict[int, Span] = {}
        # Sampled messages that are committed and not yet published.
        self._committed: dict[SendKey, Span] = {}

    def submitted(self, item: DurableCommand[Any]) -> None:
        span = self._tracer.start_span(
            "message.send" if isinstance(item, PostMessage) else type(item).__name__,
            kind=SpanKind.SERVER,
            attributes={"parlour.conversation": str(item.conversation)},
        )
        if span.is_recording():
            self._commands[id(item)] = span

    def committing(self, items: Sequence[DurableCommand[Any]]) -> AbstractContextManager[object]:
        spans = [span for item in items if (span := self._commands.get(id(item)))]
        if not spans:
            return nullcontext()
        return self._tracer.start_as_current_span(
            "commit",
            # In the trace of the first, so that every trace that begins a batch shows it whole.
            context=trace.set_span_in_context(spans[0]),
            links=[Link(span.get_span_context()) for span in spans[:MAX_LINKS]],
            attributes={"parlour.messages": len(items)},
        )

    def settled(self, item: DurableCommand[Any], outcome: object | DomainError) -> None:
        span = self._commands.pop(id(item), None)
        if span is None:
            return
        if isinstance(outcome, DomainError):
            span.set_attribute("parlour.refusal", outcome.code)
            span.set_status(StatusCode.ERROR, outcome.code)
        elif isinstance(outcome, Posted):
            span.set_attribute("parlour.seq", outcome.message.seq)
            span.set_attribute("parlour.replayed", outcome.replayed)
            self._committed[outcome.message.key] = span
        span.end()

    def publishing(
        self, entries: Sequence[LogEvent], publish: Callable[[Sequence[LogEvent]], int]
    ) -> None:
        if not self._committed:
            publish(entries)
            return
        for entry in entries:
            span = self._committed.pop(entry.key, None) if isinstance(entry, Message) else None
            if span is None:
                publish([entry])
                continue
            with self._tracer.start_as_current_span(
                "fan-out", context=trace.set_span_in_context(span)
            ) as fan_out:
                fan_out.set_attribute("parlour.sockets", publish([entry]))

    async def close(self) -> None:
        await asyncio.to_thread(self._provider.shutdown)
