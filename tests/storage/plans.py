"""What a database does for a statement of the server's: which tables it scans, what it sorts, how much it reads."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from models import metadata
from tests.statements import Statement

STEPS_A_TICK = 100
CALLS_UNTIL_SETTLED = 8
"""PostgreSQL plans the first five calls of a prepared statement for their values; then it may keep a plan for all."""


@dataclass(frozen=True)
class Work:
    """What one statement costs.

    Attributes:
        scanned: Tables that were read from end to end.
        sorted_rows: The most rows that one sort took in; SQLite does not tell, and its sorts count as steps.
        read_rows: The most rows that one step of the plan read, those that it threw away included; on SQLite the
            steps of its virtual machine, of which a row takes several.
        planned_once: Whether further calls keep the plan of an earlier one; SQLite always does.
        plan: The plan, for people.
    """

    scanned: list[str]
    sorted_rows: int
    read_rows: int
    planned_once: bool
    plan: str


async def measure(database: AsyncEngine, statement: Statement) -> Work:
    """Runs a statement again under the database's own eyes."""
    on_its_kind = _on_postgresql if database.dialect.name == "postgresql" else _on_sqlite
    async with database.connect() as connection:
        return await on_its_kind(connection, *statement)


async def _on_postgresql(connection: AsyncConnection, text: str, parameters: Any) -> Work:
    driver: Any = (await connection.get_raw_connection()).driver_connection
    statement = await driver.prepare(text)
    for _ in range(CALLS_UNTIL_SETTLED):
        await statement.fetch(*parameters)
    values = ", ".join(_literal(value) for value in parameters)
    called = f"execute {statement.get_name()}{f'({values})' if values else ''}"
    # SQLAlchemy has the driver read JSON.
    plan = (await driver.fetchval(f"explain (analyze, format json) {called}"))[0]["Plan"]
    counted = "select custom_plans from pg_prepared_statements where name = $1"
    anew = await driver.fetchval(counted, statement.get_name())
    nodes = list(_nodes(plan))
    scanned = [node["Relation Name"] for node in nodes if node["Node Type"] == "Seq Scan"]
    sorts = [node["Plans"][0]["Actual Rows"] for node in nodes if "Sort" in node["Node Type"]]
    read = [node["Actual Rows"] * node["Actual Loops"] + node.get("Rows Removed by Filter", 0) for node in nodes]
    return Work(scanned, max(sorts, default=0), max(read), anew < CALLS_UNTIL_SETTLED, json.dumps(plan, indent=1))


def _literal(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, list):
        value = f"{{{','.join('null' if one is None else json.dumps(str(one)) for one in value)}}}"
    return "'" + str(value).replace("'", "''") + "'"


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
    return Work(scanned, 0, len(ticks) * STEPS_A_TICK, True, "\n".join(steps))
