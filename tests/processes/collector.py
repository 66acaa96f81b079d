"""A collector of traces: takes OTLP over HTTP and keeps the spans."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

SECONDS = 20


@dataclass
class Collector:
    """What came in.

    Attributes:
        url: Where it takes traces.
        spans: Every span, in the order in which they came.
        bodies: The requests' bodies, as they came.
    """

    url: str = ""
    spans: list[Span] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    async def trace(self, trace_id: str) -> list[Span]:
        """The spans of a trace, once the one of its request is there, which ends last."""
        async with asyncio.timeout(SECONDS):
            while not any(span.kind == Span.SPAN_KIND_SERVER for span in self._of(trace_id)):
                await asyncio.sleep(0.02)
        return self._of(trace_id)

    def take(self, body: bytes) -> None:
        """Keeps what an exporter sent."""
        self.bodies.append(body)
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            for scope in resource.scope_spans:
                self.spans.extend(scope.spans)

    def _of(self, trace_id: str) -> list[Span]:
        return [span for span in self.spans if span.trace_id.hex() == trace_id]


@contextmanager
def collecting() -> Iterator[Collector]:
    """A collector on a port of its own."""
    collector = Collector()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            collector.take(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        collector.url = f"http://127.0.0.1:{server.server_port}/v1/traces"
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield collector
        server.shutdown()
        thread.join()
