"""Hearing what other processes say over PostgreSQL's NOTIFY."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress

import asyncpg

SECONDS_BETWEEN_TRIES = 1.0


async def listen(dsn: str, heard: Mapping[str, Callable[[], None]]) -> None:
    """Listens until it is cancelled; a connection that is lost is made anew.

    Args:
        dsn: The database, reached without a pooler: a subscription belongs to its connection.
        heard: By channel, what is called at each notification, and after each time that some may have been missed.
    """
    while True:
        with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            await _listen_once(dsn, heard)
        await asyncio.sleep(SECONDS_BETWEEN_TRIES)


async def _listen_once(dsn: str, heard: Mapping[str, Callable[[], None]]) -> None:
    connection = await asyncpg.connect(dsn, server_settings={"application_name": "clientela listener"})
    over = asyncio.Event()
    try:
        connection.add_termination_listener(lambda _: over.set())
        for channel in heard:
            await connection.add_listener(channel, lambda _connection, _pid, channel, _payload: heard[channel]())
        _call_all(heard)
        await over.wait()
        _call_all(heard)
    finally:
        connection.terminate()


def _call_all(heard: Mapping[str, Callable[[], None]]) -> None:
    for call in heard.values():
        call()
