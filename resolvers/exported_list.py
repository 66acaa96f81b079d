"""Lists that can be taken away as CSV: what each is made of, and how a value becomes a cell."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any, Generic, TypeVar

from policy.principal import Principal
from policy.vocabulary import Permission
from resolvers.visibility import Rows

ChosenT = TypeVar("ChosenT")
# A spreadsheet runs a cell that begins so, some also the full-width signs; an apostrophe in front makes it text
# (customers.md 2.6 [D]).
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")  # noqa: RUF001 - the full-width signs are meant


@dataclass(frozen=True, slots=True)
class ExportedList(Generic[ChosenT]):
    """One list.

    Attributes:
        name: Names the file and the purpose of its links.
        columns: The header row.
        chosen: Type of what narrows it; travels within the link.
        rows: From what was chosen and the principal to the SELECT behind the file, in the order of the list.
        permissions: What must be held when a link is made, and again when it is followed.
        made_by: The mutation that makes its links, for messages.
    """

    name: str
    columns: tuple[str, ...]
    chosen: type[ChosenT]
    rows: Callable[[ChosenT, Principal], Rows]
    permissions: tuple[Permission, ...]
    made_by: str


def export_cells(row: Iterable[Any]) -> Iterator[str]:
    """One row of an exported SELECT as cells of the file."""
    for value in row:
        text = value.name.capitalize() if isinstance(value, Enum) else "" if value is None else str(value)
        yield f"'{text}" if text.startswith(FORMULA_STARTS) else text
