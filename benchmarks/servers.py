"""The servers: how each is started, one process each, and ended by its process id."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
import psutil

from benchmarks.environments import node_environment, python_environment
from benchmarks.issuer import Issuer
from benchmarks.operations import Api, Bare, Contract
from benchmarks.places import NODE_MODULES, PEERS, REPOSITORY, VENV, WORK
from benchmarks.postgraphile import Postgraphile
from benchmarks.subject import Subject

START_SECONDS = 60
END_SECONDS = 10


class ServerError(Exception):
    """A server did not start; the message ends with what it said."""


@dataclass(frozen=True)
class Server:
    """A kind of server.

    Attributes:
        key: Short name, for options and files.
        label: As the tables have it.
        command: The process, without the port.
        port: How the port is told: an option before it, or the name of an environment variable.
        api: How it is asked.
        environment: What it is told beside database and subject.
        install: Installs what it needs, where it is not there yet.
        sql: Statements that its database needs.
    """

    key: str
    label: str
    command: tuple[str, ...]
    port: str
    api: Api
    environment: Mapping[str, str] = field(default_factory=dict)
    install: Callable[[], object] | None = None
    sql: Path | None = None


@dataclass(frozen=True)
class Running:
    """A server that runs."""

    server: Server
    port: int
    process: psutil.Process

    def cpu_seconds(self) -> float:
        """Processor time that it has taken so far, its children's included."""
        times = [one.cpu_times() for one in self._family()]
        return float(sum(one.user + one.system for one in times))

    def memory_bytes(self) -> int:
        """Its resident memory, its children's included."""
        return int(sum(one.memory_info().rss for one in self._family()))

    def _family(self) -> list[psutil.Process]:
        return [self.process, *self.process.children(recursive=True)]


def _uvicorn(python: Path | str, app: str) -> tuple[str, ...]:
    options = ("--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning")
    return (str(python), "-m", "uvicorn", f"benchmarks.peers.{app}:app", *options)


def _node(program: str) -> tuple[str, ...]:
    return (str(NODE_MODULES / ".bin" / "node"), str(PEERS / program))


CLIENTELA = Server(
    "clientela", "Clientela", (sys.executable, "-m", "clientela.cli", "serve"), "CLIENTELA_PORT", Contract()
)
STOCK = Server("stock", "stock Strawberry", _uvicorn(sys.executable, "strawberry_stock"), "--port", Contract())
CACHED = Server(
    "cached",
    "Strawberry with caches and orjson",
    _uvicorn(sys.executable, "strawberry_stock"),
    "--port",
    Contract(),
    {"PEER_CACHES": "1"},
)
BARE = Server("starlette", "bare Starlette, no GraphQL", _uvicorn(sys.executable, "starlette_bare"), "--port", Bare())
ARIADNE = Server(
    "ariadne",
    "Ariadne",
    _uvicorn(VENV / "bin" / "python", "ariadne_stock"),
    "--port",
    Contract(),
    install=python_environment,
)
POSTGRAPHILE = Server(
    "postgraphile",
    "PostGraphile 5",
    _node("postgraphile.mjs"),
    "PEER_PORT",
    Postgraphile(),
    install=node_environment,
    sql=PEERS / "postgraphile.sql",
)
MERCURIUS = Server(
    "mercurius", "Mercurius with JIT", _node("mercurius.mjs"), "PEER_PORT", Contract(), install=node_environment
)
SERVERS = (CLIENTELA, STOCK, CACHED, ARIADNE, POSTGRAPHILE, MERCURIUS, BARE)
ON_SQLITE = (CLIENTELA, STOCK, BARE)


def chosen(names: str) -> tuple[Server, ...]:
    """The servers of a list of short names, in the order of the tables.

    Raises:
        ServerError: There is no such server.
    """
    wanted = {name.strip() for name in names.split(",")}
    unknown = wanted - {server.key for server in SERVERS}
    if unknown:
        keys = ", ".join(server.key for server in SERVERS)
        raise ServerError(f"There is no server {', '.join(sorted(unknown))}. Choose from {keys}.")
    return tuple(server for server in SERVERS if server.key in wanted)


def end_servers_on_signals() -> None:
    """Makes Ctrl+C and a request to end raise an exception, on whose way out every server is ended by its id.

    Ctrl+C is named too: a process that a shell started in the background ignores it.
    """
    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, signal.default_int_handler)


@contextmanager
def running(server: Server, subject: Subject, issuer: Issuer) -> Iterator[Running]:
    """Starts a server on a free port, and ends it.

    Args:
        server: Which.
        subject: Its database, and the partner that a peer answers for.
        issuer: Whom Clientela trusts.

    Raises:
        ServerError: It did not listen within a minute.
        EnvironmentMissingError: What it needs could not be installed.
    """
    if server.install is not None:
        server.install()
    if server.sql is not None:
        asyncio.run(_execute(subject.url, server.sql.read_text("utf-8")))
    port = _free_port()
    command = [*server.command, server.port, str(port)] if server.port.startswith("-") else list(server.command)
    environment = {**os.environ, **_environment(subject, issuer), **server.environment}
    if not server.port.startswith("-"):
        environment |= {server.port: str(port)}
    log = WORK / f"{server.key}.log"
    with log.open("w") as output:
        # Not from the repository for Clientela: a developer's .env there would be read.
        cwd = WORK if server is CLIENTELA else REPOSITORY
        process = subprocess.Popen(command, cwd=cwd, env=environment, stdout=output, stderr=output)
    try:
        _wait_until_it_listens(process, port, log)
        yield Running(server, port, psutil.Process(process.pid))
    finally:
        _end(process)


async def _execute(url: str, statements: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(statements)
    await connection.close()


def _environment(subject: Subject, issuer: Issuer) -> dict[str, str]:
    scheme, rest = subject.url.split("://", 1)
    driver = {"postgresql": "postgresql+asyncpg", "sqlite": "sqlite+aiosqlite"}[scheme]
    return {
        "CLIENTELA_DATABASE_URL": subject.url,
        "CLIENTELA_DATA_DIR": str(WORK / "clientela"),
        "CLIENTELA_ISSUERS": issuer.settings(),
        "CLIENTELA_SECRET_KEY": "not a secret: the benchmark's own",
        # Every limit is on and counted; those of rates would end a run that one person sends from one address.
        "CLIENTELA_RATE_USER_POINTS": "1000000000000",
        "CLIENTELA_RATE_USER_MUTATIONS": "1000000000000",
        "CLIENTELA_RATE_APPLICATION_POINTS": "1000000000000",
        "CLIENTELA_RATE_APPLICATION_MUTATIONS": "1000000000000",
        "CLIENTELA_RATE_ADDRESS_POINTS": "1000000000000",
        "CLIENTELA_RATE_ADDRESS_MUTATIONS": "1000000000000",
        "PEER_DATABASE_URL": f"{driver}://{rest}",
        "PEER_PARTNER_ID": str(subject.person.tenant_id),
        "PEER_ACTOR_ID": str(subject.person.id),
        "NODE_ENV": "production",
        "GRAPHILE_ENV": "production",
    }


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _wait_until_it_listens(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise ServerError(f"does not listen; it said:\n{log.read_text('utf-8', 'replace')[-2000:]}")


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
