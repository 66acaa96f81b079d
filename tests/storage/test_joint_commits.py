"""Writes to a SQLite file that end together are committed together, and each is kept or not by itself."""

import asyncio
import sqlite3

import pytest

from execution.database.connection import DatabaseError
from execution.database.sqlite import SqliteDatabase

BUSY_SECONDS = 5
WRITERS = 12
ADD = "insert into thing values (?)"


def found(other: sqlite3.Connection) -> set[int]:
    return {key for (key,) in other.execute("select id from thing")}


async def add(database: SqliteDatabase, other: sqlite3.Connection, key: int, turns: int = 0) -> None:
    """Adds a row, and is told of it only when everybody can see it."""
    transaction = await database.begin(writes=True)
    await transaction.write(ADD, [key])
    for _ in range(turns):
        await asyncio.sleep(0)
    await transaction.commit()
    assert key in found(other)


async def give_up(database: SqliteDatabase, key: int) -> None:
    transaction = await database.begin(writes=True)
    await transaction.write(ADD, [key])
    await transaction.rollback()


async def repeat(database: SqliteDatabase, key: int) -> None:
    transaction = await database.begin(writes=True)
    await transaction.write(ADD, [key + 1000])
    try:
        await transaction.change(ADD, [key])
    except DatabaseError:
        await transaction.rollback()
        raise


@pytest.mark.parametrize("turns", [0, 3])
async def test_each_is_kept_or_not_by_itself(database: SqliteDatabase, other: sqlite3.Connection, turns: int):
    """Some wait in the midst of their transaction, so that others are ready to be committed meanwhile."""
    await add(database, other, 0)
    kept, given_up = range(1, WRITERS), range(100, 100 + WRITERS)
    tasks = []
    for key, lost in zip(kept, given_up, strict=False):
        tasks += [add(database, other, key, turns), give_up(database, lost), repeat(database, 0)]
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [type(None), type(None), DatabaseError] * len(kept)
    assert found(other) == {0, *kept}
    await database.close()


async def test_one_whose_last_statement_is_refused_leaves_the_others_alone(
    database: SqliteDatabase, other: sqlite3.Connection
):
    """It is refused with the commit, which is nobody's but its own until then."""
    await add(database, other, 0)
    outcomes = await asyncio.gather(
        add(database, other, 1), add(database, other, 0), add(database, other, 2), return_exceptions=True
    )
    assert [type(outcome) for outcome in outcomes] == [type(None), DatabaseError, type(None)]
    assert found(other) == {0, 1, 2}
    await database.close()


async def test_one_that_is_cancelled_while_it_waits_for_the_commit_is_kept_before_that_is_heard_of(
    database: SqliteDatabase, other: sqlite3.Connection
):
    """Whoever must be told of what is kept is told when it is."""
    task = asyncio.create_task(add(database, other, 1))
    await asyncio.sleep(0)
    assert found(other) == set()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert found(other) == {1}
    await database.close()


async def test_who_waits_for_the_turn_to_write_joins(database: SqliteDatabase, other: sqlite3.Connection):
    """Else each would commit alone, for those who come meanwhile wait behind them."""
    seen: list[int] = []

    async def add_and_look(key: int) -> None:
        await add(database, other, key, turns=1)
        seen.append(len(found(other)))

    await asyncio.gather(*(add_and_look(key) for key in range(WRITERS)))
    assert seen == [WRITERS] * WRITERS
    await database.close()


async def test_who_waited_and_is_cancelled_leaves_nobody_waiting_for_the_commit(
    database: SqliteDatabase, other: sqlite3.Connection
):
    writer = await database.begin(writes=True)
    await writer.write(ADD, [1])
    waiting = asyncio.create_task(add(database, other, 2))
    await asyncio.sleep(0)
    kept = asyncio.create_task(writer.commit())
    await asyncio.sleep(0)
    waiting.cancel()
    await kept
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert found(other) == {1}
    await database.close()


@pytest.mark.parametrize("late", [True, False])
async def test_who_is_cancelled_as_its_turn_comes_leaves_it_to_the_next(
    database: SqliteDatabase, other: sqlite3.Connection, late: bool
):
    writer = await database.begin(writes=True)
    cancelled, following = asyncio.create_task(add(database, other, 1)), asyncio.create_task(add(database, other, 2))
    await asyncio.sleep(0)
    if late:
        await writer.rollback()
        cancelled.cancel()
    else:
        cancelled.cancel()
        await writer.rollback()
    with pytest.raises(asyncio.CancelledError):
        await cancelled
    async with asyncio.timeout(BUSY_SECONDS):
        await following
    assert found(other) == {2}
    await database.close()


@pytest.mark.parametrize("waiting", [1, WRITERS])
async def test_where_the_file_takes_nothing_all_that_wait_are_told(
    database: SqliteDatabase, other: sqlite3.Connection, waiting: int
):
    """As on a full disk, where SQLite gives up the whole transaction; a commit of many is made by a thread."""
    tasks = [asyncio.create_task(add(database, other, key)) for key in range(waiting)]
    await asyncio.sleep(0)
    last = await database.begin(writes=True)
    await last.change("insert or rollback into thing values (?)", [1000])
    with pytest.raises(DatabaseError):
        await last.change("insert or rollback into thing values (?)", [1000])
    await last.rollback()
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [DatabaseError] * waiting
    assert found(other) == set()
    await add(database, other, 3)
    assert found(other) == {3}
    await database.close()


async def test_commits_of_others_change_the_stamp_and_our_own_do_not(
    database: SqliteDatabase, other: sqlite3.Connection
):
    """Whatever thread makes ours."""
    before = database.stamp()
    await asyncio.gather(*(add(database, other, key) for key in range(WRITERS)))
    await asyncio.sleep(0)
    assert database.stamp() == before
    other.execute(ADD, [1000])
    await asyncio.sleep(0)
    assert database.stamp() != before
    await database.close()
