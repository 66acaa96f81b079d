"""PostgreSQL that comes late, crashes and is restarted: the servers stay, and come alive again by themselves."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest

from clientela.clock import utc_now
from clientela.database import make_database
from clientela.settings import Settings
from tests.faults.cluster import Cluster
from tests.faults.writing import AGENT, ROUNDS, SECONDS_TO_COME_BACK, assert_nothing_lost, loaded
from tests.mail.relay import relay
from tests.mail.sending import queue, with_relay
from tests.processes.server import Server, deployed, environment, served, settings_of, started

pytestmark = pytest.mark.parametrize("world", ["postgresql"], indirect=True)
LISTENERS = "select count(*) from pg_stat_activity where application_name = 'clientela listener'"
VIEWER = "{ viewer { name } }"


async def readiness(http: httpx.AsyncClient, status: int) -> dict[str, Any]:
    """The checks of `/readyz`, once it has this status."""
    async with asyncio.timeout(SECONDS_TO_COME_BACK):
        while (answer := await http.get("/readyz")).status_code != status:
            await asyncio.sleep(0.05)
    assert answer.json()["ready"] is (status == 200)
    assert ("Retry-After" in answer.headers) is (status == 503)
    return answer.json()["checks"]


async def test_a_server_starts_before_its_database(mortal: Settings, own_cluster: Cluster, tmp_path: Path):
    async with served(mortal, tmp_path / "before.log") as before:
        token = await before.token(AGENT)
    own_cluster.crash()
    env = {**settings_of(mortal), **environment(DEVELOPMENT="true", PORT=0)}
    env |= {name: value for name, value in settings_of(mortal).items() if name.startswith("CLIENTELA_")}
    with started(env, tmp_path / "early.log", "serve") as (process, url):
        async with httpx.AsyncClient(base_url=url) as http:
            server = Server(process, url, http, {AGENT: token})
            checks = await readiness(http, 503)
            assert (checks["serving"]["ok"], checks["database"]["ok"]) == (True, False)
            refused = await server.ask(AGENT, VIEWER)
            assert (refused.status, refused.codes) == (503, ["DATABASE_UNAVAILABLE"])
            assert int(refused.headers["Retry-After"]) >= 1
            own_cluster.start()
            checks = await readiness(http, 200)
            assert {name for name, check in checks.items() if check["ok"]} == {"serving", "database", "migrations"}
            (await server.ask(AGENT, VIEWER)).ok()
            assert process.poll() is None


async def test_servers_survive_the_crash_and_the_restart_of_their_database(
    mortal: Settings, own_cluster: Cluster, tmp_path: Path
):
    async with relay() as smtp, deployed(with_relay(mortal, smtp.port), tmp_path, 2) as deployment:
        async with loaded(*deployment.servers) as load:
            for _ in range(ROUNDS):
                for end in (own_cluster.crash, own_cluster.restart):
                    await load.more(50)
                    await asyncio.to_thread(end)
                    if end == own_cluster.crash:
                        for server in deployment.servers:
                            await readiness(server.http, 503)
                        await asyncio.to_thread(own_cluster.start)
                    await load.more(50)
        outbox = make_database(mortal)
        await queue(outbox, utc_now())
        await outbox.close()
        await assert_nothing_lost(load, deployment)
        assert set(load.answers) <= {"ok", "DATABASE_UNAVAILABLE"}
        for server in deployment.servers:
            await readiness(server.http, 200)
            assert server.process.poll() is None
        async with asyncio.timeout(SECONDS_TO_COME_BACK):
            while await deployment.rows(LISTENERS) != [(2,)]:
                await asyncio.sleep(0.05)
        await smtp.wait_for(1)
