"""Any writers at once on SQLite: each is kept or not as a whole, whoever waits, fails, or is cancelled meanwhile."""

import asyncio
import sqlite3
import tempfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from hypothesis import example, given
from hypothesis import strategies as st

from execution.database.connection import DatabaseError, Transaction
from execution.database.sqlite import SqliteDatabase

SECONDS = 20
TABLES = (
    "pragma journal_mode = wal",
    "create table thing (id integer primary key, writer integer)",
    "create table line (number integer primary key, writer integer, place integer)",
    "insert into thing values (0, null)",
)
ADD = "insert into thing (writer) values (?)"
TAKEN = "insert into thing (id) values (?)"
LINE = "INSERT INTO line (writer, place) VALUES (?, ?)"
OWN_LINES = "select count(*) from line where writer = ?"

GIVE_UP = "insert or rollback into thing (id) values (?)"

Refused = Literal["write what is taken", "change what is taken", "lose all by what is taken"]
Step = Literal["write", "change", "append", "look", "wait"] | Refused
End = Literal["commit", "look and commit", "rollback"]


@dataclass(frozen=True)
class Writer:
    """What one transaction does; cancelled after so many turns of the loop, or not at all."""

    steps: tuple[Step, ...]
    end: End
    cancelled_after: int | None

    @property
    def things(self) -> int:
        """How many rows it adds."""
        return self.steps.count("write") + self.steps.count("change")

    @property
    def lines(self) -> int:
        """How many rows it appends."""
        return self.steps.count("append")

    @property
    def is_refused(self) -> bool:
        """Whether a statement of it is; one that waits for the commit is not run where there will be none."""
        refused = [step for step in self.steps if "taken" in step]
        asks_last = [step for step in self.steps if step not in ("append", "wait")][-1:]
        never_run = refused == ["write what is taken"] == asks_last and self.end == "rollback"
        return bool(refused) and not never_run

    @property
    def may_be_kept(self) -> bool:
        """Whether it is kept if nobody else's statement loses all."""
        return self.end != "rollback" and not self.is_refused


STEPS: Sequence[Step] = (
    *("write", "change", "append", "look", "wait") * 3,
    "write what is taken",
    "change what is taken",
    "lose all by what is taken",
)
WRITERS = st.builds(
    Writer,
    st.lists(st.sampled_from(STEPS), max_size=6).map(tuple),
    st.sampled_from(("commit", "commit", "commit", "look and commit", "rollback")),
    st.none() | st.integers(0, 12),
)


async def take(step: Step, transaction: Transaction, number: int, appended: int) -> None:
    """One step of a writer, which has appended so many lines."""
    match step:
        case "write":
            await transaction.write(ADD, [number])
        case "change":
            assert await transaction.change(ADD, [number]) == 1
        case "append":
            await transaction.append("line", LINE, [number, appended])
        case "look":
            assert list(await transaction.fetch(OWN_LINES, [number])) == [(appended,)]
        case "wait":
            await asyncio.sleep(0)
        case "write what is taken":
            await transaction.write(TAKEN, [0])
        case "change what is taken":
            await transaction.change(TAKEN, [0])
        case "lose all by what is taken":
            # As SQLite does by itself where the disk is full: those too that wait for the same commit are lost.
            await transaction.change(GIVE_UP, [0])


async def run(database: SqliteDatabase, number: int, writer: Writer) -> None:
    """A whole transaction, as a unit of work has it."""
    transaction = await database.begin(writes=True)
    try:
        for place, step in enumerate(writer.steps):
            await take(step, transaction, number, writer.steps[:place].count("append"))
    except BaseException:
        await transaction.rollback()
        raise
    if writer.end == "rollback":
        await transaction.rollback()
    elif writer.end == "look and commit":
        assert list(await transaction.fetch_and_commit(OWN_LINES, [number])) == [(writer.lines,)]
    else:
        await transaction.commit()


async def run_all(database: SqliteDatabase, writers: Sequence[Writer]) -> list[BaseException | None]:
    """All at once, each as a task of its own."""
    tasks = [asyncio.create_task(run(database, number, writer)) for number, writer in enumerate(writers)]
    for turn in range(max((writer.cancelled_after or 0 for writer in writers), default=0) + 1):
        for task, writer in zip(tasks, writers, strict=True):
            if writer.cancelled_after == turn:
                task.cancel()
        await asyncio.sleep(0)
    async with asyncio.timeout(SECONDS):
        return await asyncio.gather(*tasks, return_exceptions=True)


def check(other: sqlite3.Connection, number: int, writer: Writer, outcome: BaseException | None) -> None:
    """That all of a writer is there, or nothing of it, and whether it was told so."""
    things = other.execute("select count(*) from thing where writer = ?", [number]).fetchone()[0]
    lines = [place for (place,) in other.execute("select place from line where writer = ? order by number", [number])]
    kept = (writer.things, list(range(writer.lines)))
    if isinstance(outcome, asyncio.CancelledError):
        assert (things, lines) in ((0, []), kept) if writer.may_be_kept else (things, lines) == (0, [])
    elif outcome is None:
        assert (things, lines) == (kept if writer.may_be_kept else (0, []))
    else:
        assert isinstance(outcome, DatabaseError)
        assert (things, lines) == (0, [])


@given(st.lists(WRITERS, max_size=24))
@example([Writer(("append", "write"), "commit", None)] * 80)
def test_each_is_kept_as_a_whole_or_not_at_all(writers: list[Writer]):
    async def go(file: str) -> list[BaseException | None]:
        database = SqliteDatabase(file, SECONDS)
        outcomes = await run_all(database, writers)
        async with asyncio.timeout(SECONDS):
            await run(database, len(writers), Writer(("write", "append"), "commit", None))
        await database.close()
        return outcomes

    with tempfile.TemporaryDirectory() as folder:
        file = str(Path(folder, "writers.sqlite3"))
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            for statement in TABLES:
                other.execute(statement)
            outcomes = asyncio.run(go(file))
            for number, (writer, outcome) in enumerate(zip(writers, outcomes, strict=True)):
                check(other, number, writer, outcome)
            if not any("lose all by what is taken" in writer.steps for writer in writers):
                for writer, outcome in zip(writers, outcomes, strict=True):
                    assert isinstance(outcome, DatabaseError) == writer.is_refused or writer.cancelled_after is not None
            check(other, len(writers), Writer(("write", "append"), "commit", None), None)
