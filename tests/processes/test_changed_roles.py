"""A role that is taken away, a person that is disabled: every process knows within a second, under load too."""

import asyncio
import time

import pytest

from tests.processes.server import Deployment, Server

DOCUMENT = "{ customers(first: 20) { totalCount nodes { companyName relationship { since } } } }"
CHANGES = {
    "a role is taken away": (
        "sales-agent@litware",
        "delete from role_assignment where user_id in (select id from partner_user where sign_in_name = :name)",
        "FORBIDDEN",
    ),
    "a person is disabled": (
        "helpdesk-agent@litware",
        "update partner_user set is_enabled = false where sign_in_name = :name",
        "UNAUTHENTICATED",
    ),
}
BUSY = 6
SECONDS = 1.0


async def asks_on_and_on(server: Server) -> None:
    while True:
        await server.ask("admin-agent@contoso", DOCUMENT)


async def refused(server: Server, person: str, code: str, changed: float) -> None:
    """Comes back when the person is refused; whatever was begun a second after the change must be."""
    begun = time.monotonic()
    while (answer := await server.ask(person, DOCUMENT)).codes != [code]:
        answer.ok()
        assert begun < changed + SECONDS
        begun = time.monotonic()


@pytest.mark.parametrize(("person", "change", "code"), CHANGES.values(), ids=CHANGES.keys())
async def test_every_process_knows_within_a_second(two: Deployment, person: str, change: str, code: str):
    name = (await two.servers[0].ask(person, "{ viewer { name } }")).ok()["viewer"]["name"]
    for server in two.servers:
        (await server.ask(person, DOCUMENT)).ok()
    load = [asyncio.create_task(asks_on_and_on(server)) for server in two.servers for _ in range(BUSY)]
    await _change(two, change, name)
    changed = time.monotonic()
    await asyncio.gather(*(refused(server, person, code, changed) for server in two.servers))
    for task in load:
        task.cancel()
    await asyncio.gather(*load, return_exceptions=True)


async def _change(deployment: Deployment, change: str, name: str) -> None:
    async with deployment.database.execution_options(writes=True).begin() as connection:
        await connection.exec_driver_sql(change.replace(":name", f"'{name}'"))
