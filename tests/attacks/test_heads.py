"""What stands before a body: heads without end, halves of heads, connections that say nothing (issue 5)."""

import asyncio
import signal
from contextlib import suppress
from urllib.parse import urlsplit

import orjson
import pytest

from tests.attacks.test_documents import MOST_CPU_SECONDS
from tests.attacks.victim import AGENT, Victim

SOON = 10.0
LINE = b"POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\n"
LARGEST = 65_536
LONGEST_WAIT = 2.0
"""Seconds for a head, of the fixture's server."""
Socket = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def open_socket(victim: Victim) -> Socket:
    address = urlsplit(victim.server.url)
    return await asyncio.open_connection(address.hostname, address.port)


async def answer_of(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """Status and body of what comes until the server closes the connection."""
    async with asyncio.timeout(SOON):
        head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    return int(head.split()[1]), body


def heads(size: int) -> dict[str, list[bytes]]:
    """Heads of more than a size, in pieces as they are sent; none is over."""
    size += 2_000
    header = b"X-Padding: " + b"x" * 1_000 + b"\r\n"
    return {
        "one header": [LINE + b"X-Padding: " + b"x" * size],
        "many headers": [LINE + header * (size // len(header))],
        "piece by piece": [LINE, *[header] * (size // len(header))],
        "an address": [b"GET /graphql?query=" + b"x" * size],
    }


@pytest.mark.parametrize("kind", heads(0))
async def test_a_head_that_is_too_large_is_refused_before_it_is_over(victim: Victim, kind: str):
    held, before = victim.resident_bytes(), await victim.settled()
    for size in (LARGEST, LARGEST * 10, LARGEST * 50):
        reader, writer = await open_socket(victim)
        for piece in heads(size)[kind]:
            writer.write(piece)
            await writer.drain()
        status, body = await answer_of(reader)
        assert status == 431
        (error,) = orjson.loads(body)["errors"]
        assert error["extensions"]["code"] == "HEADERS_TOO_LARGE"
        assert f"At most {LARGEST} bytes" in error["message"]
        assert "(CLIENTELA_MAX_HEADER_BYTES). Send fewer" in error["message"]
        writer.close()
    assert await victim.settled() - before < 4 * MOST_CPU_SECONDS
    assert victim.resident_bytes() < held + 20_000_000
    await victim.serves()


@pytest.mark.parametrize(("padding", "expected"), [(LARGEST - 2_000, 200), (LARGEST + 2_000, 431)])
async def test_a_whole_head_is_taken_up_to_its_limit(victim: Victim, padding: int, expected: int):
    body = b'{"query": "{ __typename }"}'
    token = (await victim.server.token(AGENT)).encode()
    reader, writer = await open_socket(victim)
    writer.write(
        LINE + b"Authorization: Bearer " + token + b"\r\nContent-Type: application/json\r\nConnection: close\r\n"
        b"Content-Length: %d\r\nX-Padding: " % len(body) + b"x" * padding + b"\r\n\r\n" + body
    )
    status, answered = await answer_of(reader)
    assert status == expected, answered
    writer.close()


async def send_for_ever(writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(b"x" * 100_000)
        await writer.drain()


async def test_who_goes_on_sending_reads_the_answer_and_is_then_cut_off(victim: Victim):
    token = (await victim.server.token(AGENT)).encode()
    body = LINE + b"Authorization: Bearer " + token + b"\r\nContent-Type: application/json\r\n"
    body += b"Content-Length: 1000000000\r\n\r\n"
    for sent, expected in ((b"BREW /graphql\r\n\r\n", 400), (body, 413)):
        reader, writer = await open_socket(victim)
        writer.write(sent + b"x" * 3_000_000)
        await writer.drain()
        assert (await answer_of(reader))[0] == expected
        before = await victim.settled()
        with pytest.raises(ConnectionError):
            await send_for_ever(writer)
        assert await victim.settled() - before < MOST_CPU_SECONDS
        writer.close()
    await victim.serves()


async def test_a_large_body_in_one_piece_with_its_head_is_none_of_the_heads_affair(victim: Victim):
    filler = b" " * (3 * LARGEST)
    response = await victim.sends_body(b'{"query": "{ __typename }"' + filler + b"}")
    assert response.json() == {"data": {"__typename": "Query"}}


async def test_half_a_head_and_silence_are_given_up_while_others_are_served(victim: Victim):
    """The fixture's server waits two seconds."""
    silent = [await open_socket(victim) for _ in range(100)]
    halves = [await open_socket(victim) for _ in range(100)]
    for _, writer in halves:
        writer.write(LINE + b"X-Half: ")
    before = victim.cpu_seconds()
    ends = [asyncio.create_task(reader.read()) for reader, _ in [*silent, *halves]]
    async with asyncio.timeout(2 * SOON):
        while not all(end.done() for end in ends):
            await victim.serves()
    answers = [await end for end in ends]
    assert answers[: len(silent)] == [b""] * len(silent)
    for answer in answers[len(silent) :]:
        head, _, body = answer.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 408 ")
        assert b"within 2 seconds (CLIENTELA_HEADER_SECONDS). Send them again" in body
    assert victim.cpu_seconds() - before < 60 * MOST_CPU_SECONDS
    for _, writer in [*silent, *halves]:
        writer.close()


async def test_a_head_of_a_byte_at_a_time_is_given_up(victim: Victim):
    reader, writer = await open_socket(victim)
    writer.write(LINE + b"X-Slow: ")
    ended = asyncio.create_task(answer_of(reader))
    while not ended.done():
        writer.write(b"x")
        with suppress(OSError):
            await writer.drain()
        await victim.serves()
    assert (await ended)[0] == 408
    writer.close()


async def test_a_connection_that_was_served_is_kept_and_then_let_go_of(victim: Victim):
    """The fixture's server keeps one for two seconds."""
    reader, writer = await open_socket(victim)
    for _ in range(3):
        writer.write(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        async with asyncio.timeout(SOON):
            head = await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(int(head.lower().partition(b"content-length: ")[2].split()[0]))
        assert head.startswith(b"HTTP/1.1 200 ")
    async with asyncio.timeout(SOON):
        assert await reader.read() == b""
    writer.close()


async def test_nobody_is_late_for_what_the_server_was_too_busy_to_read(victim: Victim):
    """It is stopped for longer than the fixture's server waits for a head or a body."""
    body = b'{"query": "{ __typename }"}'
    token = (await victim.server.token(AGENT)).encode()
    head = LINE + b"Authorization: Bearer " + token + b"\r\nContent-Type: application/json\r\nConnection: close\r\n"
    whole = head + b"Content-Length: %d\r\n\r\n" % len(body) + body
    halves = [(whole[:at], whole[at:]) for at in (0, len(LINE), len(whole) - 5)]
    sockets = [await open_socket(victim) for _ in halves]
    for (first, _), (_, writer) in zip(halves, sockets, strict=True):
        writer.write(first)
    await victim.serves()
    victim.server.process.send_signal(signal.SIGSTOP)
    try:
        for (_, second), (_, writer) in zip(halves, sockets, strict=True):
            writer.write(second)
        # The clock of the operating system is what the server's timers go by; nothing else can be waited for.
        await asyncio.sleep(2 * LONGEST_WAIT)
    finally:
        victim.server.process.send_signal(signal.SIGCONT)
    for reader, writer in sockets:
        status, answer = await answer_of(reader)
        assert (status, answer) == (200, b'{"data":{"__typename":"Query"}}')
        writer.close()
