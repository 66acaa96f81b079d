"""`clientela outbox`: what an operator sees of mail that was not delivered, and does about it."""

import asyncio
import subprocess
from datetime import timedelta

import pytest_asyncio

from tests.mail.relay import Relay
from tests.mail.sending import Sender, sender
from tests.processes.server import command, settings_of
from tests.worlds import World

REFUSAL = "550 No such user here"


@pytest_asyncio.fixture
async def outbox(world: World, smtp: Relay):
    """An outbox with a dead letter and one that waits, and the command on it."""
    async with world.copy() as settings, sender(settings, smtp.port) as it:
        smtp.recipients += [REFUSAL, "450 Greylisted"]
        await it.queue(recipient="anna@alpineskihouse.example")
        await it.queue(recipient="bruno@alpineskihouse.example")
        await it.deliver()

        async def run(*words: str) -> subprocess.CompletedProcess[str]:
            return await asyncio.to_thread(
                subprocess.run,
                command("outbox", *words),
                env=settings_of(settings),
                cwd=settings.data_dir,
                capture_output=True,
                text=True,
            )

        yield it, run


async def dead(it: Sender) -> str:
    return next(key.replace("-", "") for key, again in await ids(it) if again is None)


async def ids(it: Sender) -> list[tuple[str, object]]:
    return [(str(key), again) for key, again in await it.rows("id, next_attempt_at")]


async def test_list_shows_what_waits_and_what_is_dead_and_why(outbox):
    it, run = outbox
    done = await run("list")
    assert (done.returncode, done.stderr) == (0, "")
    lines = {line.split("│")[3].strip(): line for line in done.stdout.splitlines() if "@" in line}
    assert "dead" in lines["anna@alpineskihouse.example"]
    assert REFUSAL in lines["anna@alpineskihouse.example"]
    assert await dead(it) in lines["anna@alpineskihouse.example"]
    assert "dead" not in lines["bruno@alpineskihouse.example"]
    assert "Litware" in done.stdout
    assert "token" not in done.stdout


async def test_retry_tries_dead_letters_again_under_their_ids(smtp: Relay, outbox):
    it, run = outbox
    (before,) = [name for name, again in await it.rows("message_id, next_attempt_at") if again is None]
    assert "1 will be tried again" in (await run("retry")).stdout
    await it.deliver(timedelta(minutes=5))
    assert {message["To"]: message["Message-ID"] for message in smtp.taken}["anna@alpineskihouse.example"] == before


async def test_drop_deletes_only_what_is_named(outbox):
    it, run = outbox
    assert "1 dropped" in (await run("drop", await dead(it))).stdout
    ((key, again),) = await ids(it)
    assert again is not None
    assert (await run("drop")).returncode == 2
    for text in ("anna@alpineskihouse.example", "0" * 32):
        refused = await run("drop", key, text)
        assert refused.returncode == 1
        assert refused.stderr.count("\n") == 1
        assert "outbox list" in refused.stderr
    assert len(await ids(it)) == 1
    assert (await run("drop", key)).returncode == 0
    assert (await run("list")).stdout == "The outbox is empty.\n"
