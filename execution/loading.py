"""Finding rows by key: one statement for all rows of a list that ask, whatever their number."""

from collections.abc import Callable
from typing import Any

from execution.selections import among_keys
from execution.source import Rows, RowT, Source, column
from execution.unit import Unit


async def find(unit: Unit, source: Source[RowT], key: Any, *, by: str | None = None) -> RowT | None:  # noqa: ANN401 - keys are of any type
    """The visible row whose column equals the key; None where there is none.

    Args:
        unit: The unit of work; what is asked for in one turn becomes one statement.
        source: Where to look.
        key: The value to find; None finds nothing.
        by: Label of the column; the source's key when left out.
    """
    if key is None:
        return None
    label = by or source.key

    async def load(keys: list[Any]) -> list[RowT | None]:
        found = await _rows_by(unit, source, label, keys)
        return [next(iter(found[key]), None) for key in keys]

    row: RowT | None = await unit.loader((source, label, "one"), load).load(key)
    return row


async def find_all(
    unit: Unit,
    source: Source[RowT],
    key: Any,  # noqa: ANN401 - keys are of any type
    *,
    by: str,
    narrow: Callable[[Rows], Rows],
    field: tuple[str, ...],
) -> list[RowT]:
    """All visible rows whose column equals the key, for short lists without pages.

    Args:
        unit: The unit of work.
        source: Where to look.
        key: The value to find.
        by: Label of the column.
        narrow: Adds conditions and an order.
        field: Names the field in the document; its arguments are the same for every row of a list.
    """

    async def load(keys: list[Any]) -> list[list[RowT]]:
        return list((await _rows_by(unit, source, by, keys, narrow)).values())

    return list(await unit.loader((source, by, field), load).load(key))


async def _rows_by(
    unit: Unit,
    source: Source[RowT],
    label: str,
    keys: list[Any],
    narrow: Callable[[Rows], Rows] = lambda statement: statement,
) -> dict[Any, list[RowT]]:
    visible = source.select(unit.viewer)
    owner = column(visible, label)
    asked = visible.where(among_keys(owner, unit.dialect.name))
    columns = [visible.selected_columns[label] for label in source.labels]
    wanted = narrow(asked).with_only_columns(*columns, owner.label("owner"), maintain_column_froms=True)
    raw = await unit.rows(wanted, {"keys": unit.keys(owner.type, keys)})
    found: dict[Any, list[RowT]] = {key: [] for key in keys}
    for row in raw:
        found[row.owner].append(source.row(*row[:-1]))
    return found
