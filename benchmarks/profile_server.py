"""Where Clientela's time goes under load: py-spy's samples, by the part of the program that runs.

Run as `python -m benchmarks.profile_server --operation list`.
"""

import asyncio
import re
import subprocess
import sys
from collections import Counter
from typing import Annotated

import typer

from benchmarks.data import HUNDRED_THOUSAND, postgres_database, sqlite_database
from benchmarks.environments import python_environment
from benchmarks.operations import OPERATIONS, UPDATE
from benchmarks.places import REPOSITORY, VENV, WORK
from benchmarks.servers import CLIENTELA, Running, end_servers_on_signals, running
from benchmarks.stages import issuing
from benchmarks.subject import read_profiles, read_subject, settled_updates
from benchmarks.wrk import SPARE, finish, read_job, run_wrk, start, update_job

WARM_UP_SECONDS = 3
RATE = 400  # samples a second
FRAME = re.compile(r"(?P<function>.+?) \((?P<file>[^():]+)(?::(?P<line>\d+))?\)")
ROOMS = ("clientela", "schema", "execution", "resolvers", "policy", "models")


def main(
    operation: Annotated[str, typer.Option(help="One of one, list, nested, update, typename.")] = "list",
    seconds: Annotated[int, typer.Option(min=3, help="How long.")] = 10,
    connections: Annotated[int, typer.Option(min=1, help="How many.")] = 32,
    lines: Annotated[int, typer.Option(min=1, help="How many functions are listed.")] = 30,
    native: Annotated[bool, typer.Option(help="Functions of extension modules too (slower).")] = False,
    sqlite: Annotated[bool, typer.Option(help="On SQLite instead of PostgreSQL.")] = False,
    postgres: Annotated[str, typer.Option(help="The database server.")] = "postgresql://postgres@127.0.0.1:5432",
) -> None:
    """Prints microseconds of a request by group of functions, and the functions that take the most."""
    end_servers_on_signals()
    WORK.mkdir(exist_ok=True)
    python_environment()
    chosen = next(one for one in OPERATIONS if one.key == operation)
    url = asyncio.run(sqlite_database(HUNDRED_THOUSAND) if sqlite else postgres_database(postgres, HUNDRED_THOUSAND))
    subject = asyncio.run(read_subject(url, 1))
    with issuing() as issuer, running(CLIENTELA, subject, issuer) as server:
        token, api = issuer.token(subject.person), server.server.api
        if chosen is UPDATE:
            profiles = asyncio.run(read_profiles(subject, connections * SPARE))
            run_wrk(update_job(server.port, api, chosen, profiles, token), connections, WARM_UP_SECONDS)
            asyncio.run(settled_updates(subject))
            profiles = asyncio.run(read_profiles(subject, connections * SPARE))
            job = update_job(server.port, api, chosen, profiles, token)
        else:
            job = read_job(server.port, api, chosen, subject, token)
            run_wrk(job, connections, WARM_UP_SECONDS)
        load = start(job, connections, seconds + 2)
        stacks, spent = _record(server, seconds, native=native)
        counted = finish(load)
    requests = counted.per_second * seconds
    sys.stdout.write(
        f"{chosen.label}: {counted.per_second:,.0f} requests/s while it was watched, {counted.faults} faults, "
        f"{spent / requests * 1e6:.0f} µs of processor each\n\n"
    )
    _print(stacks, spent / requests * 1e6, lines)


def _record(server: Running, seconds: int, *, native: bool) -> tuple[Counter[tuple[str, ...]], float]:
    output = WORK / "profile.txt"
    # Ahead of all others, and without stopping the process: else it is looked at where the system lets it be stopped or
    # puts it aside, which is at its calls, and those would seem to take all its time.
    options = (
        f"record --nonblocking --pid {server.process.pid} --rate {RATE} --duration {seconds} --format raw --output"
    )
    command = ["chrt", "--fifo", "1", str(VENV / "bin" / "py-spy"), *options.split(), str(output)]
    command += ["--native"] if native else []
    before = server.cpu_seconds()
    outcome = subprocess.run(command, capture_output=True, text=True, check=False)
    spent = server.cpu_seconds() - before
    if outcome.returncode != 0:
        sys.stderr.write(
            f"py-spy failed; it needs the rights to trace processes and to run ahead of them:\n{outcome.stderr}\n"
        )
        raise SystemExit(1)
    stacks: Counter[tuple[str, ...]] = Counter()
    for line in output.read_text("utf-8", "replace").splitlines():
        stack, _, count = line.rpartition(" ")
        # A look may fall into a change of what it looks at, and then shows nothing that there is.
        if count.isdecimal() and "\0" not in stack:
            stacks[tuple(stack.split(";"))] += int(count)
    return stacks, spent


def _print(stacks: Counter[tuple[str, ...]], microseconds: float, lines: int) -> None:
    total = stacks.total()
    groups: Counter[str] = Counter()
    own: Counter[str] = Counter()
    within: Counter[str] = Counter()
    for stack, count in stacks.items():
        groups[_group(stack[-1])] += count
        own[_function(stack[-1])] += count
        for function in {_function(frame) for frame in stack}:
            within[function] += count
    for title, found, shown in (
        ("By group, without what it calls", groups, len(groups)),
        ("Functions, without what they call", own, lines),
        # What every sample is in says nothing.
        ("Functions, with what they call", Counter({k: n for k, n in within.items() if n < total}), lines),
    ):
        sys.stdout.write(f"{title}\n")
        for name, count in found.most_common(shown):
            sys.stdout.write(f"{count / total:7.1%} {count / total * microseconds:8.1f} µs  {name}\n")
        sys.stdout.write("\n")


def _group(frame: str) -> str:
    """Our own files one by one, packages of others as a whole."""
    match = FRAME.fullmatch(frame)
    file = match["file"] if match else ""
    path = file.removeprefix(f"{REPOSITORY}/")
    if path.startswith(ROOMS):
        return path
    if "site-packages/" in path:
        path = path.partition("site-packages/")[2]
    package = path.partition("/")[0]
    if path.startswith("<") or not file:
        return "generated code and frames without a file"
    return package if path == file.removeprefix("/") or "/" in path else path


def _function(frame: str) -> str:
    match = FRAME.fullmatch(frame)
    if match is None:
        return frame
    return f"{match['function']} ({match['file'].removeprefix(f'{REPOSITORY}/').rpartition('site-packages/')[2]})"


if __name__ == "__main__":
    typer.run(main)
