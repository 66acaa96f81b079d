"""SQLAlchemy statements as a driver takes them: text, parameters in order, and what its raw rows mean."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self, cast

import orjson
from sqlalchemy import ClauseElement, Dialect
from sqlalchemy import types as sql
from sqlalchemy.engine import IteratorResult
from sqlalchemy.engine.result import SimpleResultMetaData
from sqlalchemy.types import TypeEngine
from sqlalchemy.util import LRUCache

if TYPE_CHECKING:
    from sqlalchemy.sql.compiler import SQLCompiler

SHAPES = 500
"""How many shapes of statements are kept compiled; a shape is a statement without its values."""

Row = Sequence[Any]
"""Values of one row, as the driver has them."""

Process = Callable[[Any], Any]
NOTHING = SimpleResultMetaData([])


class Executed(IteratorResult[Any]):
    """What a statement brought: SQLAlchemy's result of its rows.

    Attributes:
        rowcount: How many rows it inserted, updated or deleted; 0 for a SELECT.
    """

    rowcount = 0

    @classmethod
    def of_change(cls, rowcount: int) -> Self:
        """The result of a statement that returns no rows."""
        result = cls(NOTHING, iter(()))
        result.rowcount = rowcount
        return result


class _Shape:
    """What all statements of one shape share.

    Attributes:
        compiled: As SQLAlchemy compiled it.
        order: The parameters in their order, and what makes a driver's value of each.
        writes: Whether it changes rows and returns none.
        table: The table that it changes; empty where it changes none.
    """

    def __init__(self, compiled: "SQLCompiler", dialect: Dialect) -> None:
        self.compiled = compiled
        self._dialect = dialect
        processes = cast("dict[str, Process]", compiled._bind_processors)
        self.order = [(name, processes.get(name)) for name in compiled.positiontup or ()]
        self.writes = (compiled.isinsert or compiled.isupdate or compiled.isdelete) and not compiled.effective_returning
        self.table: str = compiled.statement.table.name if self.writes else ""  # type: ignore[union-attr] # DML has one

    @cached_property
    def meaning(self) -> SimpleResultMetaData:
        """The names of its columns."""
        return SimpleResultMetaData([found.keyname for found in self.compiled._result_columns])

    @cached_property
    def processes(self) -> list[Process | None]:
        """What makes Python's value of each column; empty where every column already has it."""
        found = [result_processor(column.type, self._dialect) for column in self.compiled._result_columns]
        return found if any(found) else []


class Statement:
    """Text for one driver and how to bind it; compiled once, run as often as needed.

    Attributes:
        sql: The text, with the driver's own placeholders.
        writes: Whether it changes rows and returns none.
        table: The table that it changes; empty where it changes none.
    """

    def __init__(self, shape: _Shape, values: Mapping[str, Any]) -> None:
        self.sql = shape.compiled.string
        self.writes = shape.writes
        self.table = shape.table
        self._shape = shape
        self._values = values

    def call(self, values: Mapping[str, Any]) -> tuple[str, list[Any]]:
        """Text and parameters of one call.

        Args:
            values: Python values by parameter name; those that the statement brought itself may be left out.
        """
        if self._shape.compiled.post_compile_params:
            return self._expanded(values)
        own, bound = self._values, []
        for name, process in self._shape.order:
            value = values[name] if name in values else own[name]
            bound.append(value if process is None else process(value))
        return self.sql, bound

    def result(self, raw: Sequence[Row]) -> Executed:
        """Raw rows as SQLAlchemy's own, with Python values."""
        processes = self._shape.processes
        if not processes:
            return Executed(self._shape.meaning, iter([tuple(row) for row in raw]))
        rows = [
            tuple(value if process is None else process(value) for value, process in zip(row, processes, strict=True))
            for row in raw
        ]
        return Executed(self._shape.meaning, iter(rows))

    def _expanded(self, values: Mapping[str, Any]) -> tuple[str, list[Any]]:
        # An IN over a list has as many placeholders as the list has members.
        compiled = self._shape.compiled
        parameters = {name: values.get(name, own) for name, own in self._values.items()} | dict(values)
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
        # By identity: the statements of commands live as long as the process and are found without their shape.
        self._met: LRUCache[ClauseElement, Statement] = LRUCache(SHAPES)

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
            prepared = self._met[statement] = Statement(shape, given)
        return prepared


def result_processor(kind: TypeEngine[Any], dialect: Dialect) -> Process | None:
    """From a driver's value of a column to Python's; None where it already is."""
    stored = kind.dialect_impl(dialect)
    if isinstance(stored, sql.JSON):
        # Either driver gives JSON as its text.
        return lambda value: None if value is None else orjson.loads(value)
    return stored.result_processor(dialect, None)
