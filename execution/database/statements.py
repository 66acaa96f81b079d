"""SQLAlchemy statements as a driver takes them: text, parameters in order, and what its raw rows mean."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import ClauseElement, Dialect
from sqlalchemy import Row as NamedRow
from sqlalchemy.engine.result import SimpleResultMetaData
from sqlalchemy.util import LRUCache

from execution.database.values import Process, bind_processor, result_processor
from execution.in_place import written

if TYPE_CHECKING:
    from sqlalchemy.sql.compiler import SQLCompiler

SHAPES = 500
"""How many shapes of statements are kept compiled; a shape is a statement without its values."""

Row = Sequence[Any]
"""Values of one row, as the driver has them."""


Call = Callable[[Mapping[str, Any]], tuple[str, Row]]
"""From values by parameter name to a text, and the values as a driver takes them."""


class Executed:
    """What a statement brought.

    Attributes:
        rowcount: How many rows it inserted, updated or deleted; 0 for a SELECT.
    """

    __slots__ = ("_rows", "rowcount")

    def __init__(self, rows: Sequence[NamedRow[Any]], rowcount: int = 0) -> None:
        self._rows = rows
        self.rowcount = rowcount

    def first(self) -> Any:  # noqa: ANN401 - a row of any columns
        """The first row; None where there is none."""
        return self._rows[0] if self._rows else None

    def all(self) -> Sequence[NamedRow[Any]]:
        """All rows, in the statement's order."""
        return self._rows

    def scalars(self) -> Iterator[Any]:
        """The first value of each row."""
        return (row[0] for row in self._rows)

    def scalar_one(self) -> Any:  # noqa: ANN401 - a value of any type
        """The first value of the one row."""
        (row,) = self._rows
        return row[0]


class _Shape:
    """What all statements of one shape share.

    Attributes:
        compiled: As SQLAlchemy compiled it.
        call: From values by parameter name to the text and the driver's values, in the order of the parameters.
        writes: Whether it changes rows and returns none.
        table: The table that it changes; empty where it changes none.
    """

    def __init__(self, compiled: "SQLCompiler", dialect: Dialect) -> None:
        self.compiled = compiled
        self._dialect = dialect
        names = compiled.positiontup or ()
        processes = [bind_processor(compiled.binds[name].type, dialect) for name in names]
        self.call = _calling(compiled.string, names, processes)
        self.writes = (compiled.isinsert or compiled.isupdate or compiled.isdelete) and not compiled.effective_returning
        self.table: str = compiled.statement.table.name if self.writes else ""  # type: ignore[union-attr] # DML has one

    @cached_property
    def meaning(self) -> SimpleResultMetaData:
        """The names of its columns."""
        return SimpleResultMetaData([found.keyname for found in self.compiled._result_columns])

    @cached_property
    def processes(self) -> Sequence[Any] | None:
        """What makes Python's value of each column; None where every column already has it."""
        found = tuple(result_processor(column.type, self._dialect) for column in self.compiled._result_columns)
        return found if any(found) else None


def _calling(sql: str, names: Sequence[str], processes: Sequence[Process | None]) -> Call:
    """What makes a driver's row of parameters from values by name: Python of its own, for commands have twenty."""
    known: dict[str, object] = {"sql": sql}

    def named(found: object) -> str:
        name = f"known{len(known)}"
        known[name] = found
        return name

    lines = [f"    v{place} = given[{name!r}]" for place, name in enumerate(names)]
    row = [
        f"v{place}" if process is None else f"({written(process, f'v{place}', named)})"
        for place, process in enumerate(processes)
    ]
    code = "\n".join(["def call(given):", *lines, f"    return sql, [{', '.join(row)}]"])
    exec(code, known)  # noqa: S102 - of parameters' names, quoted
    return cast("Call", known["call"])


class Statement:
    """Text for one driver and how to bind it; compiled once, run as often as needed.

    Attributes:
        writes: Whether it changes rows and returns none.
        table: The table that it changes; empty where it changes none.
        call: Text and parameters of one call, from Python values by parameter name; those that the statement brought
            itself may be left out.
    """

    def __init__(self, shape: _Shape, values: Mapping[str, Any]) -> None:
        self.writes = shape.writes
        self.table = shape.table
        self._shape = shape
        self.call: Call = shape.call
        # No methods: a statement that held itself would be left to the search for garbage.
        if shape.compiled.post_compile_params:
            self.call = partial(_expanded, shape, values)
        elif values:
            self.call = partial(_with_its_own, shape, values)

    def result(self, raw: Sequence[Row]) -> Executed:
        """Raw rows as SQLAlchemy's own, with Python values."""
        meaning, processes = self._shape.meaning, self._shape.processes
        places = meaning._key_to_index
        return Executed([NamedRow(meaning, processes, places, row) for row in raw])


def _with_its_own(shape: _Shape, own: Mapping[str, Any], values: Mapping[str, Any]) -> tuple[str, Row]:
    return shape.call({**own, **values})


def _expanded(shape: _Shape, own: Mapping[str, Any], values: Mapping[str, Any]) -> tuple[str, Row]:
    # An IN over a list has as many placeholders as the list has members.
    compiled = shape.compiled
    parameters = {name: values.get(name, value) for name, value in own.items()} | dict(values)
    expanded = compiled._process_parameters_for_postcompile(parameters)
    parameters.update(expanded.additional_parameters)
    processes = cast("dict[str, Process]", {**compiled._bind_processors, **expanded.processors})
    bound = [
        processes[name](parameters[name]) if name in processes else parameters[name]
        for name in expanded.positiontup or ()
    ]
    return expanded.statement, bound


class Statements:
    """Statements for one database: one that is met again, itself or another of its shape, is not compiled again.

    Attributes:
        dialect: The database's.
    """

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self._compiled: LRUCache[Any, Any] = LRUCache(SHAPES)
        self._shapes: LRUCache[SQLCompiler, _Shape] = LRUCache(SHAPES)
        # By identity: the statements of commands live as long as the process and are found without their shape. Not in
        # the order of their use, which would cost more than to find the shape of each again now and then.
        self._met: dict[ClauseElement, Statement] = {}

    def prepare(self, statement: ClauseElement) -> Statement:
        """The statement as the driver takes it, with the values that it brought."""
        prepared = self._met.get(statement)
        if prepared is None:
            found, extracted, _, _ = statement._compile_w_cache(
                self.dialect, compiled_cache=self._compiled, column_keys=[]
            )
            compiled = cast("SQLCompiler", found)
            values = compiled.construct_params(
                extracted_parameters=extracted, escape_names=False, _check=False, _no_postcompile=True
            )
            given = {name: value for name, value in values.items() if not compiled.binds[name].required}
            given |= {column.key: cast("Any", column.default).arg for column in compiled.insert_prefetch}
            shape = self._shapes.get(compiled)
            if shape is None:
                shape = self._shapes[compiled] = _Shape(compiled, self.dialect)
            if len(self._met) >= SHAPES:
                self._met.clear()
            prepared = self._met[statement] = Statement(shape, given)
        return prepared
