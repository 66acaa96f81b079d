"""The delivery beside the requests: at once after a commit, through every fault, and to the end of what it began."""

import asyncio
from collections.abc import Iterator

import pytest
import structlog
from sqlalchemy import text

from clientela.mail import delivery
from tests.mail.relay import HANG, Relay
from tests.mail.sending import Sender, queue


@pytest.fixture
def never_polls(monkeypatch: pytest.MonkeyPatch):
    """Only a commit wakes the delivery."""
    monkeypatch.setattr(delivery, "POLL_SECONDS", 3600)


@pytest.mark.usefixtures("never_polls")
async def test_a_commit_of_this_process_is_delivered_at_once(smtp: Relay, litware: Sender):
    async with litware.delivery.running():
        for number in range(1, 11):
            await queue(litware.database, litware.clock(), litware.delivery.after_commit)
            await smtp.wait_for(number)
            # The delivery has nothing to do any more, and nothing but the next commit tells it otherwise.
            while await litware.rows("id"):
                continue


async def test_mail_of_another_process_is_found(smtp: Relay, litware: Sender, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(delivery, "POLL_SECONDS", 0.05)
    async with litware.delivery.running():
        await litware.queue()
        await smtp.wait_for(1)


async def test_the_mail_under_way_is_seen_through_at_the_end(smtp: Relay, litware: Sender):
    """A stop of the server: no mail is sent again because it was stopped."""
    await litware.queue()
    await litware.queue()
    async with litware.delivery.running():
        await smtp.wait_for(1)
    assert len(await litware.rows("id")) == 2 - len(smtp.taken)


@pytest.mark.usefixtures("never_polls")
async def test_a_relay_that_says_nothing_does_not_keep_the_server_from_stopping(
    smtp: Relay, litware: Sender, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(delivery, "SECONDS_TO_FINISH", 0.05)
    smtp.contents += [HANG]
    await litware.queue()
    async with asyncio.timeout(20), litware.delivery.running():
        await smtp.wait_for(1)
    assert await litware.rows("attempts") == [(1,)]


@pytest.fixture
def unreadable() -> Iterator[asyncio.Event]:
    """Set when the delivery says that it cannot read the outbox."""
    said = asyncio.Event()

    def hear(_logger: object, _method: str, line: dict[str, object]) -> dict[str, object]:
        if line["event"] == "the outbox cannot be read":
            said.set()
        raise structlog.DropEvent

    structlog.configure(processors=[hear])
    yield said
    structlog.reset_defaults()


async def test_the_outbox_may_go_away_and_come_back(
    smtp: Relay, litware: Sender, monkeypatch: pytest.MonkeyPatch, unreadable: asyncio.Event
):
    """A database that restarts, say: the delivery outlives it."""
    monkeypatch.setattr(delivery, "POLL_SECONDS", 0.05)
    await litware.queue()
    writing = litware.engine.execution_options(writes=True)
    async with writing.begin() as connection:
        await connection.execute(text("alter table outbox_mail rename to away"))
    async with litware.delivery.running():
        await unreadable.wait()
        async with writing.begin() as connection:
            await connection.execute(text("alter table away rename to outbox_mail"))
        await smtp.wait_for(1)
