"""What keeps account of requests: the log's lines, metrics, traces. Each is there only where it is configured."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.types import ASGIApp

from clientela.clock import Clock
from clientela.http.endpoint import RunsOperations
from clientela.operations.extras import MissingExtraError
from clientela.operations.observation import Observe, all_of
from clientela.operations.request_log import RequestLog
from clientela.settings import Settings
from clientela.streams.connections import OpenConnections
from clientela.streams.subscriptions import Subscriptions
from execution.database.connection import Database
from execution.database.observed import ObservedDatabase
from execution.engine import Engine
from execution.plans.planner import Planner

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry


class Instruments:
    """Put round the parts of a server that they watch; what is off is not there, and costs nothing."""

    def __init__(self, settings: Settings, secret: str) -> None:
        """Makes those that the settings ask for.

        Raises:
            MissingExtraError: Traces are on and OpenTelemetry is not installed.
        """
        told = logging.getLevelNamesMapping()[settings.log_level] <= logging.INFO
        self._log = RequestLog(secret) if settings.request_log and told else None
        self._metrics = self._tracing = None
        if settings.metrics_port is not None:
            # Where several workers are counted together, the library must be imported in them and not before.
            from clientela.operations.metrics import Metrics  # noqa: PLC0415

            self._metrics = Metrics()
        if settings.traces_url is not None:
            try:
                from clientela.operations.tracing import Tracing  # noqa: PLC0415 - an extra
            except ImportError as error:
                raise MissingExtraError(
                    "CLIENTELA_TRACES_URL is set and OpenTelemetry is missing: `pip install 'clientela[tracing]'`."
                ) from error

            system = "sqlite" if settings.sqlalchemy_url.startswith("sqlite") else "postgresql"
            self._tracing = Tracing(settings.traces_url, settings.traces_share, system)

    @property
    def observe(self) -> Observe | None:
        """To be told of each request."""
        return all_of([part.observe for part in (self._log, self._metrics) if part is not None])

    @property
    def registry(self) -> "CollectorRegistry | None":
        """The metrics; None where they are off."""
        return self._metrics.registry if self._metrics else None

    def round_database(self, database: Database) -> Database:
        """The database, its statements timed and traced."""
        for part in (self._metrics, self._tracing):
            if part is not None:
                database = ObservedDatabase(database, part.statement)
        return database

    def round_engine(self, engine: Engine) -> RunsOperations:
        """The engine, its operations traced."""
        return self._tracing.round_engine(engine) if self._tracing else engine

    def round_requests(self, app: ASGIApp) -> ASGIApp:
        """An application, its requests traced."""
        return self._tracing.round_requests(app) if self._tracing else app

    @asynccontextmanager
    async def running(
        self,
        engine: Engine,
        planner: Planner,
        database: Database,
        streams: OpenConnections,
        subscriptions: Subscriptions,
        connections: AsyncEngine,
        clock: Clock,
    ) -> AsyncIterator[None]:
        """Keeps account as long as the context lasts; what was collected is written at its end."""
        looking = None
        if self._metrics is not None:
            looking = asyncio.create_task(
                self._metrics.look(engine.documents, planner, database, streams, subscriptions, connections, clock)
            )
        try:
            yield
        finally:
            if looking is not None:
                looking.cancel()
                with suppress(asyncio.CancelledError):
                    await looking
            if self._log is not None:
                self._log.write()
            if self._tracing is not None:
                await asyncio.to_thread(self._tracing.close)
