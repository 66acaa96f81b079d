"""A role that is taken away, a person that is disabled: every process knows within a second, under load too."""

import asyncio
import time
from pathlib import Path

import pytest

from tests.processes.server import Deployment, Server, deployed
from tests.worlds import World

PERSON = "sales-agent@litware"
DOCUMENT = "{ customers(first: 20) { totalCount nodes { companyName relationship { since } } } }"
CHANGES = {
    "a role is taken away": (
        "delete from role_assignment where user_id in (select id from partner_user where sign_in_name = :name)",
        "FORBIDDEN",
    ),
    "a person is disabled": (
        "update partner_user set is_enabled = false where sign_in_name = :name",
        "UNAUTHENTICATED",
    ),
}
BUSY = 6
SECONDS = 1.0


async def asks_on_and_on(server: Server) -> None:
    while True:
        await server.ask("admin-agent@contoso", DOCUMENT)


async def refused(server: Server, code: str, changed: float) -> None:
    """Comes back when the person is refused; whatever was begun a second after the change must be."""
    begun = time.monotonic()
    while (answer := await server.ask(PERSON, DOCUMENT)).codes != [code]:
        answer.ok()
        assert begun < changed + SECONDS
        begun = time.monotonic()


@pytest.mark.parametrize(("change", "code"), CHANGES.values(), ids=CHANGES.keys())
async def test_every_process_knows_within_a_second(world: World, tmp_path: Path, change: str, code: str):
    async with world.copy() as settings, deployed(settings, tmp_path, 2) as deployment:
        name = (await deployment.servers[0].ask(PERSON, "{ viewer { name } }")).ok()["viewer"]["name"]
        for server in deployment.servers:
            (await server.ask(PERSON, DOCUMENT)).ok()
        load = [asyncio.create_task(asks_on_and_on(server)) for server in deployment.servers for _ in range(BUSY)]
        await _change(deployment, change, name)
        changed = time.monotonic()
        await asyncio.gather(*(refused(server, code, changed) for server in deployment.servers))
        for task in load:
            task.cancel()
        await asyncio.gather(*load, return_exceptions=True)


async def _change(deployment: Deployment, change: str, name: str) -> None:
    async with deployment.database.execution_options(writes=True).begin() as connection:
        await connection.exec_driver_sql(change.replace(":name", f"'{name}'"))
