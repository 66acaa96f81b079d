"""HTTP/1.1 as it goes over the wire: what comes first is answered first, and a refusal costs nobody the connection."""

import asyncio
import gzip
from collections.abc import AsyncIterator
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest
import pytest_asyncio

from tests.processes.server import Server, served
from tests.worlds import World

SECONDS = 20
SHORT_HEADS = {"max_header_bytes": 4096}
LONG = b'{"query": "{ __schema { types { name description fields { name description } } } }"}'


class Answer(NamedTuple):
    """What came over the wire."""

    status: int
    headers: dict[str, str]
    body: bytes


class Wire:
    """One connection to the server, byte by byte."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, token: str) -> None:
        self._reader, self._writer, self._token = reader, writer, token

    def request(self, body: bytes = b"", line: str = "POST /graphql HTTP/1.1", **headers: str) -> bytes:
        """A request; by default a POST of JSON with a token."""
        sent = {"Host": "127.0.0.1", "Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        if body:
            sent["Content-Length"] = str(len(body))
        sent.update({name.replace("_", "-"): value for name, value in headers.items()})
        lines = [line, *(f"{name}: {value}" for name, value in sent.items() if value), "", ""]
        return "\r\n".join(lines).encode() + body

    async def send(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    async def answer(self, *, bodiless: bool = False) -> Answer:
        """The next answer; one to HEAD has no body, whatever its headers announce."""
        async with asyncio.timeout(SECONDS):
            head = (await self._reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            pairs = [line.split(": ", 1) for line in head[1:] if line]
            headers = {name.lower(): value for name, value in pairs}
            length = 0 if bodiless else int(headers.get("content-length", "0"))
            body = await self._reader.readexactly(length)
        return Answer(int(head[0].split()[1]), headers, body)

    async def piece(self) -> bytes:
        """What comes at once."""
        async with asyncio.timeout(SECONDS):
            return await self._reader.read(65_536)

    async def is_closed(self) -> bool:
        """Whether the server ends the connection, with nothing more to say."""
        async with asyncio.timeout(SECONDS):
            try:
                return await self._reader.read() == b""
            except ConnectionError:
                return True


@pytest_asyncio.fixture(scope="module")
async def server(world: World, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Server]:
    log = tmp_path_factory.mktemp("http") / "server.log"
    async with world.copy() as settings, served(settings.model_copy(update=SHORT_HEADS), log) as running:
        yield running


@pytest_asyncio.fixture
async def wire(server: Server) -> AsyncIterator[Wire]:
    address = urlsplit(server.url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    yield Wire(reader, writer, await server.token("sales-agent@litware"))
    writer.close()


def asking(name: str) -> bytes:
    return b'{"query": "{ %b: __typename }"}' % name.encode()


async def test_pipelined_requests_are_answered_in_order(wire: Wire):
    get = wire.request(line="GET /graphql?query={third:__typename} HTTP/1.1", Content_Type="")
    await wire.send(wire.request(asking("first")) + wire.request(LONG) + get + wire.request(asking("fourth")))
    answers = [await wire.answer() for _ in range(4)]
    assert [answer.status for answer in answers] == [200] * 4
    for answer, name in zip(answers, (b"first", b"__schema", b"third", b"fourth"), strict=True):
        assert answer.body.startswith(b'{"data":{"%b":' % name)


async def test_what_lies_between_two_halves_of_heads_is_no_head(wire: Wire):
    first, second, third = (wire.request(asking(name) + b" " * 5_000) for name in ("first", "second", "third"))
    await wire.send(first + second[:20])
    answers = [await wire.answer()]
    await wire.send(second[20:] + third[:20])
    answers.append(await wire.answer())
    await wire.send(third[20:])
    answers.append(await wire.answer())
    assert [answer.body for answer in answers] == [
        b'{"data":{"%b":"Query"}}' % name for name in (b"first", b"second", b"third")
    ]


@pytest.mark.parametrize(
    ("status", "line", "headers"),
    [
        (401, "POST /graphql HTTP/1.1", {"Authorization": ""}),
        (405, "PUT /graphql HTTP/1.1", {}),
        (405, "HEAD /graphql HTTP/1.1", {}),
        (406, "POST /graphql HTTP/1.1", {"Accept": "text/html"}),
        (415, "POST /graphql HTTP/1.1", {"Content-Type": "text/plain"}),
        (403, "GET /graphql?query={a} HTTP/1.1", {"Sec-Fetch-Site": "cross-site"}),
        (204, "OPTIONS /graphql HTTP/1.1", {}),
    ],
    ids=str,
)
async def test_a_refusal_that_read_no_body_keeps_the_connection(
    wire: Wire, status: int, line: str, headers: dict[str, str]
):
    """The body that nobody read is not taken for the next request."""
    hidden = wire.request(asking("hidden"))
    await wire.send(wire.request(hidden, line, **headers))
    answer = await wire.answer(bodiless=line.startswith("HEAD"))
    assert (answer.status, "content-length" in answer.headers) == (status, status != 204)
    await wire.send(wire.request(asking("after")))
    assert (await wire.answer()).body == b'{"data":{"after":"Query"}}'


async def test_a_body_beyond_the_limit_ends_the_connection(wire: Wire):
    """The rest of it is read by nobody."""
    await wire.send(wire.request(b" " * (1_048_576 + 1), Content_Length=str(10**9)))
    answer = await wire.answer()
    assert (answer.status, answer.headers["connection"]) == (413, "close")
    assert await wire.is_closed()


async def test_a_body_in_chunks_and_bytes_is_one_body(wire: Wire):
    body = asking("whole")
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (body[:5], body[5:6], body[6:])) + b"0\r\n\r\n"
    data = wire.request(Transfer_Encoding="chunked") + chunks
    for at in range(len(data)):
        await wire.send(data[at : at + 1])
    assert (await wire.answer()).body == b'{"data":{"whole":"Query"}}'


async def test_an_answer_comes_in_one_piece(wire: Wire):
    """The client is woken once, not for the head and then for the body."""
    for _ in range(20):
        await wire.send(wire.request(asking("whole")))
        assert (await wire.piece()).endswith(b'\r\n\r\n{"data":{"whole":"Query"}}')


async def test_a_client_that_asks_first_is_told_to_go_on(wire: Wire):
    body = asking("expected")
    await wire.send(wire.request(Expect="100-continue", Content_Length=str(len(body))))
    assert (await wire.answer()).status == 100
    await wire.send(body)
    assert (await wire.answer()).body == b'{"data":{"expected":"Query"}}'


async def test_an_older_client_gets_its_answer_and_an_end(wire: Wire):
    await wire.send(wire.request(asking("older"), "POST /graphql HTTP/1.0"))
    assert (await wire.answer()).body == b'{"data":{"older":"Query"}}'
    assert await wire.is_closed()


async def test_a_compressed_answer_is_framed_by_its_own_length(wire: Wire):
    await wire.send(wire.request(LONG, Accept_Encoding="gzip") + wire.request(asking("after")))
    answer = await wire.answer()
    assert answer.headers["content-encoding"] == "gzip"
    assert gzip.decompress(answer.body).startswith(b'{"data":{"__schema":')
    assert (await wire.answer()).body == b'{"data":{"after":"Query"}}'
