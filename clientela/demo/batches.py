"""Rows on their way into the database, many at a time."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import Dialect, Table, insert, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import SQLModel

from models import metadata

Row = dict[str, Any]

# Any number that no other program takes: two processes that fill the same database go one after the other.
ADVISORY_LOCK = 7_264_115_504


class Batch:
    """Rows of any tables, kept apart by table."""

    def __init__(self) -> None:
        self._rows: defaultdict[str, list[Row]] = defaultdict(list)

    def add(self, model: type[SQLModel], **row: Any) -> None:  # noqa: ANN401 - a row holds what its table holds
        """Adds a row. All rows of one table name the same columns.

        Args:
            model: The table.
            **row: Every column that cannot be null.
        """
        self._rows[str(model.__tablename__)].append(row)

    def tables(self) -> Iterator[tuple[Table, list[Row]]]:
        """The tables that have rows, each after the tables that it refers to."""
        return ((table, self._rows[table.name]) for table in metadata.sorted_tables if table.name in self._rows)


async def lock(connection: AsyncConnection) -> None:
    """Begins the transaction that will write, and keeps other processes from filling the database meanwhile.

    Args:
        connection: One with the execution option `writes`, which is all that SQLite needs.
    """
    if connection.dialect.name == "postgresql":
        await connection.execute(text(f"select pg_advisory_xact_lock({ADVISORY_LOCK})"))


async def write(connection: AsyncConnection, batch: Batch) -> None:
    """Writes all rows, within the transaction that `lock` began: by COPY where the database has it.

    Args:
        connection: The connection that holds the transaction.
        batch: What to write.
    """
    if connection.dialect.name == "postgresql":
        driver = (await connection.get_raw_connection()).driver_connection
        for table, rows in batch.tables():
            columns = list(rows[0])
            records = _records(table, columns, rows, connection.dialect)
            await driver.copy_records_to_table(table.name, columns=columns, records=records)  # type: ignore[union-attr]
    else:
        for table, rows in batch.tables():
            await connection.execute(insert(table), rows)


def _records(table: Table, columns: list[str], rows: list[Row], dialect: Dialect) -> Iterator[tuple[Any, ...]]:
    # COPY passes SQLAlchemy by, so its types prepare the values here: enums as their words, documents as JSON.
    prepare = [_processor(table, column, dialect) for column in columns]
    for row in rows:
        yield tuple(make(row[column]) if make else row[column] for make, column in zip(prepare, columns, strict=True))


def _processor(table: Table, column: str, dialect: Dialect) -> Callable[[Any], Any] | None:
    return table.c[column].type.dialect_impl(dialect).bind_processor(dialect)
