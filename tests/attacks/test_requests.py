"""Bodies, tokens, ids and sockets that are made to hurt (issue 5, attack tests)."""

import asyncio
import base64
import time
from contextlib import suppress
from urllib.parse import urlsplit

import httpx
import orjson
import pytest

from tests.attacks.test_documents import MOST_CPU_SECONDS
from tests.attacks.victim import AGENT, Victim

NODES = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"
SOON = 10.0


def flood_of_keys() -> bytes:
    """Keys that collide where a hash of texts is the sum of 31 times the hash so far and the next letter."""
    keys = ["".join("Aa" if number >> bit & 1 else "BB" for bit in range(13)) for number in range(8_000)]
    return orjson.dumps({"query": "{ __typename }", "variables": dict.fromkeys(keys, 1)})


BODIES = {
    "variables in a huge list": orjson.dumps({"query": NODES, "variables": {"ids": ["customer_0"] * 60_000}}),
    "numbers in a huge list": orjson.dumps({"query": NODES, "variables": {"ids": list(range(150_000))}}),
    "lists in lists": b'{"query": "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", "variables": {"ids": '
    + b"[" * 900
    + b"]" * 900
    + b"}}",
    "keys that collide": flood_of_keys(),
    "ten mebibytes": b'{"query": "' + b"x" * 10 * 1024 * 1024 + b'"}',
    "nesting": b"[" * 900_000,
}


@pytest.mark.parametrize("name", BODIES)
async def test_a_body_that_is_made_to_hurt_costs_little(victim: Victim, name: str):
    held, before = victim.resident_bytes(), await victim.settled()
    # Who is refused half-way may find the connection closed before the answer is read.
    with suppress(httpx.TransportError):
        response = await victim.sends_body(BODIES[name])
        assert "INTERNAL" not in response.text
        assert len(response.content) < 20_000
    assert await victim.settled() - before < MOST_CPU_SECONDS
    assert victim.resident_bytes() < held + 60_000_000
    await victim.serves()


async def test_forged_cursors_and_ids_lead_nowhere(victim: Victim):
    forged = ([], {}, "x", ["customers", 1, "'"])
    cursors = [base64.urlsafe_b64encode(orjson.dumps(parts)).decode() for parts in forged]
    before = await victim.settled()
    for cursor in [*cursors, "", "\x00", "A" * 10_000]:
        response = await victim.sends("query ($a: String) { customers(after: $a) { totalCount } }", a=cursor)
        assert response.json()["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    for number in range(20):
        response = await victim.sends(NODES, ids=[f"customer_{number:032x}"])
        assert response.json() == {"data": {"nodes": [None]}}
    assert await victim.settled() - before < 2 * MOST_CPU_SECONDS


async def test_guessing_tokens_costs_little_and_ends(victim: Victim):
    good = await victim.server.token(AGENT)
    head, body, _ = good.split(".")
    before = await victim.settled()
    for number in range(50):
        signature = base64.urlsafe_b64encode(number.to_bytes(64)).decode().rstrip("=")
        response = await victim.sends_body(b"{}", Authorization=f"Bearer {head}.{body}.{signature}")
        assert response.status_code == 401
    assert await victim.settled() - before < 2 * MOST_CPU_SECONDS
    await victim.serves()


async def open_socket(victim: Victim) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    address = urlsplit(victim.server.url)
    return await asyncio.open_connection(address.hostname, address.port)


async def test_a_body_of_a_byte_at_a_time_is_given_up(victim: Victim):
    token = await victim.server.token(AGENT)
    sockets = [await open_socket(victim) for _ in range(20)]
    for _, writer in sockets:
        writer.write(
            b"POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            b"Content-Length: 1000\r\nAuthorization: Bearer " + token.encode() + b"\r\n\r\n{"
        )
    before, began = victim.cpu_seconds(), time.monotonic()
    answers = [asyncio.create_task(reader.readuntil(b"]}")) for reader, _ in sockets]
    while not all(answer.done() for answer in answers):
        assert time.monotonic() - began < SOON
        for _, writer in sockets:
            writer.write(b" ")
        await victim.serves()
        await asyncio.sleep(0.1)
    for answer in answers:
        told = await answer
        assert told.startswith(b"HTTP/1.1 408 Request Timeout\r\n")
        assert b"within 1 seconds (CLIENTELA_BODY_SECONDS). Send it again" in told
    assert victim.cpu_seconds() - before < 20 * MOST_CPU_SECONDS
    for _, writer in sockets:
        writer.close()
