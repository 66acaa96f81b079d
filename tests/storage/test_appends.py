"""Rows of a log on SQLite are written with the commit, those of many transactions at once."""

import asyncio
import sqlite3

import pytest

from execution.database.appends import MOST_ROWS
from execution.database.connection import DatabaseError
from execution.database.sqlite import SqliteDatabase

LINE = "INSERT INTO line (what, whose) VALUES (?, ?)"
LINES = "select what from line order by number"
ADD = "insert into thing values (?)"


def lines(other: sqlite3.Connection) -> list[str]:
    return [what for (what,) in other.execute(LINES)]


async def note(database: SqliteDatabase, thing: int, *whats: str, whose: str | None = "ours") -> None:
    transaction = await database.begin(writes=True)
    await transaction.write(ADD, [thing])
    for what in whats:
        await transaction.append("line", LINE, [what, whose])
    await transaction.commit()


@pytest.mark.parametrize("many", [1, 3, MOST_ROWS, MOST_ROWS + 1, 3 * MOST_ROWS])
async def test_all_are_kept_in_their_order(database: SqliteDatabase, other: sqlite3.Connection, many: int):
    wanted = [[f"{thing} {place}" for place in range(many)] for thing in range(5)]
    await asyncio.gather(*(note(database, thing, *whats) for thing, whats in enumerate(wanted)))
    assert lines(other) == [what for whats in wanted for what in whats]
    await database.close()


async def test_whoever_asks_for_them_sees_them(database: SqliteDatabase, other: sqlite3.Connection):
    """Its own, and those of transactions before it that are to be committed with it."""
    first = asyncio.create_task(note(database, 1, "of another"))
    await asyncio.sleep(0)
    transaction = await database.begin(writes=True)
    await transaction.append("line", LINE, ["own", "ours"])
    assert [what for (what,) in await transaction.fetch(LINES, [])] == ["of another", "own"]
    assert lines(other) == []
    await transaction.append("line", LINE, ["own again", "ours"])
    assert await transaction.change("update line set whose = 'theirs' where what like 'own%'", []) == 2
    await transaction.commit()
    await first
    assert lines(other) == ["of another", "own", "own again"]
    await database.close()


@pytest.mark.parametrize("looks", [False, True])
async def test_those_of_who_keeps_nothing_are_not_kept(
    database: SqliteDatabase, other: sqlite3.Connection, looks: bool
):
    """Nobody else's go with them, even where it looked at those."""
    first = asyncio.create_task(note(database, 1, "kept"))
    await asyncio.sleep(0)
    transaction = await database.begin(writes=True)
    await transaction.append("line", LINE, ["given up", "ours"])
    if looks:
        assert [what for (what,) in await transaction.fetch(LINES, [])] == ["kept", "given up"]
    await transaction.rollback()
    await asyncio.gather(first, note(database, 2, "behind"))
    assert lines(other) == ["kept", "behind"]
    await database.close()


@pytest.mark.parametrize("whose", [None, "\ud800"], ids=["by SQLite", "by its driver"])
@pytest.mark.parametrize("others", [0, 1, 5])
async def test_where_one_is_refused_all_that_wait_for_the_commit_are_told(
    database: SqliteDatabase, other: sqlite3.Connection, others: int, whose: str | None
):
    writing = [note(database, thing, f"{thing}") for thing in range(others)]
    async with asyncio.timeout(20):
        outcomes = await asyncio.gather(*writing, note(database, 100, "refused", whose=whose), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [DatabaseError] * (others + 1)
    assert lines(other) == []
    assert other.execute("select count(*) from thing").fetchone() == (0,)
    await note(database, 200, "behind")
    assert lines(other) == ["behind"]
    await database.close()


@pytest.mark.parametrize("others", [1, 5])
async def test_where_sqlite_gave_all_of_it_up_none_is_kept(
    database: SqliteDatabase, other: sqlite3.Connection, others: int
):
    """As on a full disk: what is inserted afterwards would be a transaction of its own."""
    tasks = [asyncio.create_task(note(database, thing, f"{thing}")) for thing in range(others)]
    await asyncio.sleep(0)
    last = await database.begin(writes=True)
    with pytest.raises(DatabaseError):
        await last.change("insert or rollback into thing values (?)", [0])
    await last.rollback()
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [DatabaseError] * others
    assert lines(other) == []
    await note(database, 200, "behind")
    assert lines(other) == ["behind"]
    await database.close()
