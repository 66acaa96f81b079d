"""Answers that nobody reads: the connection and what was written for it are given up, others are served (issue 5)."""

import asyncio
import json
import re
import socket
import time
from contextlib import ExitStack, suppress
from typing import Any

import orjson
import pytest

from tests.attacks.victim import AGENT, Victim
from tests.processes.deaf import held, small_window

CLOSE = "Connection: close"
LARGE = 3_200_000
"""More than the operating system holds for a connection."""
CUSTOMERS, FIELDS = 50, 190
SOON = 30.0


async def request(victim: Victim, size: int, *headers: str) -> bytes:
    """Asks for so many bytes, and some 10 000 at least."""
    name = "x" * (size // CUSTOMERS // FIELDS - len('"123":"GLOBAL",'))
    wide = " ".join(f"{name}{number}: cloud" for number in range(100, 100 + FIELDS))
    body = orjson.dumps({"query": f"{{ customers(first: {CUSTOMERS}) {{ nodes {{ {wide} }} }} }}"})
    head = [
        "POST /graphql HTTP/1.1",
        "Host: 127.0.0.1",
        f"Authorization: Bearer {await victim.server.token(AGENT)}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        *headers,
    ]
    return "\r\n".join([*head, "", ""]).encode() + body


async def ask(victim: Victim, stack: ExitStack, sent: bytes) -> socket.socket:
    """Sends something on a connection of its own, of which little is read by itself."""
    raw = stack.enter_context(small_window(victim.server))
    await asyncio.get_running_loop().sock_sendall(raw, sent)
    return raw


def cut_off(victim: Victim) -> list[dict[str, Any]]:
    """The log's lines about clients that did not read."""
    return [json.loads(line) for line in victim.log.read_text().splitlines() if "unread_bytes" in line]


async def until_let_go(victim: Victim, sockets: list[socket.socket]) -> None:
    """Until the server holds none of these connections; somebody else is served all the while."""
    ports = {raw.getsockname()[1] for raw in sockets}
    async with asyncio.timeout(SOON):
        while not held(victim.server, ports):
            await victim.serves()
        while held(victim.server, ports):
            await victim.serves()


@pytest.mark.parametrize("requests", [1, 3], ids=["one request", "three at once"])
async def test_an_answer_that_nobody_reads_is_given_up(victim: Victim, requests: int):
    before = len(cut_off(victim))
    with ExitStack() as stack:
        sent = await request(victim, LARGE) * requests
        sockets = [await ask(victim, stack, sent) for _ in range(4)]
        await until_let_go(victim, sockets)
    lines = cut_off(victim)[before:]
    assert len(lines) == len(sockets)
    for line in lines:
        assert (line["event"], line["level"]) == ("a client that did not read was cut off", "warning")
        assert line["seconds"] == 1
        assert line["unread_bytes"] > 65_536


async def taken_by_the_system(victim: Victim) -> int:
    """How many bytes the operating system takes for a connection of which nothing is read."""
    with ExitStack() as stack:
        raw = await ask(victim, stack, await request(victim, LARGE))
        await until_let_go(victim, [raw])
        return len(await rest_of(raw))


async def rest_of(raw: socket.socket) -> bytes:
    """All that comes until the end."""
    answer = bytearray()
    with suppress(ConnectionError):
        while piece := await asyncio.get_running_loop().sock_recv(raw, 1_000_000):
            answer += piece
    return bytes(answer)


async def test_so_is_the_little_rest_of_one_that_keeps_the_connection_from_being_closed(victim: Victim):
    """The operating system holds nearly all of these answers."""
    most = await taken_by_the_system(victim)
    short = await request(victim, 40_000, CLOSE)
    with ExitStack() as stack:
        sockets = []
        for more in range(-80_000, 80_000, 10_000):
            sockets.append(await ask(victim, stack, await request(victim, most + more, CLOSE)))
            sockets.append(await ask(victim, stack, await request(victim, most + more) + short))
        await until_let_go(victim, sockets)


async def test_who_reads_slowly_and_steadily_gets_it_all(victim: Victim):
    """In eight times the second in which who reads nothing is cut off."""
    before = len(cut_off(victim))
    with ExitStack() as stack:
        raw = await ask(victim, stack, await request(victim, LARGE) + await request(victim, LARGE, CLOSE))
        answers, began = bytearray(), time.monotonic()
        while piece := await asyncio.get_running_loop().sock_recv(raw, 65_536):
            answers += piece
            while time.monotonic() - began < 4 * len(answers) / LARGE:
                await victim.serves()
    _, *bodies = re.split(rb"HTTP/1.1 200 OK\r\n.+?\r\n\r\n", answers, flags=re.DOTALL)
    assert [len(orjson.loads(body)["data"]["customers"]["nodes"]) for body in bodies] == [CUSTOMERS] * 2
    assert len(cut_off(victim)) == before
