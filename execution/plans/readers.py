"""How generated code reads an object's attributes: off a raw row of a SELECT, or off a Python object."""

import dis
from collections import namedtuple
from collections.abc import Callable
from copy import copy
from types import FunctionType
from typing import Any, Protocol

from sqlalchemy import Dialect, FromClause, Join
from sqlalchemy import types as sql
from sqlalchemy.types import TypeEngine

from execution.database.values import result_processor
from execution.plans.outcomes import Unplannable
from execution.source import PrefixedKey, Rows, Source, column

Namespace = dict[str, Any]


class Reader(Protocol):
    """Names expressions for an object's attributes.

    Attributes:
        gather: The loops of a comprehension that bind the objects' variable to each of them in turn; None where
            nothing says how to come by all of them before the response is built.
    """

    gather: str | None

    def leaf(self, attribute: str) -> tuple[str, TypeEngine[Any] | None, bool]:
        """An expression for a value of the response; its column type, None for Python's; whether it may be null."""

    def key(self, attribute: str) -> str:
        """An expression for a value that other rows are found by."""

    def place(self, attribute: str) -> str:
        """Where that value stands: the label of a column, or an expression for the values of all objects, a list."""

    def whole(self, names: frozenset[str] | None) -> str:
        """An expression for an object with at least these attributes as Python values; None for all."""


class RowReader:
    """Reads off rows whose columns it asks for as it goes.

    Attributes:
        labels: The columns that are needed so far, in the order in which the SELECT must have them.
    """

    gather: str | None = None

    def __init__(self, source: Source[Any], statement: Rows, dialect: Dialect, names: Namespace) -> None:
        self._row: Any = source.row
        selected = {found.name: column(statement, found.name) for found in statement.selected_columns}
        self._columns = {label: found.type for label, found in selected.items()}
        outer = _outer_joined(statement)
        self._nullable = {
            label
            for label, found in selected.items()
            if getattr(found, "nullable", True) or getattr(found, "table", None) in outer
        }
        self._dialect = dialect
        self._names = names
        self._prefix = ""
        self.labels: list[str] = []

    def within(self, source: Source[Any], prefix: str | None) -> "RowReader | None":
        """A reader of another row whose columns stand in the same SELECT under the prefix; None where they do not."""
        if prefix is None or not all(self.place(prefix + label) in self._columns for label in source.labels):
            return None
        inner = copy(self)
        inner._row, inner._prefix = source.row, self._prefix + prefix
        return inner

    def variable(self, label: str) -> str:
        """The generated variable that holds a column."""
        place = self.place(label)
        if place not in self._columns:
            raise Unplannable(f"{place} is no column")
        if place not in self.labels:
            self.labels.append(place)
        return f"c_{place}"

    def place(self, attribute: str) -> str:
        """The label of its column."""
        return self._prefix + attribute

    def leaf(self, attribute: str) -> tuple[str, TypeEngine[Any] | None, bool]:
        """The column itself, or a property of the row type over the columns that it reads."""
        place = self.place(attribute)
        if place in self._columns and attribute in self._row._fields:
            return self.variable(attribute), self._columns[place], place in self._nullable
        function = getattr(self._row, attribute)
        if isinstance(function, PrefixedKey):
            return self._prefixed(function), sql.String(), False
        if not isinstance(function, property) or not isinstance(function.fget, FunctionType):
            raise Unplannable(f"{attribute} is neither column nor property")
        return f"{self.whole(_read_by(function.fget))}.{attribute}", None, True

    def _prefixed(self, text: PrefixedKey) -> str:
        label, *more = _read_by(text.key) or [""]  # type: ignore[arg-type] # a method's own function
        if more or not self._always_uuid(label):
            raise Unplannable(f"{label} is no UUID that is always there")
        return f"f'{text.prefix}{{{self._digits(label)}}}'"

    def in_cursor(self, label: str) -> str:
        """A column's value as cursors have it."""
        return self._digits(label) if self._always_uuid(label) else self.python(label)

    def _always_uuid(self, label: str) -> bool:
        self.variable(label)
        place = self.place(label)
        return place not in self._nullable and isinstance(self._columns[place], sql.Uuid)

    def _digits(self, label: str) -> str:
        # SQLite keeps the hex digits themselves.
        variable = self.variable(label)
        return f"{variable}.hex" if self._dialect.name == "postgresql" else variable

    def key(self, attribute: str) -> str:
        """The raw column."""
        return self.variable(attribute)

    def whole(self, names: frozenset[str] | None) -> str:
        """A small object of the row type's properties over just these columns; a row where more may be read."""
        if names is None or not all(self.place(name) in self._columns for name in names):
            labels, kind = list(self._row._fields), self._row
        else:
            labels = sorted(names)
            kind = _partial(self._row, tuple(labels))
        name = f"{self._prefix}row_{'_'.join(labels)}"
        self._names[name] = kind
        return f"{name}({', '.join(self.python(label) for label in labels)})"

    def python(self, label: str) -> str:
        """A column as a Python value."""
        variable, kind = self.variable(label), self._columns[self.place(label)]
        process = result_processor(kind, self._dialect)
        if process is None:
            return variable
        self._names[f"python_{variable}"] = process
        return f"python_{variable}({variable})"


class ObjectReader:
    """Reads off a Python object."""

    def __init__(self, variable: str, gather: str | None) -> None:
        self._variable = variable
        self.gather = gather

    def leaf(self, attribute: str) -> tuple[str, TypeEngine[Any] | None, bool]:
        """The attribute."""
        return f"{self._variable}.{attribute}", None, True

    def key(self, attribute: str) -> str:
        """The attribute."""
        return f"{self._variable}.{attribute}"

    def place(self, attribute: str) -> str:
        """The values of all objects."""
        if self.gather is None:
            raise Unplannable("rows below an object that is computed")
        return f"[{self._variable}.{attribute} {self.gather}]"

    def whole(self, names: frozenset[str] | None) -> str:
        """The object."""
        return self._variable


def attributes_read(function: Callable[..., Any], parameter: str) -> frozenset[str] | None:
    """The attributes that a function reads of a parameter; None where it does more with it than read."""
    code = getattr(function, "__code__", None)
    if code is None or parameter not in code.co_varnames[: code.co_argcount] or parameter in code.co_cellvars:
        return None
    found = set()
    instructions = list(dis.get_instructions(function))
    for instruction, following in zip(instructions, [*instructions[1:], None], strict=True):
        names = instruction.argval if isinstance(instruction.argval, tuple) else (instruction.argval,)
        if "FAST" in instruction.opname and parameter in names:
            if len(names) > 1 or "LOAD" not in instruction.opname or following is None:
                return None
            if following.opname != "LOAD_ATTR":
                return None
            found.add(str(following.argval))
    return frozenset(found)


def _read_by(function: FunctionType) -> frozenset[str] | None:
    return attributes_read(function, function.__code__.co_varnames[0])


def _partial(row: type, labels: tuple[str, ...]) -> type:
    properties = {name: value for name, value in vars(row).items() if isinstance(value, property | PrefixedKey)}
    return type(f"Partial{row.__name__}", (namedtuple("Partial", labels),), properties)


def _outer_joined(statement: Rows) -> set[FromClause]:
    # Their columns are null where the join finds nothing, whatever the tables say.
    found: set[FromClause] = set()
    joins = [join for join in statement.get_final_froms() if isinstance(join, Join)]
    while joins:
        join = joins.pop()
        if join.isouter or join.full:
            found.update(join.right._from_objects)
        if join.full:
            found.update(join.left._from_objects)
        joins += [side for side in (join.left, join.right) if isinstance(side, Join)]
    return found
