"""Servers killed under a load of writes: what was acknowledged is there, the rest is there whole or not at all."""

from pathlib import Path

from tests.faults.writing import ROUNDS, assert_nothing_lost, loaded
from tests.processes.server import deployed
from tests.worlds import World


async def test_a_killed_server_loses_nothing_that_it_acknowledged(world: World, tmp_path: Path):
    async with world.copy() as settings:
        for number in range(ROUNDS):
            async with deployed(settings, tmp_path) as before:
                (server,) = before.servers
                async with loaded(server, each=8, name=f"Round {number}") as load:
                    await load.more(60)
                    server.kill()
                await assert_nothing_lost(load, before)
