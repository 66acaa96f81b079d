"""What was committed to a SQLite file's log is carried over into the file, and the log does not grow for ever."""

import asyncio
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from execution.database.sqlite import SqliteDatabase
from execution.database.sqlite_checkpoints import TRANSACTIONS

ADD = "insert into thing (content) values (?)"


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Path]:
    """A file that stays open elsewhere, so that nothing is carried over because the last one leaves it."""
    found = tmp_path / "logged.sqlite3"
    with closing(sqlite3.connect(found, isolation_level=None)) as connection:
        connection.execute("pragma journal_mode = wal")
        connection.execute("create table thing (id integer primary key, content blob)")
        yield found


def without_its_log(file: Path) -> int:
    """How many rows the file has by itself."""
    copy = shutil.copy(file, file.with_name("copy.sqlite3"))
    with closing(sqlite3.connect(copy)) as connection:
        try:
            return int(connection.execute("select count(*) from thing").fetchone()[0])
        except sqlite3.OperationalError:
            return 0


async def add(database: SqliteDatabase, content: bytes) -> None:
    transaction = await database.begin(writes=True)
    await transaction.write(ADD, [content])
    await transaction.commit()


async def test_it_is_carried_over(file: Path):
    database = SqliteDatabase(str(file), 5)
    for _ in range(TRANSACTIONS - 1):
        await add(database, b"")
    assert without_its_log(file) == 0
    await add(database, b"")
    await database.close()
    assert without_its_log(file) == TRANSACTIONS


async def test_under_steady_writing_the_log_begins_anew(file: Path):
    """Several write all the time, so that something is added during every checkpoint."""
    database = SqliteDatabase(str(file), 5)
    log = file.with_name(f"{file.name}-wal")
    rows, size, largest = 20_000, 20_000, 0
    written = rows * size

    async def write() -> None:
        nonlocal largest
        for _ in range(rows // 4):
            await add(database, bytes(size))
            largest = max(largest, log.stat().st_size)

    await asyncio.gather(*(write() for _ in range(4)))
    await database.close()
    assert largest < written / 2
