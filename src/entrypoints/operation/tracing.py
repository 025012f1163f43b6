"""Traces of sends, for OpenTelemetry: the frame, its commit, its fan-out. An extra.

The service that traces is a service of its own, put together only where traces are wanted: the
other one has not so much as a condition on the way of a message.
"""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from typing import cast

import attrs
from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import TraceIdRatioBased
from opentelemetry.trace import Link, Span, SpanKind, StatusCode, Tracer

from parlour import DISTRIBUTION
from parlour.adapters.config.settings import Tracing
from parlour.domain.kernel.errors import DomainError
from parlour.domain.kernel.ids import SendKey
from parlour.domain.messages import Draft, Message, Outcome, Posted, PostMessages
from parlour.entrypoints.shell.committer import Done
from parlour.entrypoints.shell.dependencies import Dependencies
from parlour.entrypoints.shell.service import Service

MAX_LINKS = 128
"""Sends that the span of one commit names."""


def open_provider(tracing: Tracing) -> TracerProvider:
    """Return what sends spans to a collector (OTLP over HTTP), beside the way of messages."""
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415 - heavy
        OTLPSpanExporter,
    )

    provider = TracerProvider(
        resource=Resource.create({"service.name": DISTRIBUTION}),
        sampler=TraceIdRatioBased(1 / tracing.one_in),
    )
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=tracing.endpoint)))
    return provider


class TracedService(Service):
    """A service that tells where the time of a send goes; never what was said."""

    def __init__(self, provider: TracerProvider, parts: Dependencies) -> None:
        self._provider = provider
        self._tracer = provider.get_tracer(DISTRIBUTION)
        # The sends under way, by key. Read by the worker that commits.
        self._sends: dict[SendKey, Span] = {}
        use = parts.use_cases
        commit = TracedCommit(use.post_messages, self._tracer, self._sends)
        traced = attrs.evolve(use, post_messages=cast("PostMessages", commit))
        super().__init__(attrs.evolve(parts, use_cases=traced))

    async def stop(self) -> None:
        await super().stop()
        await asyncio.to_thread(self._provider.shutdown)

    def submit(self, draft: Draft, done: Done[Posted]) -> None:
        span = self._begin(draft)
        try:
            super().submit(draft, partial(self._told, draft, span, done))
        except DomainError as refusal:
            self._end(draft, span, refusal)
            raise

    async def post(self, draft: Draft) -> Posted:
        span = self._begin(draft)
        try:
            posted = await super().post(draft)
        except DomainError as refusal:
            self._end(draft, span, refusal)
            raise
        self._end(draft, span, posted)
        return posted

    def _told(
        self, draft: Draft, span: Span, done: Callable[[Posted | DomainError], None],
        outcome: Posted | DomainError,
    ) -> None:  # fmt: skip
        done(outcome)
        self._end(draft, span, outcome)

    def _begin(self, draft: Draft) -> Span:
        span = self._tracer.start_span(
            "message.send",
            kind=SpanKind.SERVER,
            attributes={"parlour.conversation": str(draft.conversation)},
        )
        if span.is_recording():
            self._sends[draft.key] = span
        return span

    def _end(self, draft: Draft, span: Span, outcome: Posted | DomainError) -> None:
        if isinstance(outcome, Posted):
            span.set_attribute("parlour.seq", outcome.message.seq)
            span.set_attribute("parlour.replayed", outcome.replayed)
        else:
            span.set_attribute("parlour.refusal", outcome.code)
            span.set_status(StatusCode.ERROR, outcome.code)
            self._sends.pop(draft.key, None)
        span.end()

    def _tell_messages(self, messages: Sequence[Message]) -> None:
        if not self._sends:
            super()._tell_messages(messages)
            return
        for message in messages:
            self._trace_telling(message)

    def _trace_telling(self, message: Message) -> None:
        send = self._sends.pop(message.key, None)
        if send is None:
            super()._tell_messages([message])
            return
        with self._tracer.start_as_current_span(
            "fan-out", context=trace.set_span_in_context(send)
        ) as span:
            before = self.hub.delivered
            super()._tell_messages([message])
            span.set_attribute("parlour.sockets", self.hub.delivered - before)


@attrs.frozen
class TracedCommit:
    """One transaction of messages, linked to the sends that share it."""

    commit: PostMessages
    tracer: Tracer
    sends: dict[SendKey, Span]

    def __call__(self, drafts: Sequence[Draft]) -> list[Outcome]:
        spans = [span for draft in drafts if (span := self.sends.get(draft.key))]
        if not spans:
            return self.commit(drafts)
        links = [Link(span.get_span_context()) for span in spans[:MAX_LINKS]]
        with self.tracer.start_as_current_span(
            "commit",
            # In the trace of the first, so that every trace that begins a batch shows it whole.
            context=trace.set_span_in_context(spans[0]),
            links=links,
            attributes={"parlour.messages": len(drafts)},
        ):
            return self.commit(drafts)
