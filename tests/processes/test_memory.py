"""A server's memory stays flat however many requests it answers (issue 2, Speed)."""

import asyncio
import json
from itertools import cycle
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest

from tests.processes.server import deployed
from tests.worlds import World

CONNECTIONS = 8
WARM_UP, MORE = 2_000, 10_000
MOST_GROWTH = 15 * 1024 * 1024
CHEAP = ("{ viewer { name roles } }", "{ viewer { permissions } }", "{ viewer {", "{ viewer { nothing } }")
DEAR = (
    "{ customers(first: 2) { nodes { id companyName contact { email } } pageInfo { endCursor } } }",
    "{ activityLog(first: 1) { nodes { operation changes { field newValue } } } }",
    'mutation { customerDelete(input: {customerId: "customer_0"}) { userErrors { code } } }',
    '{ domainAvailability(domains: ["wingtip"]) { available } }',
    "{ customer(id: 3.5) { id } }",
)


def message(token: str, document: str) -> bytes:
    body = json.dumps({"query": document}).encode()
    head = (
        "POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {token}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def converse(url: str, messages: list[bytes], statuses: set[bytes]) -> None:
    """Sends messages one after the other over one connection; a full client would cost more than the server."""
    address = urlsplit(url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    for sent in messages:
        writer.write(sent)
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        await reader.readexactly(int(length.partition(b":")[2]))
        statuses.add(head[9:12])
    writer.close()
    await writer.wait_closed()


# On one database for the time it takes: what could grow is the server's, and a pool of real connections is more of it.
@pytest.mark.parametrize("world", ["postgresql"], indirect=True)
async def test_memory_is_flat_over_10_000_requests(world: World, tmp_path: Path):
    async with world.copy() as settings, deployed(settings, tmp_path) as deployment:
        (server,) = deployment.servers
        token = await server.token("admin-agent@litware")
        # Every so often a document that no server has seen before: what it keeps of them is bounded.
        documents = cycle(CHEAP * 8 + DEAR)
        unheard = iter(range(10**9))

        def some(number: int) -> list[bytes]:
            plain = [message(token, next(documents)) for _ in range(number - number // 10)]
            new = [message(token, f"{{ viewer {{ name }} }} # {next(unheard)}") for _ in range(number // 10)]
            return [*new, *plain]

        async def ask(number: int) -> set[bytes]:
            statuses: set[bytes] = set()
            share = number // CONNECTIONS
            await asyncio.gather(*(converse(server.url, some(share), statuses) for _ in range(CONNECTIONS)))
            return statuses

        resident = psutil.Process(server.process.pid).memory_info
        assert await ask(WARM_UP) == {b"200"}
        before = resident().rss
        assert await ask(MORE) == {b"200"}
        assert resident().rss - before < MOST_GROWTH
