"""Writes whose outcome nobody looks at: they may travel with the next statement, and are kept or refused alike."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, insert, select
from sqlmodel import col

from execution.database.connection import DatabaseError
from execution.unit import Unit
from tests.execution.bookshop.tables import Publisher
from tests.execution.conftest import Bookshop

NAME = 'O\'Reilly \\ "Söhne" 🦫'
FOUND = select(col(Publisher.name), col(Publisher.city)).order_by(col(Publisher.name))
COUNT = select(func.count()).select_from(Publisher)


def _unit(bookshop: Bookshop) -> Unit:
    return Unit(bookshop.database, bookshop.context, writes=True, committed=lambda _tables: None)


async def _publish(unit: Unit, key: UUID) -> None:
    await unit.write(insert(Publisher).values(id=key, name=NAME, city=None))


async def _look_and_end(bookshop: Bookshop, unit: Unit) -> list[tuple[object, ...]]:
    """The last statement, which the end may travel with."""
    sql, arguments = bookshop.database.statements.prepare(FOUND).call({})
    return [tuple(row) for row in await unit.fetch_and_end(sql, arguments)]


async def _publish_twice(bookshop: Bookshop, unit: Unit, key: UUID, looks: str) -> None:
    if looks == "before":
        await unit.execute(COUNT)
    for _ in range(2):
        await _publish(unit, key)
    if looks == "before":
        await _look_and_end(bookshop, unit)
    if looks == "behind":
        await unit.execute(COUNT)
    await unit.end()


async def test_the_end_may_travel_with_the_last_look(bookshop: Bookshop):
    before, unit = await _count(bookshop), _unit(bookshop)
    await unit.execute(COUNT)
    await _publish(unit, uuid4())
    assert (NAME, None) in await _look_and_end(bookshop, unit)
    assert await _count(bookshop) == before + 1


async def _count(bookshop: Bookshop) -> int:
    unit = _unit(bookshop)
    found: int = (await unit.execute(COUNT)).scalar_one()
    await unit.abandon()
    return found


@pytest.mark.parametrize("looked_at_first", [False, True])
async def test_they_are_kept_in_their_order(bookshop: Bookshop, looked_at_first: bool):
    before, unit = await _count(bookshop), _unit(bookshop)
    if looked_at_first:
        await unit.execute(COUNT)
    for _ in range(2):
        await _publish(unit, uuid4())
    if looked_at_first:
        assert (NAME, None) in [tuple(row) for row in (await unit.execute(FOUND)).all()]
    await unit.end()
    assert await _count(bookshop) == before + 2


@pytest.mark.parametrize("looks", ["never", "behind", "before"])
async def test_one_that_is_refused_is_told_and_takes_the_others_along(bookshop: Bookshop, looks: str):
    before, unit, key = await _count(bookshop), _unit(bookshop), uuid4()
    with pytest.raises(DatabaseError):
        await _publish_twice(bookshop, unit, key, looks)
    await unit.abandon()
    assert await _count(bookshop) == before
