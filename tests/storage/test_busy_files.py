"""A SQLite file that another process holds for longer than one waits."""

import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
import pytest_asyncio
from pydantic import SecretStr
from sqlalchemy import text

from clientela.database import make_engine
from clientela.settings import Settings
from execution.database.connection import DeadlineError
from execution.database.sqlite import SqliteDatabase

BUSY_SECONDS = 0.1
COUNT = "select count(*) from thing"
Read = Callable[[SqliteDatabase], Awaitable[int]]


@pytest_asyncio.fixture
async def file(tmp_path: Path) -> Path:
    """A file as the server makes it."""
    found = tmp_path / "busy.sqlite3"
    engine = make_engine(Settings(_env_file=None, database_url=SecretStr(f"sqlite:///{found}"), data_dir=tmp_path))
    async with engine.begin() as connection:
        await connection.execute(text("create table thing (id integer)"))
    await engine.dispose()
    return found


@pytest.fixture
def database(file: Path) -> SqliteDatabase:
    return SqliteDatabase(str(file), BUSY_SECONDS)


@pytest.fixture
def other(file: Path) -> Iterator[sqlite3.Connection]:
    """Another process's connection to it."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        yield connection


async def read_shortly(database: SqliteDatabase) -> int:
    async with database.reading(statements=2) as connection:
        return int((await connection.fetch(COUNT, []))[0][0])


async def read_long(database: SqliteDatabase) -> int:
    transaction = await database.begin(writes=False)
    try:
        return int((await transaction.fetch(COUNT, []))[0][0])
    finally:
        await transaction.rollback()


async def test_who_waits_in_vain_for_the_turn_to_write_is_told_of_a_deadline_and_may_try_again(
    database: SqliteDatabase, other: sqlite3.Connection
):
    """And not of a fault of ours."""
    other.execute("begin immediate")
    for _ in range(2):
        with pytest.raises(DeadlineError):
            await database.begin(writes=True)
    other.execute("commit")
    transaction = await database.begin(writes=True)
    assert await transaction.change("insert into thing values (?)", [1]) == 1
    await transaction.commit()
    await database.close()


@pytest.mark.parametrize("read", [read_shortly, read_long])
async def test_so_is_who_waits_in_vain_to_read_a_file_that_another_has_for_itself(
    database: SqliteDatabase, other: sqlite3.Connection, read: Read
):
    """As tools do that repair or copy a file, before the server has read from it."""
    other.execute("pragma locking_mode = exclusive")
    other.execute("begin exclusive")
    for _ in range(2):
        with pytest.raises(DeadlineError) as late:
            await read(database)
        assert late.value.limit == "busy_seconds"
    other.execute("commit")
    other.close()
    assert await read(database) == 0
    await database.close()


@pytest.mark.parametrize("read", [read_shortly, read_long])
async def test_who_reads_does_not_wait_for_who_writes(database: SqliteDatabase, other: sqlite3.Connection, read: Read):
    other.execute("begin exclusive")
    other.execute("insert into thing values (1)")
    assert await read(database) == 0
    other.execute("commit")
    assert await read(database) == 1
    await database.close()
