"""The tables: medians over the rounds, ratios in front."""

import os
import platform
from collections.abc import Iterable, Sequence
from statistics import median

from benchmarks.measure import Sample
from benchmarks.operations import OPERATIONS, PAGES
from benchmarks.servers import BARE, CLIENTELA, SERVERS, STOCK
from benchmarks.stages import GROWTH, PAGE_LENGTHS, WORKERS, Pace
from clientela.clock import utc_now

Floors = dict[str, dict[str, float]]
"""What is to be reached, by label and operation: Clientela's requests/s over another's, at the most connections."""

ON_POSTGRESQL: Floors = {
    STOCK.label: {"one": 25, "list": 25, "nested": 20, "update": 12, "typename": 12},
    BARE.label: {"one": 1.0, "list": 1.3, "nested": 1.3, "update": 0.9, "typename": 0.7},
    "Mercurius with JIT": {"one": 0.6, "list": 1.0, "nested": 1.3, "update": 0.9, "typename": 0.4},
    "PostGraphile 5": {"one": 1.5, "list": 2.2, "nested": 2.0, "update": 0.9, "typename": 0.9},
}
ON_SQLITE: Floors = {BARE.label: {"update": 0.9}}
# Requests/s that a prototype answered on SQLite at 32 connections, and stock Strawberry beside it on the same day; two
# thirds of the prototype's are to be reached.
PROTOTYPE = {"one": (12_374, 569), "list": (3_194, 147), "nested": (887, 38), "update": (7_332, 294)}


class Medians:
    """The medians of the samples of one setting."""

    def __init__(self, samples: Iterable[Sample]) -> None:
        self._samples = list(samples)
        self.connections = sorted({sample.connections for sample in self._samples if sample.round})
        labels = {sample.server for sample in self._samples}
        self.labels = [server.label for server in SERVERS if server.label in labels]
        keys = {sample.operation for sample in self._samples}
        self.operations = [operation for operation in (*OPERATIONS, *PAGES) if operation.key in keys]

    def of(self, server: str, operation: str, connections: int, figure: str) -> float | None:
        """A median; None where the server was not timed.

        Args:
            server: Its label.
            operation: Its key.
            connections: How many.
            figure: An attribute of a sample.
        """
        found = [
            getattr(sample, figure)
            for sample in self._samples
            if (sample.server, sample.operation, sample.connections) == (server, operation, connections)
            and sample.round
        ]
        return median(found) if found else None

    def ratio(self, other: str, operation: str, connections: int) -> float | None:
        """Clientela's requests/s over another server's; None where one of the two was not timed."""
        ours = self.of(CLIENTELA.label, operation, connections, "per_second")
        theirs = self.of(other, operation, connections, "per_second")
        return ours / theirs if ours and theirs else None

    def faults(self) -> list[str]:
        """What went wrong, in words."""
        return sorted({f"{one.server}, {one.operation}: {one.fault}" for one in self._samples if one.fault})


def report(samples: Sequence[Sample], pace: Pace) -> str:
    """All tables of a run, as Markdown.

    Args:
        samples: What was measured.
        pace: How long each was, and how many rounds there were.
    """
    by_setting: dict[str, list[Sample]] = {}
    for sample in samples:
        by_setting.setdefault(sample.setting, []).append(sample)
    parts = [
        f"# Measured on {utc_now().date().isoformat()}",
        "",
        f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}; "
        f"medians of {pace.rounds} rounds of {pace.seconds:g} seconds each.",
        "",
    ]
    if "postgresql" in by_setting:
        parts.append(comparison("PostgreSQL", Medians(by_setting["postgresql"]), ON_POSTGRESQL))
    if "sqlite" in by_setting:
        on_sqlite = Medians(by_setting["sqlite"])
        parts += [comparison("SQLite", on_sqlite, ON_SQLITE), against_prototype(on_sqlite)]
    if PAGE_LENGTHS in by_setting:
        parts.append(comparison("Longer pages, PostgreSQL", Medians(by_setting[PAGE_LENGTHS]), {}))
    for kind, title in ((GROWTH, "Customers of the partner"), (WORKERS, "Processes of Clientela")):
        found = {key.partition(" ")[2]: rows for key, rows in by_setting.items() if key.startswith(f"{kind} ")}
        if found:
            parts.append(_growth(title, {key: Medians(found[key]) for key in sorted(found, key=int)}))
    return "\n".join(parts)


def comparison(title: str, medians: Medians, floors: Floors) -> str:
    """A setting's tables: ratios, then the figures they come from."""
    parts = [f"## {title}", ""]
    most = medians.connections[-1] if medians.connections else 0
    others = [label for label in medians.labels if label != CLIENTELA.label]
    if CLIENTELA.label in medians.labels and others:
        header = [f"Clientela's requests/s, {most} connections", *(f"over {label}" for label in others)]
        rows = [
            [operation.label, *(_ratio(medians, other, operation.key, most, floors) for other in others)]
            for operation in medians.operations
        ]
        parts += [*_table(header, rows), ""]
    for operation in medians.operations:
        header = [operation.label]
        for connections in medians.connections:
            header += [f"{connections} conn.: requests/s", "p50 ms", "p99 ms", "CPU %"]
        rows = [[label, *_figures(medians, label, operation.key)] for label in medians.labels]
        parts += [*_table([*header, "RSS MB"], rows), ""]
    if faults := medians.faults():
        parts += ["Faults:", "", *(f"- {fault}" for fault in faults), ""]
    return "\n".join(parts)


def against_prototype(medians: Medians) -> str:
    """On SQLite: requests/s against two thirds of what the prototype answered, and the same as multiples of stock.

    Machines differ from day to day; what differs with them is left out of the multiples.
    """
    most = medians.connections[-1] if medians.connections else 0
    rows = []
    for operation in medians.operations:
        found = medians.of(CLIENTELA.label, operation.key, most, "per_second")
        if found and operation.key in PROTOTYPE:
            prototype, stock = PROTOTYPE[operation.key]
            floor, multiple = prototype * 2 / 3, prototype * 2 / 3 / stock
            ratio = medians.ratio(STOCK.label, operation.key, most)
            beside = (
                ["", ""] if ratio is None else [f"{ratio:.1f}", _judged(f"{multiple:.1f}", reached=ratio >= multiple)]
            )
            rows.append([operation.label, f"{found:,.0f}", _judged(f"{floor:,.0f}", reached=found >= floor), *beside])
    header = ["Clientela on SQLite", "requests/s", "two thirds of the prototype", "over stock", "two thirds of its"]
    return "\n".join([*_table(header, rows), ""])


def _growth(title: str, medians: dict[str, Medians]) -> str:
    parts = [f"## {title}", ""]
    first = next(iter(medians.values()))
    for operation in first.operations:
        header = [f"{title}: {operation.label}"]
        for connections in first.connections:
            header += [f"{connections} conn.: requests/s", "p50 ms", "p99 ms", "CPU %"]
        rows = [[f"{int(key):,}", *_figures(found, CLIENTELA.label, operation.key)] for key, found in medians.items()]
        parts += [*_table([*header, "RSS MB"], rows), ""]
    for key, found in medians.items():
        parts += [f"- {key}: {fault}" for fault in found.faults()]
    return "\n".join(parts)


def _figures(medians: Medians, label: str, operation: str) -> list[str]:
    cells = []
    for connections in medians.connections:
        cells += [
            _number(medians.of(label, operation, connections, "per_second"), "{:,.0f}"),
            _number(medians.of(label, operation, connections, "p50"), "{:.2f}"),
            _number(medians.of(label, operation, connections, "p99"), "{:.2f}"),
            _number(medians.of(label, operation, connections, "cpu"), "{:.0%}").rstrip("%"),
        ]
    last = medians.connections[-1] if medians.connections else 0
    return [*cells, _number(medians.of(label, operation, last, "rss"), "{:.0f}")]


def _ratio(medians: Medians, other: str, operation: str, connections: int, floors: Floors) -> str:
    found = medians.ratio(other, operation, connections)
    if found is None:
        return "not timed"
    floor = floors.get(other, {}).get(operation)
    shown = f"**{found:.1f}**" if found >= 10 else f"**{found:.2f}**"
    return shown if floor is None else f"{shown} ({_judged(f'{floor:g}', reached=found >= floor)})"


def _judged(floor: str, *, reached: bool) -> str:
    return f"{floor} reached" if reached else f"{floor} missed"


def _number(value: float | None, form: str) -> str:
    return "–" if value is None else form.format(value)  # noqa: RUF001 - a dash for nothing


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    rule = ["---", *("---:" for _ in header[1:])]
    return [f"| {' | '.join(cells)} |" for cells in (header, rule, *rows)]
