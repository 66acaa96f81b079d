"""Commits out of order, and rights that are lost while a stream runs."""

import asyncio

import pytest
from sqlalchemy import text

from tests.processes.server import Deployment
from tests.streams.clients import ACTIVITY, invite, newest_record, socket

LATE = """insert into activity_record
select (jsonb_populate_record(line, jsonb_build_object('id', gen_random_uuid(), 'operation', 'late_commit'))).*
from activity_record as line order by line.id desc limit 1"""


async def test_a_late_commit_with_a_smaller_number_is_told_first_and_once(two: Deployment):
    """Issue 5: after its commit, once, in order; who comes again misses nothing."""
    if two.database.dialect.name == "sqlite":
        return  # one writer: no commit overtakes another
    first, second = two.servers
    after = await newest_record(first)
    async with socket(second) as one, two.database.connect() as connection:
        await one.subscribe(ACTIVITY, after=after)
        await connection.execute(text(LATE))
        await invite(first)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1):
                await one.hear()
        await connection.commit()
        told = [(await one.next())["activity"] for _ in range(2)]
        assert [line["operation"] for line in told] == ["late_commit", "create_relationship_request"]
    async with socket(first) as again:
        await again.subscribe(ACTIVITY, after=told[0]["id"])
        assert (await again.next())["activity"] == told[1]


async def test_who_loses_the_role_gets_the_reason_and_no_more(two: Deployment):
    name = "sales-agent@litware"
    after = await newest_record(two.servers[0])
    async with socket(two.servers[0], name) as one:
        await one.subscribe(ACTIVITY, after=after)
        await invite(two.servers[1])
        await one.next()
        async with two.database.execution_options(writes=True).begin() as connection:
            who = "select id from partner_user where sign_in_name like 'sales-agent@litware%'"
            await connection.execute(text(f"delete from role_assignment where user_id in ({who})"))
        await invite(two.servers[1])
        refused = await one.hear()
        while refused["type"] == "next":
            refused = await one.hear()
        assert refused["type"] == "error"
        assert refused["payload"][0]["extensions"]["code"] == "FORBIDDEN"
        assert refused["payload"][0]["extensions"]["permission"] == "AUDIT_READ"
