"""What an operator sees of requests: a line of the log, metrics, traces; and that none of it holds anybody's data."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from socket import create_server
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from prometheus_client.parser import text_string_to_metric_families

from tests.clients import Answer
from tests.processes.collector import Collector, collecting
from tests.processes.server import Server, settings_of, started
from tests.streams.clients import ACTIVITY, event_stream, newest_record, socket
from tests.worlds import World

PERSON = "sales-agent@litware"
SECRET_SEARCH = "Blue Yonder"
DOCUMENT = """query Found($search: String) {
  customers(first: 3, filter: {search: $search}) { nodes { companyName relationship { since } } }
}"""
DENIED = "query Denied { customers(first: 1) { nodes { companyProfile { organizationRegistrationNumber } } } }"
FIELDS = {"event", "level", "timestamp", "principal", "operation", "type", "way", "cost", "milliseconds", "status"}
SECONDS = 20


@dataclass
class Watched:
    """A server with everything on.

    Attributes:
        server: The server.
        metrics: Where its metrics are.
        collector: Where its traces go.
        log: Its log.
    """

    server: Server
    metrics: str
    collector: Collector
    log: Path

    async def send(self, person: str, document: str, **variables: Any) -> tuple[Answer, str, str]:
        """Asks as a person; gives back the answer, the correlation id and the id of the trace."""
        correlation, trace = uuid4().hex, uuid4().hex
        headers = {
            "Authorization": f"Bearer {await self.server.token(person)}",
            "X-Correlation-Id": correlation,
            "traceparent": f"00-{trace}-{uuid4().hex[:16]}-01",
        }
        body = {"query": document, "variables": variables}
        response = await self.server.http.post("/graphql", json=body, headers=headers)
        return Answer(response.status_code, response.headers, response.json()), correlation, trace

    async def line(self, correlation_id: str) -> dict[str, Any]:
        """The log's line about a request."""
        async with asyncio.timeout(SECONDS):
            while True:
                found = [json.loads(line) for line in self.log.read_text().splitlines() if correlation_id in line]
                requests = [line for line in found if line["event"] == "request"]
                if requests:
                    (line,) = requests
                    return line
                await asyncio.sleep(0.02)

    async def samples(self) -> dict[tuple[str, str], float]:
        """Every sample, by its name and labels."""
        async with httpx.AsyncClient() as http:
            text = (await http.get(self.metrics)).text
        return {
            (sample.name, ",".join(f"{name}={value}" for name, value in sorted(sample.labels.items()))): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }

    async def has_open(self, **wanted: int) -> None:
        """Waits until the gauges say that so many are open."""
        found = None
        async with asyncio.timeout(SECONDS):
            while found != wanted:
                await asyncio.sleep(0.05)
                samples = await self.samples()
                found = {name: samples.get((f"clientela_{name}_open", "")) for name in wanted}


@pytest_asyncio.fixture(scope="module")
async def watched(world: World, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Watched]:
    """One server for all tests of this module."""
    log = tmp_path_factory.mktemp("watched") / "log"
    with create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    async with world.copy() as settings:
        with collecting() as collector:
            env = {
                **settings_of(settings),
                "CLIENTELA_DEVELOPMENT": "true",
                "CLIENTELA_PORT": "0",
                "CLIENTELA_METRICS_PORT": str(port),
                "CLIENTELA_TRACES_URL": collector.url,
                "OTEL_BSP_SCHEDULE_DELAY": "50",
            }
            with started(env, log, "serve") as (process, url):
                async with httpx.AsyncClient(base_url=url, timeout=SECONDS) as http:
                    server = Server(process, url, http)
                    yield Watched(server, f"http://127.0.0.1:{port}/metrics", collector, log)


async def test_a_request_is_a_line_of_the_log(watched: Watched):
    lines = []
    for way in ("executor", "plan"):
        answer, correlation, _ = await watched.send(PERSON, DOCUMENT, search=SECRET_SEARCH)
        answer.ok()
        line = await watched.line(correlation)
        assert set(line) == {*FIELDS, "correlation_id"}
        assert (line["operation"], line["type"], line["way"], line["status"]) == ("Found", "query", way, 200)
        assert line["milliseconds"] > 0
        lines.append(line)
    other = await watched.line((await watched.send("admin-agent@litware", DOCUMENT, search=SECRET_SEARCH))[1])
    assert lines[0]["principal"] == lines[1]["principal"] != other["principal"]
    assert re.fullmatch("[0-9a-f]{16}", other["principal"])
    denied = await watched.line((await watched.send("helpdesk-agent@litware", DENIED))[1])
    assert denied["errors"] == ["FIELD_FORBIDDEN"]
    refused = await watched.server.http.post("/graphql", json={"query": DOCUMENT})
    line = await watched.line(refused.headers["X-Correlation-Id"])
    assert (line["status"], line["errors"]) == (401, ["UNAUTHENTICATED"])


async def test_requests_are_counted_and_no_label_is_a_clients_text(watched: Watched):
    before = await watched.samples()
    for _ in range(3):
        (await watched.send(PERSON, DOCUMENT.replace("Found", "NamedByMe"), search="a"))[0].ok()
    await watched.send(PERSON, "{ nothing }")
    after = await watched.samples()

    def more(name: str, labels: str) -> float:
        return after.get((name, labels), 0) - before.get((name, labels), 0)

    assert more("clientela_request_seconds_count", "outcome=ok,type=query,way=plan") == 2
    assert more("clientela_request_seconds_count", "outcome=ok,type=query,way=executor") == 1
    assert more("clientela_request_seconds_count", "outcome=refused,type=none,way=none") == 1
    assert more("clientela_errors_total", "code=GRAPHQL_VALIDATION_FAILED") == 1
    assert more("clientela_responses_total", "status=200") == 4
    assert more("clientela_statement_seconds_count", "") >= 3
    assert {
        ("clientela_document_bytes", ""),
        ("clientela_connections_waiting", ""),
    } <= after.keys()
    assert not [labels for _, labels in after if "NamedByMe" in labels]


@asynccontextmanager
async def over_a_socket(server: Server, after: str, subscriptions: int) -> AsyncIterator[None]:
    """So many subscriptions on one WebSocket."""
    async with socket(server) as one:
        for number in range(subscriptions):
            await one.subscribe(ACTIVITY, f"s{number}", after=after)
        yield


@asynccontextmanager
async def over_event_streams(server: Server, after: str, subscriptions: int) -> AsyncIterator[None]:
    """So many subscriptions, each an event stream of its own."""
    async with AsyncExitStack() as stack:
        for _ in range(subscriptions):
            await stack.enter_async_context(event_stream(server, ACTIVITY, after=after))
        yield


@pytest.mark.parametrize(("over", "streams"), [(over_a_socket, 1), (over_event_streams, 3)])
async def test_what_is_open_is_counted_until_its_client_goes_away(watched: Watched, over: Any, streams: int):
    after = await newest_record(watched.server)
    await watched.has_open(streams=0, subscriptions=0)
    async with over(watched.server, after, 3):
        await watched.has_open(streams=streams, subscriptions=3)
    await watched.has_open(streams=0, subscriptions=0)


async def test_a_trace_goes_down_to_the_statements_without_their_values(watched: Watched):
    for way in ("executor", "plan"):
        document = DOCUMENT.replace("Found", "Traced")
        answer, correlation, trace = await watched.send(PERSON, document, search=SECRET_SEARCH)
        answer.ok()
        spans = await watched.collector.trace(trace)
        (request,) = [span for span in spans if span.kind == Span.SPAN_KIND_SERVER]
        (operation,) = [span for span in spans if span.name == way]
        assert operation.parent_span_id == request.span_id
        statements = [span for span in spans if span.parent_span_id == operation.span_id]
        texts = [attribute(span, "db.query.text") for span in statements]
        assert any(text.startswith("SELECT") for text in texts)
        assert attribute(request, "clientela.correlation_id") == correlation
        assert attribute(request, "http.response.status_code") == "200"


async def test_nothing_of_it_holds_a_value_a_name_or_a_token(watched: Watched):
    answer, correlation, trace = await watched.send(PERSON, DOCUMENT, search=SECRET_SEARCH)
    answer.ok()
    await watched.line(correlation)
    await watched.collector.trace(trace)
    seen = watched.log.read_bytes() + b"".join(watched.collector.bodies)
    async with httpx.AsyncClient() as http:
        seen += (await http.get(watched.metrics)).content
    assert b"Found" in seen
    token = await watched.server.token(PERSON)
    for value in (SECRET_SEARCH, "litware", token, token.rpartition(".")[2]):
        assert value.encode() not in seen


def attribute(span: Span, name: str) -> str:
    """The value of an attribute, as text."""
    (value,) = [found.value for found in span.attributes if found.key == name]
    return str(getattr(value, value.WhichOneof("value")))
