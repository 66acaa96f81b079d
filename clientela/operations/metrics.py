"""Prometheus metrics of a server process: what was asked, what it took, what is full.

No label holds a text of a client's. Imported only where metrics are on: `prometheus_client` decides at its import
whether several processes are counted together.
"""

import asyncio
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from sqlalchemy.ext.asyncio import AsyncEngine

from clientela.clock import Clock
from clientela.http.answers import Answer
from clientela.operations.observation import codes_of
from clientela.streams.connections import OpenConnections
from clientela.streams.subscriptions import Subscriptions
from execution.database.connection import Database
from execution.document_cache import DocumentCache
from execution.plans.planner import Planner
from resolvers.outbox_delivery import waiting_since

SECONDS_BETWEEN_LOOKS = 5
BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

log = structlog.get_logger()


class Metrics:
    """Counts requests and statements as they come, and looks now and then at what only has a state.

    Attributes:
        registry: Where all of them are.
    """

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        self._requests = Histogram(
            "clientela_request_seconds",
            "Seconds that requests to /graphql took, by type of operation, outcome and the way it ran.",
            ["type", "outcome", "way"],
            buckets=BUCKETS,
            registry=registry,
        )
        self._statuses = Counter("clientela_responses", "Responses by HTTP status.", ["status"], registry=registry)
        self._errors = Counter("clientela_errors", "Responses with errors, by code.", ["code"], registry=registry)
        self._statements = Histogram(
            "clientela_statement_seconds", "Seconds that database statements took.", buckets=BUCKETS, registry=registry
        )
        self._state = _State(registry)

    def observe(self, answer: Answer, _correlation_id: str, seconds: float) -> None:
        """Counts a request; of a subscription its errors only, for it takes as long as its client likes."""
        codes = codes_of(answer)
        for code in codes:
            self._errors.labels(code).inc()
        if answer.events is not None:
            return
        kind, way, outcome = "none", "none", "errors" if codes else "ok"
        if len(answer.responses) > 1:
            kind = way = "batch"
        elif answer.responses and (operation := answer.responses[0].operation) is not None:
            kind, way = operation.operation.value, "plan" if answer.responses[0].planned else "executor"
        elif codes:
            outcome = "refused"
        self._requests.labels(kind, outcome, way).observe(seconds)
        self._statuses.labels(answer.status).inc()

    @contextmanager
    def statement(self, _sql: str) -> Iterator[None]:
        """Times a statement."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self._statements.observe(time.perf_counter() - began)

    async def look(
        self,
        documents: DocumentCache,
        planner: Planner,
        database: Database,
        streams: OpenConnections,
        subscriptions: Subscriptions,
        engine: AsyncEngine,
        clock: Clock,
    ) -> None:
        """Looks at caches, pool and outbox every few seconds, until it is cancelled."""
        while True:
            usage = database.usage()
            counts = {
                "document_hits": documents.hits,
                "document_misses": documents.misses,
                "documents_evicted": documents.evicted,
                "plans_made": planner.made,
                "operations_planned": planner.ran,
                "operations_handed_over": planner.handed_over.total(),
            }
            gauges = {
                "document_bytes": documents.bytes_held,
                "connections_in_use": usage.in_use,
                "connections_waiting": usage.waiting,
                "streams_open": streams.number,
                "subscriptions_open": subscriptions.number,
            }
            self._state.note(counts, gauges, await _outbox_lag(engine, clock))
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS)


class _State:
    """What other parts of the process count by themselves."""

    def __init__(self, registry: CollectorRegistry) -> None:
        counters = {
            "document_hits": "Documents that were found parsed.",
            "document_misses": "Documents that had to be parsed.",
            "documents_evicted": "Documents that had to make room.",
            "plans_made": "Plans that were compiled.",
            "operations_planned": "Operations that ran by plan.",
            "operations_handed_over": "Operations that came again and still needed the executor.",
        }
        gauges = {
            "document_bytes": "Memory that documents and their plans hold.",
            "connections_in_use": "Database connections that requests hold now.",
            "connections_waiting": "Requests that wait for a database connection now.",
            "streams_open": "Clients that hold a connection for subscriptions open now.",
            "subscriptions_open": "Subscriptions that run now.",
        }
        self._counters = {
            name: Counter(f"clientela_{name}", text, registry=registry) for name, text in counters.items()
        }
        self._counted = dict.fromkeys(counters, 0)
        self._gauges = {
            name: Gauge(f"clientela_{name}", text, registry=registry, multiprocess_mode="livesum")
            for name, text in gauges.items()
        }
        self._lag = Gauge(
            "clientela_outbox_lag_seconds",
            "How long the mail that is due the longest has waited.",
            registry=registry,
            multiprocess_mode="livemax",
        )

    def note(self, counts: Mapping[str, int], gauges: Mapping[str, int], lag: float | None) -> None:
        for name, count in counts.items():
            self._counters[name].inc(count - self._counted[name])
            self._counted[name] = count
        for name, value in gauges.items():
            self._gauges[name].set(value)
        if lag is not None:
            self._lag.set(lag)


async def _outbox_lag(engine: AsyncEngine, clock: Clock) -> float | None:
    now = clock()
    try:
        async with engine.connect() as connection:
            since = await waiting_since(connection, now)
    except Exception as error:
        # The database is away or not migrated yet; `/readyz` says so, and the metric stays as it was.
        log.debug("no answer", error=repr(error))
        return None
    return 0.0 if since is None else (now - since).total_seconds()
