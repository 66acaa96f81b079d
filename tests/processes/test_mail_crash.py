"""A server killed between the commit and the mail: nothing is lost, nothing is sent under two Message-IDs."""

import asyncio
import signal
import sys
from pathlib import Path
from typing import Any

from tests.api.relationship_requests import CREATE, SEND, form
from tests.mail.relay import HANG, relay
from tests.mail.sending import with_relay
from tests.processes.server import HOME, command, deployed, settings_of
from tests.worlds import World

AGENT = "admin-agent@litware"
QUEUED_AND_KILLED = """
import asyncio, os, signal, sys
from clientela.clock import utc_now
from clientela.database import make_database
from tests.mail.sending import queue
from tests.worlds import settings_for
from pathlib import Path

async def main():
    database = make_database(settings_for(sys.argv[1], Path(sys.argv[2])))
    await queue(database, utc_now())
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""


async def run(*words: str, **options: Any) -> int:
    """Runs a program to its end; gives back its status."""
    return await (await asyncio.create_subprocess_exec(*words, **options)).wait()


async def test_mail_of_a_process_that_died_before_it_sent_it_is_sent_by_the_next(world: World, tmp_path: Path):
    """Issue 4: kill -9 between commit and mail."""
    async with world.copy() as settings, relay() as smtp:
        assert settings.database_url is not None
        url = settings.database_url.get_secret_value()
        died = await run(sys.executable, "-c", QUEUED_AND_KILLED, url, str(settings.data_dir), cwd=HOME)
        assert died == -signal.SIGKILL
        async with deployed(with_relay(settings, smtp.port), tmp_path, processes=2):
            await smtp.wait_for(1)
        assert len(smtp.taken) == 1


async def test_a_process_killed_while_the_relay_thinks_costs_no_mail_and_no_second_id(world: World, tmp_path: Path):
    async with world.copy() as settings, relay() as smtp:
        smtp.contents += [HANG]
        with_mail = with_relay(settings, smtp.port)
        async with deployed(with_mail, tmp_path) as before:
            (server,) = before.servers
            draft = (await server.ask(AGENT, CREATE, input=form(targetEmail="anna@example.com"))).ok()
            request = draft["relationshipRequestCreate"]["relationshipRequest"]["id"]
            (await server.ask(AGENT, SEND, input={"relationshipRequestId": request, "deliver": True})).ok()
            await smtp.wait_for(1)
            server.kill()
        # The lease would end in two minutes; an operator need not wait.
        async with deployed(with_mail, tmp_path) as after:
            ((key,),) = await after.rows("select id from outbox_mail")
            retry = command("outbox", "retry", str(key))
            assert await run(*retry, env=settings_of(settings), cwd=tmp_path) == 0
            await smtp.wait_for(2)
        assert len({message["Message-ID"] for message in smtp.taken}) == 1
