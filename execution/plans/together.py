"""A page and the rows below it in one statement, for databases to which a statement is a round trip.

The statement is a UNION ALL of the page and of each kind of rows below it. All have the same columns: a part puts its
own where one of their type stands, and NULL into the others; the last column is the number of the part.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Dialect, Integer, cast, literal_column, null, select, union_all
from sqlalchemy.types import TypeEngine

from execution.database.statements import Row
from execution.plans.operation import Operation
from execution.plans.steps import Build, Led, RowsByKey, Run, follow
from execution.selections import among_rows
from execution.source import Rows

LENGTH_OR_ORDER = re.compile(r"\([^)]*\)| COLLATE .*")
PAGE = 0
"""The number of the page among the parts, which comes first."""


class Columns:
    """The columns that all parts share."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._kinds: list[TypeEngine[Any]] = []
        self._names: list[str] = []

    def places(self, kinds: Sequence[TypeEngine[Any]]) -> list[int]:
        """Where a part's own columns stand, by their types; a column more for each that finds none of its type."""
        taken: list[int] = []
        for kind in kinds:
            # A text of any length or order is as good as another: nothing is compared.
            name = LENGTH_OR_ORDER.sub("", kind.compile(self._dialect))
            free = (place for place, known in enumerate(self._names) if known == name and place not in taken)
            place = next(free, len(self._names))
            if place == len(self._names):
                self._names.append(name)
                self._kinds.append(kind)
            taken.append(place)
        return taken

    def variables(self, places: Sequence[int], names: Sequence[str]) -> list[str]:
        """What generated code unpacks a row into."""
        found = dict(zip(places, names, strict=True))
        return [found.get(place, "_") for place in range(len(self._names) + 1)]

    def selected(self, number: int, places: Sequence[int], own: Sequence[ColumnElement[Any]]) -> list[Any]:
        """A part's columns, as its SELECT has them."""
        found: dict[int, ColumnElement[Any]] = dict(zip(places, own, strict=True))
        whole = [found.get(place, cast(null(), kind)) for place, kind in enumerate(self._kinds)]
        return [one.label(f"c{place}") for place, one in enumerate([*whole, literal_column(str(number), Integer())])]


class _Part(NamedTuple):
    step: RowsByKey
    place: int
    places: list[int]
    build: Build


class Together:
    """A page whose rows below come with it.

    Attributes:
        saved: How many statements fewer that is.
        build: Builds the page from its part of the rows.
    """

    def __init__(
        self,
        operation: Operation,
        labels: Sequence[str],
        kinds: Sequence[TypeEngine[Any]],
        led: Sequence[Led],
        builder: Callable[[Sequence[str]], Build],
    ) -> None:
        self._led = led
        self._columns = Columns(operation.dialect)
        self._places = self._columns.places(kinds)
        steps = [(one.step, one.place) for one in led if isinstance(one.step, RowsByKey)]
        taken = [self._columns.places([column.type for column in step.columns]) for step, _ in steps]
        self._parts = [
            _Part(step, place, places, step.builder(self._columns.variables(places, step.variables)))
            for (step, place), places in zip(steps, taken, strict=True)
        ]
        self.saved = len(self._parts)
        self.build = builder(self._columns.variables(self._places, [f"c_{label}" for label in labels]))

    def asked(self, run: Run) -> tuple[tuple[Any, ...], list[dict[str, Any]]]:
        """The arguments of the fields below, as a key for statements and as they are."""
        asked = [part.step.asked(run) for part in self._parts]
        return tuple(shape for shape, _ in asked), [given for _, given in asked]

    def statement(self, page: Callable[[], Rows], shown: ColumnElement[int], given: Sequence[dict[str, Any]]) -> Any:  # noqa: ANN401 - any SELECT
        """The statement.

        Args:
            page: Makes the SELECT of the page.
            shown: How many of its rows are shown, and looked below.
            given: The arguments of the fields below.
        """
        first = page().cte("page")
        columns = list(first.c)
        parts: list[Any] = [select(*self._columns.selected(PAGE, self._places, columns))]
        for number, (part, arguments) in enumerate(zip(self._parts, given, strict=True), 1):
            keys = select(columns[part.place]).limit(shown)
            own = partial(self._columns.selected, number, part.places)
            parts.append(part.step.narrowed(partial(among_rows, keys=keys), arguments, own))
        return union_all(*parts)

    def split(self, rows: Sequence[Row]) -> list[Sequence[Row]]:
        """The rows of each part."""
        # The parts come one after the other, each in its own order.
        ends = [bisect_left(rows, number, key=_number) for number in range(1, len(self._parts) + 1)]
        return [rows[start:end] for start, end in zip([0, *ends], [*ends, len(rows)], strict=True)]

    async def below(self, run: Run, page: Sequence[Row], parts: Sequence[Sequence[Row]]) -> list[Mapping[Any, Any]]:
        """What the keys of a page lead to: of the parts that came with it, and of whatever else is to be read."""
        came = iter(zip(self._parts, parts, strict=True))
        found = []
        for led in self._led:
            if isinstance(led.step, RowsByKey):
                part, rows = next(came)
                found.append(part.build(run, rows, *await follow(run, part.step.led, rows)))
            else:
                found += await follow(run, [led], page)
        return found


def _number(row: Row) -> int:
    number: int = row[-1]
    return number
