"""Talking to a server as a front-end developer does: a document, variables, a bearer token."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import httpx
from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.types import ASGIApp

from clientela.app import Application, create_app
from clientela.clock import utc_now
from clientela.database import make_engine
from clientela.http.endpoint import GraphQLEndpoint
from clientela.http.errors import report_internal
from clientela.settings import Settings
from execution.engine import Engine
from execution.plans.planner import Planner
from models import metadata
from schema.build import build_schema
from schema.errors import translate

# Events are written by triggers, one for each line of the log, and tested with the streams.
TABLES = sorted({*metadata.tables} - {"event", "event_horizon"})


@dataclass(frozen=True)
class Answer:
    """What came back.

    Attributes:
        status: The HTTP status.
        headers: The response's headers.
        body: The whole JSON body.
    """

    status: int
    headers: httpx.Headers
    body: dict[str, Any]

    @property
    def data(self) -> dict[str, Any]:
        """`data`; fails where the whole request was refused."""
        assert self.body.get("data") is not None, self.body
        return self.body["data"]

    @property
    def errors(self) -> list[dict[str, Any]]:
        """`errors`, empty where there are none."""
        return self.body.get("errors", [])

    @property
    def codes(self) -> list[str]:
        """The errors' codes, in their order."""
        return [error["extensions"]["code"] for error in self.errors]

    def ok(self) -> dict[str, Any]:
        """`data` of an answer without errors."""
        assert self.errors == [], self.errors
        return self.data


@dataclass
class Clock:
    """The server's clock: the real time until a test sets another."""

    fixed: datetime | None = None

    def __call__(self) -> datetime:
        """What the server takes for now."""
        return self.fixed or utc_now()


@dataclass
class Api:
    """A server in this process over ASGI, and a way behind it for what no API shows.

    Attributes:
        settings: Its settings.
        http: Its HTTP door.
        database: The same database, for looking at rows.
        clock: Its clock.
        planner: What it runs by plan, and what it hands over to the executor.
        app: The application itself.
    """

    settings: Settings
    http: httpx.AsyncClient
    database: AsyncEngine
    clock: Clock
    planner: Planner
    app: Application
    _tokens: dict[str, str] = field(default_factory=dict)

    async def token(self, name: str) -> str:
        """A development token for a person, e.g. `sales-agent@litware`."""
        if name not in self._tokens:
            response = await self.http.post("/development/token", json={"as": name})
            assert response.status_code == 200, response.text
            self._tokens[name] = response.json()["token"]
        return self._tokens[name]

    async def ask(self, name: str | None, document: str, **variables: Any) -> Answer:
        """Sends a document as a person; as nobody for None."""
        headers = {} if name is None else {"Authorization": f"Bearer {await self.token(name)}"}
        return await self.send(document, variables, headers)

    async def send(self, document: str, variables: dict[str, Any], headers: dict[str, str]) -> Answer:
        """Sends a document with headers of one's own."""
        body = {"query": document, "variables": variables}
        response = await self.http.post("/graphql", json=body, headers=headers)
        return Answer(response.status_code, response.headers, response.json())

    async def rows(self, statement: str, **parameters: Any) -> list[Any]:
        """Rows straight from the database."""
        async with self.database.connect() as connection:
            return list((await connection.execute(text(statement), parameters)).all())

    async def counts(self) -> dict[str, int]:
        """How many rows each table has; two equal answers mean that nothing was written in between."""
        counted = ", ".join(f"(select count(*) from {table})" for table in TABLES)
        (row,) = await self.rows(f"select {counted}")
        return dict(zip(TABLES, row, strict=True))


@asynccontextmanager
async def serve_in_process(settings: Settings) -> AsyncIterator[Api]:
    """A server on these settings, reached over ASGI."""
    clock = Clock()
    app = create_app(settings, clock)
    database = make_engine(settings)
    # What a test changes behind the server's back: PostgreSQL's notification would tell of it soon, not at once.
    event.listen(database.sync_engine, "commit", lambda _: app.state.authenticator.forget())
    async with app.router.lifespan_context(app), door(app) as http:
        yield Api(settings, http, database, clock, app.state.planner, app)
    await database.dispose()


def door(app: ASGIApp) -> httpx.AsyncClient:
    """An HTTP client of an application in this process."""
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1")


def without_planner(api: Api) -> GraphQLEndpoint:
    """The same server's endpoint with an engine that runs everything by Strawberry's executor."""
    assert isinstance(api.app.graphql, TrustedHostMiddleware)
    endpoint = api.app.graphql.app
    assert isinstance(endpoint, GraphQLEndpoint)
    return replace(endpoint, engine=Engine(build_schema(), translate, report_internal))
