"""`clientela serve --workers`: one port, several processes, each of which may die."""

import asyncio
import signal
import subprocess
from pathlib import Path

import httpx
import psutil

from tests.processes.server import Server, settings_of, started
from tests.worlds import World

AGENT = "admin-agent@litware"
SECONDS = 30


def workers_of(supervisor: subprocess.Popen[bytes]) -> set[int]:
    """The process ids of the workers that run."""
    return {
        child.pid
        for child in psutil.Process(supervisor.pid).children()
        if "spawn_main" in " ".join(child.cmdline()) and child.status() != psutil.STATUS_ZOMBIE
    }


async def gone(pids: set[int]) -> bool:
    """Comes back once none of them runs."""
    async with asyncio.timeout(SECONDS):
        while any(psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE for pid in pids):
            await asyncio.sleep(0.05)
    return True


async def test_a_worker_that_dies_is_replaced_and_none_outlives_the_supervisor(world: World, tmp_path: Path):
    async with world.copy() as settings:
        env = {**settings_of(settings), "CLIENTELA_DEVELOPMENT": "true", "CLIENTELA_PORT": "0"}
        with started(env, tmp_path / "log", "serve", "--workers", "2") as (supervisor, url):
            async with httpx.AsyncClient(base_url=url, headers={"Connection": "close"}, timeout=SECONDS) as http:
                server = Server(supervisor, url, http)
                first = workers_of(supervisor)
                assert len(first) == 2
                killed = min(first)
                psutil.Process(killed).kill()
                async with asyncio.timeout(SECONDS):
                    while len(workers := workers_of(supervisor)) < 2 or killed in workers:
                        (await server.ask(AGENT, "{ customers(first: 2) { nodes { domain } } }")).ok()
            # An end that is asked for on one database, one that nobody foresaw on the other.
            supervisor.send_signal(signal.SIGTERM if world.kind == "postgresql" else signal.SIGKILL)
            status = await asyncio.to_thread(supervisor.wait, SECONDS)
            assert status == (0 if world.kind == "postgresql" else -signal.SIGKILL)
            assert await gone(workers)
