"""What a database does for a statement of the server's: which tables it scans, what it sorts, how much it reads."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from models import metadata
from tests.statements import Statement

STEPS_A_TICK = 100


@dataclass(frozen=True)
class Work:
    """What one statement costs.

    Attributes:
        scanned: Tables that were read from end to end.
        sorted_rows: The most rows that one sort took in; SQLite does not tell, and its sorts count as steps.
        read_rows: The most rows that one step of the plan read, those that it threw away included; on SQLite the
            steps of its virtual machine, of which a row takes several.
        plan: The plan, for people.
    """

    scanned: list[str]
    sorted_rows: int
    read_rows: int
    plan: str


async def measure(database: AsyncEngine, statement: Statement) -> Work:
    """Runs a statement again under the database's own eyes."""
    on_its_kind = _on_postgresql if database.dialect.name == "postgresql" else _on_sqlite
    async with database.connect() as connection:
        return await on_its_kind(connection, *statement)


async def _on_postgresql(connection: AsyncConnection, text: str, parameters: Any) -> Work:
    answer = await connection.exec_driver_sql(f"explain (analyze, format json) {text}", parameters)
    found = answer.scalar_one()
    plan = (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]
    nodes = list(_nodes(plan))
    scanned = [node["Relation Name"] for node in nodes if node["Node Type"] == "Seq Scan"]
    sorts = [node["Plans"][0]["Actual Rows"] for node in nodes if "Sort" in node["Node Type"]]
    read = [node["Actual Rows"] * node["Actual Loops"] + node.get("Rows Removed by Filter", 0) for node in nodes]
    return Work(scanned, max(sorts, default=0), max(read), json.dumps(plan, indent=1))


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from _nodes(child)


async def _on_sqlite(connection: AsyncConnection, text: str, parameters: Any) -> Work:
    steps = [row[3] for row in await connection.exec_driver_sql(f"explain query plan {text}", parameters)]
    scanned = [step.split()[1] for step in steps if step.startswith("SCAN ") and step.split()[1] in metadata.tables]
    ticks: list[None] = []
    driver: Any = (await connection.get_raw_connection()).driver_connection
    await driver.set_progress_handler(lambda: ticks.append(None), STEPS_A_TICK)
    (await connection.exec_driver_sql(text, parameters)).all()
    await driver.set_progress_handler(None, 0)
    return Work(scanned, 0, len(ticks) * STEPS_A_TICK, "\n".join(steps))
