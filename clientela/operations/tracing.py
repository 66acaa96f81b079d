"""OpenTelemetry traces: a span for the request, one for its operation, one for each statement; never a value.

Imported only where traces are on: the SDK is an extra, `pip install clientela[tracing]`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.trace import Span, SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from clientela.http.answers import CORRELATION_HEADER
from execution.engine import Engine, Request, Response
from execution.executor import OperationContext

SERVER_FAULT = 500


class Tracing:
    """Makes spans and sends them to a collector, in batches and by a thread of its own."""

    def __init__(self, url: str, share: float, system: str) -> None:
        """Begins.

        Args:
            url: Where a collector takes OTLP over HTTP, e.g. `http://127.0.0.1:4318/v1/traces`.
            share: Which part of requests is traced where the caller's `traceparent` does not say, 0 to 1.
            system: The database's name, e.g. `postgresql`.
        """
        sampler = ParentBased(TraceIdRatioBased(share))
        self._provider = TracerProvider(sampler=sampler, resource=Resource.create({SERVICE_NAME: "clientela"}))
        self._provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(url)))
        self._tracer = self._provider.get_tracer("clientela")
        self._propagator = TraceContextTextMapPropagator()
        self._system = system

    @contextmanager
    def statement(self, sql: str) -> Iterator[None]:
        """A span for a statement, with its text and without its parameters."""
        attributes = {"db.system.name": self._system, "db.query.text": sql}
        with self._span(sql.split(maxsplit=1)[0].lower(), SpanKind.CLIENT, attributes):
            yield

    @contextmanager
    def operation(self) -> Iterator[Span]:
        """A span for an operation."""
        with self._span("operation", SpanKind.INTERNAL, {}) as span:
            yield span

    @contextmanager
    def request(self, scope: Scope) -> Iterator[Span]:
        """A span for a request, below the caller's where a `traceparent` came."""
        carrier = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        attributes = {"http.request.method": scope["method"], "url.path": scope["path"]}
        parent = self._propagator.extract(carrier)
        with self._span(f"{scope['method']} {scope['path']}", SpanKind.SERVER, attributes, parent) as span:
            yield span

    def round_engine(self, engine: Engine) -> "_TracedEngine":
        """An engine whose operations have spans."""
        return _TracedEngine(engine, self)

    def round_requests(self, app: ASGIApp) -> "_TracedRequests":
        """An ASGI application whose requests have spans."""
        return _TracedRequests(app, self)

    def close(self) -> None:
        """Sends what is left."""
        self._provider.shutdown()

    @contextmanager
    def _span(self, name: str, kind: SpanKind, attributes: dict[str, Any], parent: Any = None) -> Iterator[Span]:  # noqa: ANN401 - the library's own
        # The SDK would note an exception with its message, and a database's messages quote values.
        with self._tracer.start_as_current_span(
            name,
            parent,
            kind,
            attributes,
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            try:
                yield span
            except BaseException as error:
                span.set_attribute("error.type", type(error).__name__)
                span.set_status(Status(StatusCode.ERROR))
                raise


class _TracedEngine:
    def __init__(self, engine: Engine, tracing: Tracing) -> None:
        self._engine = engine
        self._tracing = tracing

    async def run(self, request: Request, context: OperationContext) -> Response:
        """Runs an operation; the span is called after the way that it ran."""
        with self._tracing.operation() as span:
            response = await self._engine.run(request, context)
            if response.operation is not None:
                span.update_name("plan" if response.planned else "executor")
                span.set_attribute("graphql.operation.type", response.operation.operation.value)
                if response.operation.name:
                    span.set_attribute("graphql.operation.name", response.operation.name.value)
            return response


class _TracedRequests:
    def __init__(self, app: ASGIApp, tracing: Tracing) -> None:
        self._app = app
        self._tracing = tracing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        with self._tracing.request(scope) as span:

            async def noted(message: Message) -> None:
                if message["type"] == "http.response.start":
                    _note(span, message)
                await send(message)

            await self._app(scope, receive, noted)


def _note(span: Span, start: Message) -> None:
    span.set_attribute("http.response.status_code", start["status"])
    span.set_attribute("clientela.correlation_id", dict(start["headers"]).get(CORRELATION_HEADER, b"").decode())
    if start["status"] >= SERVER_FAULT:
        span.set_status(Status(StatusCode.ERROR))
