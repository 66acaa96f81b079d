"""What every command is given: who calls, when, and the transaction to write in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Protocol, TypeVar

from sqlalchemy import ClauseElement, ColumnElement, Insert, Table, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import SQLModel

from policy.principal import Principal
from resolvers.invitations import Invitations

ModelT = TypeVar("ModelT", bound=SQLModel)


class Executed(Protocol):
    """What a statement brought: rows of a SELECT, or the number of rows that it changed."""

    rowcount: int

    def first(self) -> Any:  # noqa: ANN401 - a row of any columns
        """The first row; None where there is none."""

    def all(self) -> Sequence[Any]:
        """All rows, in the statement's order."""

    def scalars(self) -> Any:  # noqa: ANN401 - SQLAlchemy's own, to iterate
        """The first value of each row."""

    def scalar_one(self) -> Any:  # noqa: ANN401 - a value of any type
        """The one value of the one row."""


class Transaction(Protocol):
    """The unit of work that a command writes in. Beginning and ending it is not the command's affair."""

    async def execute(self, statement: ClauseElement, parameters: Mapping[str, Any] | None = None) -> Executed:
        """Runs one statement with the viewer's binds."""

    async def write(self, statement: ClauseElement, parameters: Mapping[str, Any] | None = None) -> None:
        """Runs an INSERT, UPDATE or DELETE whose outcome nobody looks at; it may be sent with the next statement."""

    async def append(self, statement: ClauseElement, parameters: Mapping[str, Any]) -> None:
        """Inserts a row into a table that only grows; it may be sent with the commit."""


# Not frozen: each field would be set by a call of its own, for every mutation.
@dataclass(slots=True)
class Call:
    """One call of one command.

    Attributes:
        principal: Who calls.
        transaction: Where it reads and writes.
        dialect: `postgresql` or `sqlite`.
        now: The instant that the call happens at, aware.
        correlation_id: Ties log lines, response and activity record together.
        invitations: Makes and reads links of invitations.
        mail_domain: The domain that mail comes from; None where the server has no relay.
    """

    principal: Principal
    transaction: Transaction
    dialect: str
    now: datetime
    correlation_id: str
    invitations: Invitations
    mail_domain: str | None

    async def find(self, model: type[ModelT], *conditions: ColumnElement[bool], locked: bool = False) -> ModelT | None:
        """The row of a table that satisfies all conditions, whoever may see it; None where there is none.

        Args:
            model: The table.
            *conditions: Those of a key, which one row satisfies at most.
            locked: Whether other transactions must wait with changing it. SQLite's writers wait for each other anyway.
        """
        wanted = select(model).where(*conditions)
        row = (await self.transaction.execute(wanted.with_for_update() if locked else wanted)).first()
        return model(**row._mapping) if row is not None else None

    async def add(self, *rows: SQLModel) -> None:
        """Inserts rows of one table in one statement."""
        if len(rows) == 1:
            await self.transaction.write(_insert(type(rows[0])), rows[0].model_dump())
        else:
            await self.transaction.write(_table(type(rows[0])).insert().values([row.model_dump() for row in rows]))

    async def append(self, model: type[SQLModel], values: Mapping[str, Any]) -> None:
        """Inserts a row, given by all its columns, into a table that only grows: nothing refers to its rows.

        It makes no object, as every mutation does this.
        """
        await self.transaction.append(_insert(model), values)

    async def add_unless_taken(self, row: SQLModel) -> bool:
        """Inserts a row unless a unique value of it is taken; waits for a concurrent writer of the same value.

        Returns:
            Whether it was inserted. An error instead would end PostgreSQL's transaction, and with it the chance to
            say what was wrong.
        """
        dialect = postgresql if self.dialect == "postgresql" else sqlite
        insert = dialect.insert(type(row)).values(row.model_dump()).on_conflict_do_nothing()
        return (await self.transaction.execute(insert)).rowcount == 1


@cache
def _insert(model: type[SQLModel]) -> Insert:
    # One statement a table, with a parameter a column: made, and compiled, once.
    return _table(model).insert().values({column.key: bindparam(column.key) for column in _table(model).columns})


def _table(model: type[SQLModel]) -> Table:
    return model.__table__  # type: ignore[attr-defined,no-any-return]
