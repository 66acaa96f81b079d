"""A disk without room for SQLite: writes fail whole and are told, reads go on, and with room all is well again."""

import asyncio
from pathlib import Path

import psutil
import pytest

from tests.faults.writing import AGENT, SECONDS_TO_COME_BACK, assert_nothing_lost, loaded
from tests.processes.server import deployed
from tests.worlds import World

ROOM = 1_000_000
"""Bytes that a file may have: fewer than the database has already, more than the log will."""


@pytest.mark.parametrize("world", ["sqlite"], indirect=True)
async def test_a_full_disk_loses_nothing_and_is_left_behind(world: World, tmp_path: Path):
    async with world.copy() as settings, deployed(settings, tmp_path) as deployment:
        (server,) = deployment.servers
        process = psutil.Process(server.process.pid)
        async with loaded(server) as load:
            await load.more(10)
            process.rlimit(psutil.RLIMIT_FSIZE, (ROOM, psutil.RLIM_INFINITY))
            async with asyncio.timeout(SECONDS_TO_COME_BACK):
                while load.answers["INTERNAL"] < 10:
                    await asyncio.sleep(0.01)
            (await server.ask(AGENT, "{ customers(first: 3) { nodes { companyName } } }")).ok()
            process.rlimit(psutil.RLIMIT_FSIZE, (psutil.RLIM_INFINITY, psutil.RLIM_INFINITY))
            await load.more(20)
        assert set(load.answers) == {"ok", "INTERNAL"}
        await assert_nothing_lost(load, deployment)
