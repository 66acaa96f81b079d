"""Rounds: each server once under each load, again and again, so that all of them meet the same weather."""

import asyncio
import math
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from benchmarks.check import WrongAnswerError, check_read, check_update
from benchmarks.operations import UPDATE, Operation
from benchmarks.servers import Running
from benchmarks.subject import Subject, count_updates, forget_updates, read_profiles, settled_updates
from benchmarks.wrk import SPARE, Counted, Job, WrkError, read_job, run_wrk, update_job

WARM_UP_SECONDS = 2
"""For compilers at run time, pools and caches; not counted."""

HEADERS_AT_MOST = 1_000  # bytes

ANSWERS_A_CONNECTION, LONGEST_SECONDS = 8, 8
"""A slow server is timed for longer, until each connection had so many answers: what is under way at the end is not
counted, and at 40 answers a second it would be a fifth of two seconds."""


@dataclass(frozen=True)
class Sample:
    """One server under one load, once.

    Attributes:
        setting: Which part of the run, e.g. `postgresql`.
        server: The server's label.
        operation: The operation's key.
        connections: How many connections sent at once.
        round: From 1; None where the server was not timed.
        per_second: Requests a second.
        p50: Median latency in milliseconds.
        p99: 99th percentile of it.
        cpu: Share of one core that the server took, 1.0 for all of it.
        rss: Its resident memory in MB afterwards.
        fault: Why it was not timed, or what was wrong with the run; empty where all is well.
    """

    setting: str
    server: str
    operation: str
    connections: int
    round: int | None
    per_second: float = 0.0
    p50: float = 0.0
    p99: float = 0.0
    cpu: float = 0.0
    rss: float = 0.0
    fault: str = ""

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


@dataclass(frozen=True)
class Load:
    """An operation at a number of connections."""

    operation: Operation
    connections: int


class Measurement:
    """Times the servers that passed the check, and collects what came out."""

    def __init__(self, setting: str, subject: Subject, token: str, seconds: float) -> None:
        self._setting = setting
        self._subject = subject
        self._token = token
        self._seconds = seconds
        self._lengths: dict[tuple[str, str], float] = {}
        self._rates: dict[tuple[str, str], float] = {}
        self.samples: list[Sample] = []

    def admit(self, servers: Iterable[Running], operations: Sequence[Operation]) -> None:
        """Checks each server's answers and warms it up; who is wrong is reported and stays out of that operation."""
        for server in servers:
            for operation in operations:
                try:
                    self._lengths[server.server.key, operation.key] = self._check(server, operation)
                    warm = run_wrk(self._job(server, operation, 8), 8, WARM_UP_SECONDS)
                    self._rates[server.server.key, operation.key] = warm.per_second
                except (WrongAnswerError, WrkError, ValueError, KeyError, TypeError) as error:
                    self.refuse(server.server.label, [operation], f"{type(error).__name__}: {error}")

    def refuse(self, label: str, operations: Iterable[Operation], reason: str) -> None:
        """Notes that a server is not timed."""
        sys.stderr.write(f"NOT TIMED: {label}: {reason}\n")
        for operation in operations:
            self.samples.append(Sample(self._setting, label, operation.key, 0, None, fault=reason[:300]))

    def run(self, servers: Sequence[Running], loads: Sequence[Load], rounds: int) -> None:
        """Times all servers, one after the other under each load, round by round."""
        for number in range(1, rounds + 1):
            self.run_round(servers, loads, number)

    def run_round(self, servers: Sequence[Running], loads: Sequence[Load], number: int) -> None:
        """One of the rounds."""
        if any(load.operation.key == UPDATE.key for load in loads):
            asyncio.run(forget_updates(self._subject))
        for load in loads:
            # Each round begins with another server, so that none always comes after the same.
            turn = number % max(len(servers), 1)
            for server in (*servers[turn:], *servers[:turn]):
                if (server.server.key, load.operation.key) in self._lengths:
                    self._time(server, load, number)

    def _check(self, server: Running, operation: Operation) -> float:
        if operation.key != UPDATE.key:
            return check_read(server, operation, self._subject, self._token)
        before = asyncio.run(settled_updates(self._subject))
        profile = asyncio.run(read_profiles(self._subject, 1))[0]
        check_update(server, profile, self._token)
        written = asyncio.run(count_updates(self._subject)) - before
        if written != 1:
            raise WrongAnswerError(f"an update wrote {written} lines of the activity log")
        return 0.0

    def _job(self, server: Running, operation: Operation, connections: int) -> Job:
        api = server.server.api
        if operation.key != UPDATE.key:
            return read_job(server.port, api, operation, self._subject, self._token)
        asyncio.run(settled_updates(self._subject))
        profiles = asyncio.run(read_profiles(self._subject, connections * SPARE))
        return update_job(server.port, api, operation, profiles, self._token)

    def _time(self, server: Running, load: Load, number: int) -> None:
        job = self._job(server, load.operation, load.connections)
        updates = load.operation.key == UPDATE.key
        lines = asyncio.run(count_updates(self._subject)) if updates else 0
        cpu = server.cpu_seconds()
        counted = run_wrk(job, load.connections, self._long_enough(server, load))
        cpu = (server.cpu_seconds() - cpu) / counted.seconds
        if updates:
            lines = asyncio.run(settled_updates(self._subject)) - lines
        sample = Sample(
            setting=self._setting,
            server=server.server.label,
            operation=load.operation.key,
            connections=load.connections,
            round=number,
            per_second=counted.per_second,
            p50=counted.p50,
            p99=counted.p99,
            cpu=cpu,
            rss=server.memory_bytes() / 1e6,
            fault=self._fault(server, load, counted, lines),
        )
        self.samples.append(sample)
        sys.stderr.write(
            f"{self._setting} round {number} {load.operation.key} at {load.connections} {server.server.label}: "
            f"{sample.per_second:.0f}/s p50 {sample.p50:.2f} p99 {sample.p99:.2f} ms {sample.fault}\n"
        )

    def _long_enough(self, server: Running, load: Load) -> float:
        rate = max(self._rates[server.server.key, load.operation.key], 1)
        wanted = math.ceil(load.connections * ANSWERS_A_CONNECTION / rate)
        return max(self._seconds, min(wanted, LONGEST_SECONDS))

    def _fault(self, server: Running, load: Load, counted: Counted, lines: int) -> str:
        if counted.faults:
            return f"{counted.faults} of {counted.requests} requests failed"
        if load.operation.key == UPDATE.key:
            # wrk cuts off what is under way at its end; those may have been written.
            if not counted.requests <= lines <= counted.requests + load.connections:
                return f"{counted.requests} answers, {lines} lines of the activity log"
            return ""
        length = self._lengths[server.server.key, load.operation.key]
        if not length * 0.9 <= counted.bytes_each <= length * 1.1 + HEADERS_AT_MOST:
            return f"answers of {counted.bytes_each:.0f} bytes where the checked one has {length:.0f}"
        return ""
