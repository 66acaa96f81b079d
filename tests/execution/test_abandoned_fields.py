"""Fields that are given up because a sibling's error took their parent with it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import column, func, literal, select, text

from clientela.database import make_database
from execution.database.connection import Database
from execution.unit import Unit
from tests.clients import Api

LIST = "customers(first: 3) { totalCount nodes { id domains contact { email } } }"
ONE = select(literal(1))
IDENTITY = select(func.pg_backend_pid())
LONG = text(
    "with recursive n(i) as (select 1 union all select i + 1 from n where i < 200000) select max(i) as last from n"
).columns(column("last"))
TOO_MANY = "nodes(ids: $ids) { id }"


@pytest.mark.parametrize("selection", [f"{LIST} {TOO_MANY}", f"{TOO_MANY} {LIST}"])
async def test_a_field_given_up_with_its_parent_neither_breaks_nor_keeps_a_connection(selection: str, api: Api):
    """`nodes` is not null, so its error ends the query while statements of its sibling run or wait."""
    document = f"query ($ids: [ID!]!) {{ {selection} }}"
    for _ in range(2 * api.settings.database_pool_size):
        answer = await api.ask("sales-agent@contoso", document, ids=["customer_x"] * 501)
        assert (answer.status, answer.body["data"], answer.codes) == (200, None, ["BAD_USER_INPUT"])
    assert (await api.ask("sales-agent@contoso", f"{{ {LIST} }}")).ok()


def _ignore(_tables: frozenset[str]) -> None:
    pass


@dataclass(frozen=True)
class _Nobody:
    kind: None = None
    binds: dict[str, Any] = field(default_factory=dict)


@pytest_asyncio.fixture
async def database(api: Api) -> AsyncIterator[Database]:
    """The server's database over one connection of its own, so that a lost one is missed."""
    database = make_database(api.settings.model_copy(update={"database_pool_size": 1}))
    yield database
    await database.close()


async def test_a_statement_that_nobody_waits_for_any_more_leaves_its_connection_whole(database: Database):
    """A cancelled field must not tear the wire: the unit's end waits for what runs, and the pool loses nothing."""
    whose = IDENTITY if database.dialect.name == "postgresql" else ONE
    unit = Unit(database, _Nobody(), writes=False, committed=_ignore)
    before = await unit.rows(whose)
    waiting = asyncio.create_task(unit.rows(LONG))
    for _ in range(3):  # until the statement is on its way
        await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await unit.end()
    assert not unit.broken
    following = Unit(database, _Nobody(), writes=False, committed=_ignore)
    assert await following.rows(whose) == before
    await following.end()


async def test_what_several_fields_wait_for_is_not_given_up_with_one_of_them(database: Database):
    """By one key a statement finds rows for fields of several parents; one parent's error is none of the others'."""
    unit = Unit(database, _Nobody(), writes=False, committed=_ignore)

    async def load(keys: list[Any]) -> list[Any]:
        return [await unit.rows(ONE)] * len(keys)

    async def field() -> Any:
        return await unit.loader("shared", load).load("key")

    given_up, kept = asyncio.create_task(field()), asyncio.create_task(field())
    for _ in range(3):  # until both wait
        await asyncio.sleep(0)
    given_up.cancel()
    assert await kept == [(1,)]
    assert given_up.cancelled()
    await unit.end()


async def test_a_unit_that_ended_opens_no_connection_for_a_latecomer(database: Database):
    unit = Unit(database, _Nobody(), writes=False, committed=_ignore)
    await unit.end()
    with pytest.raises(asyncio.CancelledError):
        await unit.rows(ONE)
    following = Unit(database, _Nobody(), writes=False, committed=_ignore)
    assert await following.rows(ONE) == [(1,)]
    await following.end()
