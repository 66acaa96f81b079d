"""The parts of a run: the comparison on each database, and how Clientela's answers grow."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace

from benchmarks.environments import EnvironmentMissingError
from benchmarks.issuer import Issuer
from benchmarks.measure import Load, Measurement, Sample
from benchmarks.operations import LIST, ONE, PAGES
from benchmarks.servers import BARE, CLIENTELA, STOCK, Running, Server, ServerError, running
from benchmarks.subject import Subject
from benchmarks.wrk import finish, read_job, start

CONNECTIONS = (1, 32)
GROWTH = "growth"
PAGE_LENGTHS = "pages"
WORKERS = "workers"


@dataclass(frozen=True)
class Pace:
    """How long and how often."""

    seconds: float
    rounds: int


@contextmanager
def issuing() -> Iterator[Issuer]:
    """An issuer whose keys Clientela can fetch."""
    issuer = Issuer()
    with issuer.published():
        yield issuer


def compare(
    setting: str, subject: Subject, servers: Sequence[Server], loads: Sequence[Load], pace: Pace
) -> list[Sample]:
    """All servers at once, idle but the one under load.

    Args:
        setting: Names the part of the run.
        subject: Whose customers are asked for.
        servers: Which; one that does not start is reported and left out.
        loads: Operations, each at a number of connections.
        pace: How long and how often.
    """
    operations = list(dict.fromkeys(load.operation for load in loads))
    with ExitStack() as stack:
        issuer = stack.enter_context(issuing())
        measurement = Measurement(setting, subject, issuer.token(subject.person), pace.seconds)
        up: list[Running] = []
        for server in servers:
            try:
                up.append(stack.enter_context(running(server, subject, issuer)))
            except (EnvironmentMissingError, ServerError, OSError) as error:
                measurement.refuse(server.label, operations, str(error))
        measurement.admit(up, operations)
        measurement.run(up, loads, pace.rounds)
    return measurement.samples


def compare_pages(subject: Subject, pace: Pace) -> list[Sample]:
    """Pages of several lengths."""
    loads = [Load(page, connections) for page in PAGES for connections in CONNECTIONS]
    return compare(PAGE_LENGTHS, subject, (CLIENTELA, STOCK, BARE), loads, pace)


def compare_partners(subjects: dict[int, Subject], pace: Pace) -> list[Sample]:
    """One server, partners of several sizes in one database, in turn.

    Args:
        subjects: By how many customers they have.
        pace: How long and how often.
    """
    samples: list[Sample] = []
    with ExitStack() as stack:
        issuer = stack.enter_context(issuing())
        first = next(iter(subjects.values()))
        server = stack.enter_context(running(CLIENTELA, first, issuer))
        loads = [Load(operation, connections) for operation in (ONE, LIST) for connections in CONNECTIONS]
        measurements = []
        for size, subject in subjects.items():
            measurement = Measurement(f"{GROWTH} {size}", subject, issuer.token(subject.person), pace.seconds)
            measurement.admit([server], [ONE, LIST])
            measurements.append(measurement)
        for number in range(1, pace.rounds + 1):
            for measurement in measurements:
                measurement.run_round([server], loads, number)
        for measurement in measurements:
            samples += measurement.samples
    return samples


def compare_workers(subject: Subject, pace: Pace) -> list[Sample]:
    """One process, then two on a port each with half of the connections each."""
    samples: list[Sample] = []
    with ExitStack() as stack:
        issuer = stack.enter_context(issuing())
        token = issuer.token(subject.person)
        processes = [stack.enter_context(running(CLIENTELA, subject, issuer)) for _ in range(2)]
        for process in processes:
            Measurement(WORKERS, subject, token, pace.seconds).admit([process], [ONE, LIST])
        for number in range(1, pace.rounds + 1):
            for operation in (ONE, LIST):
                for count in (1, 2):
                    load = Load(operation, CONNECTIONS[-1])
                    samples.append(replace(_together(processes[:count], subject, token, load, pace), round=number))
    return samples


def _together(processes: Sequence[Running], subject: Subject, token: str, load: Load, pace: Pace) -> Sample:
    cpu = sum(process.cpu_seconds() for process in processes)
    jobs = [read_job(one.port, one.server.api, load.operation, subject, token) for one in processes]
    runs = [start(job, load.connections // len(jobs), pace.seconds) for job in jobs]
    counted = [finish(run) for run in runs]
    faults = sum(one.faults for one in counted)
    return Sample(
        setting=f"{WORKERS} {len(processes)}",
        server=CLIENTELA.label,
        operation=load.operation.key,
        connections=load.connections,
        round=None,
        per_second=sum(one.per_second for one in counted),
        p50=max(one.p50 for one in counted),
        p99=max(one.p99 for one in counted),
        cpu=(sum(process.cpu_seconds() for process in processes) - cpu) / max(one.seconds for one in counted),
        rss=sum(process.memory_bytes() for process in processes) / 1e6,
        fault=f"{faults} requests failed" if faults else "",
    )
