"""Fields that are given up because a sibling's error took their parent with it."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import event, text

from execution.unit import Unit
from tests.clients import Api

LIST = "customers(first: 3) { totalCount nodes { id domains contact { email } } }"
LONG = "with recursive n(i) as (select 1 union all select i + 1 from n where i < 200000) select max(i) from n"
TOO_MANY = "nodes(ids: $ids) { id }"


@pytest.mark.parametrize("selection", [f"{LIST} {TOO_MANY}", f"{TOO_MANY} {LIST}"])
async def test_a_field_given_up_with_its_parent_neither_breaks_nor_keeps_a_connection(selection: str, api: Api):
    """`nodes` is not null, so its error ends the query while statements of its sibling run or wait."""
    document = f"query ($ids: [ID!]!) {{ {selection} }}"
    for _ in range(2 * api.settings.database_pool_size):
        answer = await api.ask("sales-agent@contoso", document, ids=["customer_x"] * 501)
        assert (answer.status, answer.body["data"], answer.codes) == (200, None, ["BAD_USER_INPUT"])
    assert (await api.ask("sales-agent@contoso", f"{{ {LIST} }}")).ok()


@dataclass(frozen=True)
class _Nobody:
    kind: None = None
    binds: dict[str, Any] = field(default_factory=dict)


async def test_a_statement_that_nobody_waits_for_any_more_leaves_its_connection_whole(api: Api):
    """A cancelled field must not tear the wire: the unit's end waits for what runs, and the pool loses nothing."""
    unit = Unit(api.database, _Nobody(), writes=False)
    closed: list[object] = []
    await unit.rows(text("select 1"))
    event.listen(api.database.sync_engine.pool, "close", lambda connection, _record: closed.append(connection))
    waiting = asyncio.create_task(unit.rows(text(LONG)))
    for _ in range(3):  # until the statement is on its way
        await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await unit.end()
    assert (closed, unit.broken) == ([], False)
    assert api.database.pool.checkedout() == 0  # type: ignore[attr-defined]


async def test_a_unit_that_ended_opens_no_connection_for_a_latecomer(api: Api):
    unit = Unit(api.database, _Nobody(), writes=False)
    await unit.end()
    with pytest.raises(asyncio.CancelledError):
        await unit.rows(text("select 1"))
    assert api.database.pool.checkedout() == 0  # type: ignore[attr-defined]
