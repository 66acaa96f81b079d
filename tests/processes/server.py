"""Servers as operators run them: processes of their own, real sockets, an end by signal."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from clientela.database import make_engine
from clientela.settings import Settings
from tests.clients import Answer

HOME = Path(__file__).parents[2]
SECONDS_TO_START = 90
HANDED_ON = (
    *("smtp_host", "smtp_port", "smtp_security", "mail_from"),
    *("body_seconds", "header_seconds", "keep_alive_seconds", "max_header_bytes", "shutdown_seconds", "drain_seconds"),
    *("request_seconds", "statement_seconds", "lock_seconds", "stream_send_seconds"),
    *("database_pool_size", "queue_length"),
    *("rate_user_mutations", "rate_application_mutations", "rate_address_mutations"),
)


def command(*words: str) -> list[str]:
    """The command line of this checkout."""
    return [sys.executable, "-m", "clientela.cli", *words]


NOT_HANDED_ON = ("CLIENTELA_", "PORT", "PYTHONDONTWRITEBYTECODE")
"""Beginnings of variables' names; without the last, each of the servers would compile all modules anew."""


def environment(**settings: object) -> dict[str, str]:
    """This process's environment without settings of the server's, but for those given by their name."""
    bare = {name: value for name, value in os.environ.items() if not name.startswith(NOT_HANDED_ON)}
    return {**bare, "PYTHONPATH": str(HOME), **{f"CLIENTELA_{name}": str(value) for name, value in settings.items()}}


def settings_of(settings: Settings) -> dict[str, str]:
    """The environment of a server on the same database, with the same development keys, mail relay and end."""
    assert settings.database_url is not None
    more = {name.upper(): getattr(settings, name) for name in HANDED_ON if getattr(settings, name) is not None}
    return environment(DATABASE_URL=settings.database_url.get_secret_value(), DATA_DIR=settings.data_dir, **more)


@dataclass
class Server:
    """A running server process.

    Attributes:
        process: The process.
        url: Where it serves.
        http: A client of it.
    """

    process: subprocess.Popen[bytes]
    url: str
    http: httpx.AsyncClient
    _tokens: dict[str, str] = field(default_factory=dict)

    async def token(self, name: str) -> str:
        """A development token for a person."""
        if name not in self._tokens:
            response = await self.http.post("/development/token", json={"as": name})
            self._tokens[name] = response.json()["token"]
        return self._tokens[name]

    async def ask(self, name: str, document: str, **variables: Any) -> Answer:
        """Sends a document as a person."""
        headers = {"Authorization": f"Bearer {await self.token(name)}"}
        body = {"query": document, "variables": variables}
        response = await self.http.post("/graphql", json=body, headers=headers)
        return Answer(response.status_code, response.headers, response.json())

    def kill(self) -> None:
        """Ends the process at once, as a power cut would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


@contextmanager
def launched(env: dict[str, str], log: Path, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    """A server process that may not serve yet; stopped at the end if it still runs."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command(*(words or ("demo", "--port", "0"))), env=env, cwd=log.parent, stdout=output, stderr=output
        )
        try:
            yield process
        finally:
            if process.poll() is None:
                process.terminate()
            process.wait(timeout=60)


@contextmanager
def started(env: dict[str, str], log: Path, *words: str) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """A server process and where it serves."""
    with launched(env, log, *words) as process:
        yield process, _await_url(process, log)


def _await_url(process: subprocess.Popen[bytes], log: Path) -> str:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline and process.poll() is None:
        if match := re.search(r"http://127\.0\.0\.1:\d+(?=/graphql)", log.read_text()):
            url = match[0]
            try:
                httpx.get(f"{url}/healthz").raise_for_status()
            except httpx.HTTPError:
                pass
            else:
                return url
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=0.02)
    raise AssertionError(f"the server did not start:\n{log.read_text()}")


@asynccontextmanager
async def served(settings: Settings, log: Path) -> AsyncIterator[Server]:
    """A `demo` process on a database."""
    with launched(settings_of(settings), log) as process:
        async with _reached(process, log) as server:
            yield server


@asynccontextmanager
async def _reached(process: subprocess.Popen[bytes], log: Path) -> AsyncIterator[Server]:
    url, limits = _await_url(process, log), httpx.Limits(max_connections=40)
    async with httpx.AsyncClient(base_url=url, timeout=30, limits=limits) as http:
        yield Server(process, url, http)


@dataclass
class Deployment:
    """Server processes on one database, and a look at that database behind them."""

    servers: tuple[Server, ...]
    database: AsyncEngine

    async def rows(self, statement: str, **parameters: Any) -> list[Any]:
        """Rows straight from the database."""
        async with self.database.connect() as connection:
            return list((await connection.execute(text(statement), parameters)).all())


@asynccontextmanager
async def deployed(settings: Settings, folder: Path, processes: int = 1) -> AsyncIterator[Deployment]:
    """One process on a database, or several that start together."""
    database, logs = make_engine(settings), [folder / f"{number}.log" for number in range(processes)]
    try:
        async with AsyncExitStack() as stack:
            begun = [stack.enter_context(launched(settings_of(settings), log)) for log in logs]
            servers = [
                await stack.enter_async_context(_reached(process, log))
                for process, log in zip(begun, logs, strict=True)
            ]
            yield Deployment(tuple(servers), database)
    finally:
        await database.dispose()
