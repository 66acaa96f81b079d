"""Behind PgBouncer in transaction mode: each transaction may meet another server connection."""

import asyncio
import os
import shutil
import socket
import subprocess
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest
from pydantic import SecretStr

from clientela.database import make_database
from clientela.settings import Settings
from tests.api.customers import UPDATE_CONTACT, some_customer
from tests.clients import serve_in_process
from tests.processes.test_lost_connections import cut_once_somebody_waits, locked
from tests.worlds import World

AGENT = "sales-agent@litware"
NESTED = "{ customers(first: 5) { totalCount nodes { companyName domains contact { email } relationship { since } } } }"
ONE = "query ($id: ID!) { customer(id: $id) { companyName } }"
PGBOUNCER = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
AT_ONCE = 30
SERVER_CONNECTIONS = 3


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@asynccontextmanager
async def pooled(settings: Settings, folder: Path) -> AsyncIterator[Settings]:
    """Settings of a server that reaches the same database through a pooler with few connections."""
    assert PGBOUNCER is not None
    assert settings.database_url is not None
    url = urlsplit(settings.database_url.get_secret_value())
    name, port = url.path.removeprefix("/"), free_port()
    (folder / "users.txt").write_text(f'"{url.username}" ""\n')
    (folder / "pgbouncer.ini").write_text(
        f"[databases]\n{name} = host={url.hostname} port={url.port}\n[pgbouncer]\npool_mode = transaction\n"
        f"listen_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nauth_type = trust\n"
        f"auth_file = {folder / 'users.txt'}\ndefault_pool_size = {SERVER_CONNECTIONS}\n"
        f"ignore_startup_parameters = extra_float_digits\n"
    )
    for place in (folder, *folder.parents):
        if place.owner() == "root" and os.getuid() == 0 and place.is_relative_to(folder.parents[1]):
            place.chmod(0o755)
    as_nobody = ["-u", "nobody"] if os.getuid() == 0 else []
    with (folder / "pgbouncer.log").open("wb") as log:
        process = subprocess.Popen(  # noqa: ASYNC220 - its end is awaited in the test's own time
            [PGBOUNCER, *as_nobody, folder / "pgbouncer.ini"], stdout=log, stderr=log
        )
        try:
            through = f"postgresql://{url.username}@127.0.0.1:{port}/{name}"
            await _until_it_answers(through, process)
            yield settings.model_copy(update={"database_url": SecretStr(through), "database_pooler": "transaction"})
        finally:
            process.terminate()
            process.wait(timeout=20)


async def _until_it_answers(url: str, process: subprocess.Popen[bytes]) -> None:
    async with asyncio.timeout(20):
        while process.poll() is None:
            try:
                await (await asyncpg.connect(url, statement_cache_size=0)).close()
            except (OSError, asyncpg.PostgresError):
                continue
            return
    raise AssertionError("pgbouncer ended")


@pytest.mark.skipif(PGBOUNCER is None, reason="SKIPPED FOR WANT OF PGBOUNCER: install Debian's package pgbouncer")
async def test_reads_and_writes_through_a_pooler(world: World, tmp_path: Path):
    """Plans, the executor and commands at once, over fewer server connections than the server has."""
    if world.kind != "postgresql":
        return
    async with world.copy() as settings, pooled(settings, tmp_path) as through, serve_in_process(through) as api:
        customer = await some_customer(api, AGENT, "Blue Yonder Airlines")
        for _ in range(3):
            asked = [api.ask(AGENT, document, id=customer["id"]) for document in (ONE, NESTED) * AT_ONCE]
            fresh = [api.ask(AGENT, f"{NESTED} # {number}") for number in range(AT_ONCE)]
            for answer in await asyncio.gather(*asked, *fresh):
                answer.ok()
        for number in range(5):
            base = {"customerId": customer["id"], "etag": customer["billingProfile"]["etag"]}
            renamed = await api.ask(AGENT, UPDATE_CONTACT, input={**base, "contact": {"firstName": f"N{number}"}})
            customer = renamed.ok()["customerUpdateContact"]["customer"]
        assert customer["contact"]["firstName"] == "N4"
        assert api.planner.ran > 0
        assert not {"DatabaseError", "ConnectionLostError"} & set(api.planner.handed_over), api.planner.handed_over


@pytest.mark.skipif(PGBOUNCER is None, reason="SKIPPED FOR WANT OF PGBOUNCER: install Debian's package pgbouncer")
async def test_connections_that_die_behind_the_pooler(world: World, tmp_path: Path):
    """A read by plan is read again; a write is told once and leaves nothing; then all goes on."""
    if world.kind != "postgresql":
        return
    async with world.copy() as settings, pooled(settings, tmp_path) as through, serve_in_process(through) as api:
        customer = await some_customer(api, AGENT, "Blue Yonder Airlines")
        base = {"customerId": customer["id"], "etag": customer["billingProfile"]["etag"], "contact": {"firstName": "N"}}
        for _ in range(2):
            (await api.ask(AGENT, NESTED)).ok()
        ran = api.planner.ran
        async with locked(settings, "relationship") as watcher:
            asking = asyncio.create_task(api.ask(AGENT, NESTED))
            await cut_once_somebody_waits(watcher)
        (await asking).ok()
        assert (api.planner.ran, api.planner.handed_over["ConnectionLostError"]) == (ran, 1)
        before = await api.counts()
        async with locked(settings, "activity_record") as watcher:
            asking = asyncio.create_task(api.ask(AGENT, UPDATE_CONTACT, input=base))
            await cut_once_somebody_waits(watcher)
            lost = await asking
        assert (lost.data, lost.codes) == ({"customerUpdateContact": None}, ["DATABASE_UNAVAILABLE"])
        assert await api.counts() == before
        (await api.ask(AGENT, UPDATE_CONTACT, input=base)).ok()
        (await api.ask(AGENT, NESTED)).ok()
        assert api.planner.ran == ran + 2


@pytest.mark.skipif(PGBOUNCER is None, reason="SKIPPED FOR WANT OF PGBOUNCER: install Debian's package pgbouncer")
@pytest.mark.parametrize("limit", ["statement_seconds", "lock_seconds"])
async def test_deadlines_hold_behind_the_pooler(world: World, tmp_path: Path, limit: str):
    """A read by plan and by the executor, and a write; each leaves its server connection to others as it was."""
    if world.kind != "postgresql":
        return
    patient = {"statement_seconds": 60.0, "lock_seconds": 60.0, "request_seconds": 60.0, limit: 0.3}
    async with (
        world.copy() as settings,
        pooled(settings, tmp_path) as through,
        serve_in_process(through.model_copy(update=patient)) as api,
    ):
        customer = await some_customer(api, AGENT, "Blue Yonder Airlines")
        base = {"customerId": customer["id"], "etag": customer["billingProfile"]["etag"], "contact": {"firstName": "N"}}
        for _ in range(2):
            (await api.ask(AGENT, NESTED)).ok()
        before = await api.counts()
        async with locked(settings, "relationship"):
            for document in (NESTED, f"{NESTED} # for the first time"):
                assert (await api.ask(AGENT, document)).codes == ["DEADLINE_EXCEEDED"]
        async with locked(settings, "activity_record"):
            late = await api.ask(AGENT, UPDATE_CONTACT, input=base)
        assert (late.data, late.codes) == ({"customerUpdateContact": None}, ["DEADLINE_EXCEEDED"])
        assert await api.counts() == before
        (await api.ask(AGENT, UPDATE_CONTACT, input=base)).ok()
        assert through.database_url is not None
        url = through.database_url.get_secret_value()
        async with AsyncExitStack() as all_at_once:
            # Each in a transaction, so that they are all that the pooler has.
            for _ in range(SERVER_CONNECTIONS):
                other = await asyncpg.connect(url, statement_cache_size=0)
                all_at_once.push_async_callback(other.close)
                await all_at_once.enter_async_context(other.transaction())
                for name in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"):
                    assert await other.fetchval(f"show {name}") == "0"


@pytest.mark.skipif(PGBOUNCER is None, reason="SKIPPED FOR WANT OF PGBOUNCER: install Debian's package pgbouncer")
async def test_a_pause_within_a_transaction_has_an_end_behind_the_pooler(world: World, tmp_path: Path):
    if world.kind != "postgresql":
        return
    async with world.copy() as settings, pooled(settings, tmp_path) as through:
        database = make_database(through.model_copy(update={"idle_transaction_seconds": 1}))
        transaction = await database.begin(writes=True)
        shown = await transaction.fetch("show idle_in_transaction_session_timeout", ())
        assert shown[0][0] == "1s"
        await transaction.rollback()
        await database.close()
