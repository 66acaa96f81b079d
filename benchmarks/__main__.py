"""The command line: `python -m benchmarks`, which `make bench` runs."""

import asyncio
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.data import HUNDRED_THOUSAND, THREE_SIZES, TWO_SIZES, postgres_database, sqlite_database
from benchmarks.environments import EnvironmentMissingError, python_environment
from benchmarks.measure import Load, Sample
from benchmarks.operations import OPERATIONS
from benchmarks.places import HERE, RESULTS, WORK
from benchmarks.report import report
from benchmarks.servers import ON_SQLITE, SERVERS, ServerError, chosen, end_servers_on_signals
from benchmarks.stages import CONNECTIONS, Pace, compare, compare_pages, compare_partners, compare_workers
from benchmarks.subject import Subject, read_subject
from benchmarks.wrk import WrkError, find_wrk

STAGES = ("postgresql", "sqlite", "growth")


def main(
    seconds: Annotated[int, typer.Option(min=1, help="How long each server is under each load in a round.")] = 2,
    rounds: Annotated[int, typer.Option(min=1, help="How many rounds; the tables have medians.")] = 3,
    servers: Annotated[str, typer.Option(help="Only these, by short name, with commas.")] = "",
    operations: Annotated[str, typer.Option(help="Only these operations: one,list,nested,update,typename.")] = "",
    stages: Annotated[str, typer.Option(help="Only these parts.")] = ",".join(STAGES),
    million: Annotated[
        bool, typer.Option(help="Growth up to a partner of a million customers; filling takes five minutes, once.")
    ] = False,
    postgres: Annotated[
        str, typer.Option(help="The server to make databases on.")
    ] = "postgresql://postgres@127.0.0.1:5432",
) -> None:
    """Measures Clientela next to its peers. A whole run writes its tables and chart to results/, a part to .work/."""
    end_servers_on_signals()
    WORK.mkdir(exist_ok=True)
    began = time.monotonic()
    wanted = [one for one in OPERATIONS if not operations or one.key in operations.split(",")]
    loads = [Load(operation, connections) for operation in wanted for connections in CONNECTIONS]
    pace = Pace(seconds, rounds)
    samples: list[Sample] = []
    try:
        find_wrk()
        candidates = chosen(servers) if servers else SERVERS
        if "postgresql" in stages:
            samples += compare("postgresql", _on_postgres(postgres), candidates, loads, pace)
        if "sqlite" in stages:
            subject = asyncio.run(_subject(asyncio.run(sqlite_database(HUNDRED_THOUSAND))))
            kept = [server for server in candidates if server in ON_SQLITE]
            samples += compare("sqlite", subject, kept, loads, pace)
        if "growth" in stages:
            samples += _growth(postgres, pace, million=million)
    except (ServerError, WrkError) as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(1) from None
    raw = WORK / "samples.json"
    raw.write_text(json.dumps([sample.as_dict() for sample in samples], indent=1), "utf-8")
    text = report(samples, pace)
    sys.stdout.write(text)
    whole = not servers and not operations and stages == ",".join(STAGES)
    folder = RESULTS if whole else WORK
    (folder / "results.md").write_text(text, "utf-8")
    _draw(folder)
    sys.stderr.write(f"took {time.monotonic() - began:.0f} seconds; all figures are in {raw}\n")


def _on_postgres(server: str) -> Subject:
    return asyncio.run(_subject(asyncio.run(postgres_database(server, HUNDRED_THOUSAND))))


async def _subject(url: str, partner: int = 1) -> Subject:
    return await read_subject(url, partner)


def _growth(server: str, pace: Pace, *, million: bool) -> list[Sample]:
    subject = _on_postgres(server)
    samples = compare_pages(subject, pace)
    samples += compare_workers(subject, pace)
    world = THREE_SIZES if million else TWO_SIZES
    url = asyncio.run(postgres_database(server, world))
    sizes = {size: asyncio.run(_subject(url, partner)) for partner, size in world.partners.items()}
    return samples + compare_partners(sizes, pace)


def _draw(folder: Path) -> None:
    try:
        python = python_environment()
    except EnvironmentMissingError as error:
        sys.stderr.write(f"no chart: {error}\n")
        return
    subprocess.run([python, HERE / "chart.py", WORK / "samples.json", folder / "results.png"], check=True)


if __name__ == "__main__":
    typer.run(main)
