"""A million requests, a hundred thousand of the documents never seen before: does the server's memory stay flat?

Run as `make soak`.
"""

import asyncio
import sys
from dataclasses import replace
from typing import Annotated, Any

import typer

from benchmarks.data import HUNDRED_THOUSAND, postgres_database, sqlite_database
from benchmarks.operations import FIELDS, LIST, NESTED, ONE, UPDATE, VALUE
from benchmarks.places import WORK
from benchmarks.servers import CLIENTELA, Running, end_servers_on_signals, running
from benchmarks.stages import issuing
from benchmarks.subject import Subject, forget_updates, read_profiles, read_subject, settled_updates
from benchmarks.wrk import SPARE, Counted, mixed_job, run_wrk, update_job

CONNECTIONS = 16
PAGE = 10
SLICE_SECONDS = 10
MOST_GROWTH_MB = 20
WARM_UP = 60_000
"""Requests after which caches are full and pools open; memory is compared with what it is then."""


def main(
    requests: Annotated[
        int, typer.Option(min=1000, help="How many at least; a tenth of that carry unique documents.")
    ] = 10**6,
    sqlite: Annotated[bool, typer.Option(help="On SQLite instead of PostgreSQL.")] = False,
    postgres: Annotated[str, typer.Option(help="The database server.")] = "postgresql://postgres@127.0.0.1:5432",
) -> None:
    """Sends mixed requests to Clientela and fails where its resident memory grows by 20 MB or more."""
    end_servers_on_signals()
    WORK.mkdir(exist_ok=True)
    url = asyncio.run(sqlite_database(HUNDRED_THOUSAND) if sqlite else postgres_database(postgres, HUNDRED_THOUSAND))
    subject = asyncio.run(read_subject(url, 1))
    with issuing() as issuer, running(CLIENTELA, subject, issuer) as server:
        soak = Soak(server, subject, issuer.token(subject.person))
        soak.send(WARM_UP)
        before, unique, faults = server.memory_bytes(), soak.unique, soak.faults
        soak.sent = 0
        soak.send(requests)
        growth = (server.memory_bytes() - before) / 1e6
    asyncio.run(forget_updates(subject))
    sys.stdout.write(
        f"{soak.sent:,} requests, {soak.unique - unique:,} of them with documents never seen before, "
        f"{soak.updates:,} updates, {soak.faults - faults} faults: resident memory {before / 1e6:.1f} MB before, "
        f"{growth:+.1f} MB after\n"
    )
    raise SystemExit(growth >= MOST_GROWTH_MB or soak.faults > faults)


class Soak:
    """Sends, and counts what was sent."""

    def __init__(self, server: Running, subject: Subject, token: str) -> None:
        self._server = server
        self._subject = subject
        self._token = token
        self._value = 0
        self.sent = 0
        self.unique = 0
        self.updates = 0
        self.faults = 0

    def send(self, requests: int) -> None:
        """Slices of reads, and after every ninth one of updates, until there were so many, a tenth of them unique."""
        goal, unique = self.sent + requests, self.unique + requests // 10
        number = 0
        while self.sent < goal or self.unique < unique:
            number += 1
            if number % 10:
                counted = self._reads()
                # Those that were answered; the numbers of those that were cut off are not used again either.
                self.unique += counted.requests // len(self._bodies())
                self._value += counted.requests + CONNECTIONS
            else:
                counted = self._updates()
                self.updates += counted.requests
            self.sent += counted.requests
            self.faults += counted.faults
            sys.stderr.write(
                f"{self.sent:,} requests, {self.faults} faults, {self._server.memory_bytes() / 1e6:.1f} MB\n"
            )

    def _reads(self) -> Counted:
        job = mixed_job(self._server.port, "/graphql", self._bodies(), self._token, self._value)
        return run_wrk(job, CONNECTIONS, SLICE_SECONDS)

    def _updates(self) -> Counted:
        asyncio.run(settled_updates(self._subject))
        profiles = asyncio.run(read_profiles(self._subject, CONNECTIONS * SPARE))
        job = update_job(self._server.port, self._server.server.api, UPDATE, profiles, self._token)
        counted = run_wrk(job, CONNECTIONS, SLICE_SECONDS)
        asyncio.run(settled_updates(self._subject))
        return counted

    def _bodies(self) -> list[dict[str, Any]]:
        """Ten, the last of which is a document that never came before."""
        api, subject = self._server.server.api, self._subject
        one = api.bodies(ONE, subject)
        return [
            *one[:3],
            api.bodies(replace(LIST, first=PAGE), subject)[0],
            api.bodies(replace(NESTED, first=PAGE), subject)[0],
            {"query": "{ __typename }"},
            {"query": "{ viewer { name roles } }"},
            # Introspection takes another way through the server.
            {"query": '{ __type(name: "Customer") { fields { name } } }'},
            {"query": "{ customers(first: 5) { nodes { id domains } } }"},
            {
                "query": f"query Unique{VALUE}($id: ID!) {{ customer(id: $id) {{ {FIELDS} }} }}",
                "variables": one[3]["variables"],
            },
        ]


if __name__ == "__main__":
    typer.run(main)
