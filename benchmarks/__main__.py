"""The command line: `python -m benchmarks`, which `make bench` runs."""

import asyncio
import json
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from types import FrameType
from typing import Annotated

import typer

from benchmarks.data import HUNDRED_THOUSAND, postgres_database, sqlite_database
from benchmarks.environments import EnvironmentMissingError
from benchmarks.issuer import Issuer
from benchmarks.measure import Load, Measurement, Sample
from benchmarks.operations import OPERATIONS
from benchmarks.places import RESULTS, WORK
from benchmarks.report import Medians, against_prototype, comparison
from benchmarks.servers import ON_SQLITE, SERVERS, Running, Server, ServerError, chosen, running
from benchmarks.subject import Subject, read_subject
from benchmarks.wrk import WrkError, find_wrk
from clientela.clock import utc_now

CONNECTIONS = (1, 32)
SETTINGS = {"postgresql": "PostgreSQL", "sqlite": "SQLite"}


def main(
    seconds: Annotated[float, typer.Option(help="How long each server is under each load in a round.")] = 2,
    rounds: Annotated[int, typer.Option(min=1, help="How many rounds; the tables have medians.")] = 3,
    servers: Annotated[str, typer.Option(help="Only these, by short name, with commas.")] = "",
    operations: Annotated[str, typer.Option(help="Only these operations: one,list,nested,update,typename.")] = "",
    postgres: Annotated[
        str, typer.Option(help="The server to make databases on.")
    ] = "postgresql://postgres@127.0.0.1:5432",
    sqlite: Annotated[bool, typer.Option(help="Whether to measure on SQLite too.")] = True,
    save: Annotated[bool, typer.Option(help="Whether to write the tables and the chart to results/.")] = True,
) -> None:
    """Measures Clientela next to its peers."""
    signal.signal(signal.SIGTERM, _end)
    WORK.mkdir(exist_ok=True)
    began = time.monotonic()
    wanted = [one for one in OPERATIONS if not operations or one.key in operations.split(",")]
    loads = [Load(operation, connections) for operation in wanted for connections in CONNECTIONS]
    samples: list[Sample] = []
    try:
        find_wrk()
        candidates = chosen(servers) if servers else SERVERS
        subject = asyncio.run(_subject(asyncio.run(postgres_database(postgres, HUNDRED_THOUSAND))))
        samples += _measure("postgresql", subject, candidates, loads, seconds, rounds)
        if sqlite:
            subject = asyncio.run(_subject(asyncio.run(sqlite_database(HUNDRED_THOUSAND))))
            kept = [server for server in candidates if server in ON_SQLITE]
            samples += _measure("sqlite", subject, kept, loads, seconds, rounds)
    except (ServerError, WrkError) as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(1) from None
    (WORK / "samples.json").write_text(json.dumps([sample.as_dict() for sample in samples], indent=1), "utf-8")
    text = _text(samples)
    sys.stdout.write(text)
    if save:
        RESULTS.mkdir(exist_ok=True)
        (RESULTS / "results.md").write_text(text, "utf-8")
    sys.stderr.write(f"took {time.monotonic() - began:.0f} seconds\n")


def _text(samples: list[Sample]) -> str:
    parts = [f"# Measured on {utc_now().date().isoformat()}", ""]
    for setting, title in SETTINGS.items():
        medians = Medians(sample for sample in samples if sample.setting == setting)
        if medians.connections:
            parts.append(comparison(title, medians))
            parts += [against_prototype(medians)] if setting == "sqlite" else []
    return "\n".join(parts)


async def _subject(url: str) -> Subject:
    return await read_subject(url, 1)


def _measure(
    setting: str,
    subject: Subject,
    servers: Sequence[Server],
    loads: list[Load],
    seconds: float,
    rounds: int,
) -> list[Sample]:
    issuer = Issuer()
    operations = list(dict.fromkeys(load.operation for load in loads))
    with ExitStack() as stack:
        stack.enter_context(issuer.published())
        measurement = Measurement(setting, subject, issuer.token(subject.person), seconds)
        up: list[Running] = []
        for server in servers:
            try:
                up.append(stack.enter_context(running(server, subject, issuer)))
            except (EnvironmentMissingError, ServerError, OSError) as error:
                measurement.refuse(server.label, operations, str(error))
        measurement.admit(up, operations)
        measurement.run(up, loads, rounds)
    return measurement.samples


def _end(_signal: int, _frame: FrameType | None) -> None:
    # As Ctrl+C does, so that every server that was started is ended.
    raise KeyboardInterrupt


if __name__ == "__main__":
    typer.run(main)
