"""Mail is sent if, and only if, what it tells about was committed; as long as the relay will not take it, it waits."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from resolvers.outbox_delivery import LEASE, LONGEST_WAIT, MOST_ATTEMPTS
from tests.mail.mailbox import part_of
from tests.mail.relay import DROP, HANG, Relay
from tests.mail.sending import Sender, sender
from tests.worlds import World

A_WHILE = timedelta(seconds=15)


async def test_a_mail_arrives_as_text_and_as_html_with_its_link(smtp: Relay, litware: Sender):
    """R2.2: the partner's words as they are, the link unchanged among them."""
    mail = await litware.queue()
    assert litware.committed == [{"outbox_mail"}]
    await litware.deliver()
    (message,) = smtp.taken
    assert message["From"] == '"Litware S.r.l." <no-reply@clientela.example>'
    assert message["To"] == mail.recipient
    assert message["Subject"] == "Un invito: perché no?"
    assert message["Message-ID"].endswith("@clientela.example>")
    assert message["Date"].datetime == litware.clock().replace(microsecond=0)
    assert part_of(message, "plain") == mail.text
    html = part_of(message, "html")
    assert f'<a href="{mail.link}">' in html
    assert "<p>l&#x27;agenzia &lt;Litware&gt; &amp; Co. vi invita:<br>\n<a " in html
    assert await litware.rows("id") == []


async def test_the_link_is_stored_nowhere(litware: Sender):
    """Settled: link tokens are derived and stored nowhere."""
    mail = await litware.queue()
    ((stored,),) = await litware.rows("text")
    assert "invitation" not in stored
    assert "l'agenzia" in stored
    assert mail.about_id.hex not in stored


async def test_what_is_rolled_back_is_not_sent(smtp: Relay, litware: Sender):
    """conventions.md: a rehearsal leaves no mail."""
    await litware.queue(keep=False)
    await litware.deliver()
    assert (smtp.taken, litware.committed, await litware.rows("id")) == ([], [], [])


@pytest.mark.parametrize("answer", ["451 Try again later", "421 Too busy", DROP])
async def test_a_mail_that_was_not_taken_comes_again_under_its_id(smtp: Relay, litware: Sender, answer: str):
    smtp.contents += [answer]
    await litware.queue()
    await litware.deliver()
    ((attempts, error),) = await litware.rows("attempts, last_error")
    assert attempts == 1
    assert answer == DROP or answer in error
    # Not before its time.
    await litware.deliver(A_WHILE - timedelta(seconds=1))
    assert len(smtp.taken) == (answer == DROP)
    await litware.deliver(timedelta(seconds=1))
    assert len(smtp.taken) == 1 + (answer == DROP)
    assert len({message["Message-ID"] for message in smtp.taken}) == 1
    assert await litware.rows("id") == []


async def test_a_relay_that_is_away_is_waited_for(world: World):
    async with world.copy() as settings, sender(settings, port=1) as it:
        await it.queue()
        await it.deliver()
        ((attempts, error),) = await it.rows("attempts, last_error")
        assert (attempts, "127.0.0.1" in error) == (1, True)
        assert not await it.is_dead()


@pytest.mark.parametrize("recipients", [["550 No such user"], []])
async def test_a_refusal_for_good_is_a_dead_letter_at_once(smtp: Relay, litware: Sender, recipients: list[str]):
    smtp.recipients += recipients
    smtp.contents += ["554 We do not want this"]
    await litware.queue()
    await litware.deliver()
    assert await litware.is_dead()
    ((error,),) = await litware.rows("last_error")
    assert error == (recipients or ["554 We do not want this"])[0]
    await litware.deliver(timedelta(days=30))
    assert await litware.rows("attempts") == [(1,)]


async def test_after_two_days_of_trying_a_mail_is_given_up(smtp: Relay, litware: Sender):
    smtp.contents += ["451 Not now"] * (MOST_ATTEMPTS + 1)
    await litware.queue()
    began = litware.clock()
    while not await litware.is_dead():
        await litware.deliver()
        litware.clock.fixed = litware.clock() + LONGEST_WAIT
    assert await litware.rows("attempts") == [(MOST_ATTEMPTS,)]
    assert timedelta(days=2) < litware.clock() - began < timedelta(days=3)


async def test_one_mail_that_fails_holds_up_no_other(smtp: Relay, litware: Sender):
    smtp.recipients += ["450 Mailbox is full"]
    await litware.queue()
    await litware.queue(recipient="bruno@alpineskihouse.example")
    await litware.deliver()
    assert [message["To"] for message in smtp.taken] == ["bruno@alpineskihouse.example"]
    assert len(await litware.rows("id")) == 1


async def test_processes_share_the_work_and_send_nothing_twice(world: World, smtp: Relay):
    async with world.copy() as settings, sender(settings, smtp.port) as first, sender(settings, smtp.port) as second:
        wanted = {f"person{number}@alpineskihouse.example" for number in range(20)}
        for recipient in wanted:
            await first.queue(recipient=recipient)
        await asyncio.gather(*(one.delivery.deliver_due() for one in (first, second, first, second)))
        assert sorted(message["To"] for message in smtp.taken) == sorted(wanted)


async def test_a_mail_whose_process_died_is_another_processes_affair_after_a_while(smtp: Relay, litware: Sender):
    smtp.contents += [HANG]
    await litware.queue()
    dead = asyncio.create_task(litware.deliver())
    await smtp.wait_for(1)
    dead.cancel()
    await asyncio.wait([dead])
    await litware.deliver(LEASE - timedelta(seconds=1))
    assert len(smtp.taken) == 1
    await litware.deliver(timedelta(seconds=1))
    first, second = smtp.taken
    assert first["Message-ID"] == second["Message-ID"]


async def test_a_mail_that_kills_its_process_each_time_is_a_dead_letter_at_last(smtp: Relay, litware: Sender):
    smtp.contents += [HANG]
    await litware.queue()
    async with litware.engine.execution_options(writes=True).begin() as connection:
        await connection.execute(text("update outbox_mail set attempts = :most"), {"most": MOST_ATTEMPTS - 1})
    dead = asyncio.create_task(litware.deliver())
    await smtp.wait_for(1)
    dead.cancel()
    await asyncio.wait([dead])
    assert await litware.is_dead()


async def test_no_address_gets_into_the_log(smtp: Relay, litware: Sender):
    smtp.recipients += ["550 <anna@alpineskihouse.example> is nobody here", "450 anna@alpineskihouse.example is full"]
    with capture_logs() as logs:
        await litware.queue()
        await litware.queue()
        await litware.deliver()
        await litware.deliver(timedelta(minutes=1))
    assert [line["event"] for line in logs] == ["mail given up", "mail not delivered", "mail delivered"]
    assert "alpineskihouse" not in str(logs)
    assert await litware.rows("last_error") == [("550 <anna@alpineskihouse.example> is nobody here",)]


async def test_a_mail_that_no_header_can_hold_is_a_dead_letter(smtp: Relay, litware: Sender):
    """A name that came in past our checks must not add headers, nor stop the mail behind it."""
    async with litware.engine.execution_options(writes=True).begin() as connection:
        await connection.execute(text("update partner set name = name || :more"), {"more": "\r\nBcc: eve@example.com"})
    await litware.queue()
    await litware.deliver()
    assert await litware.is_dead()
    assert smtp.taken == []
