"""Where rows of one object kind come from."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar, runtime_checkable

from sqlalchemy import ColumnElement, Row, Select

Rows = Select[*tuple[Any, ...]]
"""A SELECT of any columns."""

RowT = TypeVar("RowT", bound=tuple[Any, ...])


class Viewer(Protocol):
    """Who looks, as far as statements need to know."""

    @property
    def kind(self) -> Hashable:
        """What decides the shape of a visibility SELECT."""

    @property
    def binds(self) -> Mapping[str, Any]:
        """Values of the parameters that every visibility SELECT may name."""


@runtime_checkable
class PrefixedKey(Protocol):
    """An attribute of a row type that is a text before the hex digits of a UUID column: ids of most rows.

    Attributes:
        prefix: The text.
        key: From a row to the UUID, by reading one column and nothing else.
    """

    prefix: str
    key: Callable[[Any], Any]


@dataclass(frozen=True, eq=False, slots=True)
class Source(Generic[RowT]):
    """One object kind: the SELECT that says which rows a viewer may see, and the row type that holds them.

    Attributes:
        row: A NamedTuple class; its fields are labels of the SELECT's columns, its first ones in their order.
        visible: From a viewer's kind to the SELECT of all rows that it may see. Nothing reads round it.
        key: The label of the column that identifies a row.
    """

    row: Callable[..., RowT]
    visible: Callable[[Any], Rows]
    key: str = "id"

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of the columns that make a row; the SELECT may have more, for rows to be found by."""
        fields: tuple[str, ...] = self.row._fields  # type: ignore[attr-defined]
        return fields

    def select(self, viewer: Viewer) -> Rows:
        """The rows that the viewer may see."""
        return self.visible(viewer.kind)

    def rows(self, raw: Sequence[Row[Any]]) -> list[RowT]:
        """Raw rows of the SELECT as typed rows."""
        return [self.row(*row) for row in raw]


def column(statement: Rows, label: str) -> ColumnElement[Any]:
    """The expression behind a label of a SELECT, fit for WHERE and ORDER BY."""
    selected = statement.selected_columns[label]
    return getattr(selected, "element", selected)
