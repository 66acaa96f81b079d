"""An invitation to a reseller, mailed by the server: from the provider's words to the mailbox, once, or not at all."""

import asyncio
import json
from datetime import timedelta

from clientela.clock import utc_now
from tests.api.partnerships import PROVIDER, RESELLER, SEND, accept, codes, end, listed, requested, send, token_of
from tests.clients import Api, serve_in_process
from tests.mail.mailbox import link_in, part_of
from tests.mail.relay import Relay
from tests.mail.sending import faults, waiting, with_relay
from tests.worlds import World

OWNER = "owner@northwind.example"


async def test_the_draft_arrives_and_its_link_makes_the_partnership(smtp: Relay, mailing: Api):
    """R3.1; relationships.md 11.12: the mail's link leads to the acceptance, and both lists show it."""
    open_one = await requested(mailing, targetEmail=OWNER)
    assert open_one["sentAt"] is None
    payload = await send(mailing, open_one["id"])
    assert payload["userErrors"] == []
    assert payload["partnership"]["status"] == "REQUESTED"
    assert payload["partnership"]["sentAt"] is not None
    (message,) = await smtp.wait_for(1)
    assert message["To"] == OWNER
    assert message["From"] == '"Fabrikam, Inc." <no-reply@clientela.example>'
    assert message["Subject"] == open_one["emailDraft"]["subject"]
    assert part_of(message, "plain") == open_one["emailDraft"]["body"]
    assert link_in(message) == open_one["link"]
    accepted = (await accept(mailing, token_of(link_in(message))))["partnership"]
    for person in (PROVIDER, RESELLER):
        assert accepted["id"] in {row["id"] for row in await listed(mailing, person, status=["ACTIVE"])}


async def test_the_providers_words_are_kept_and_the_link_is_stored_nowhere(smtp: Relay, mailing: Api):
    """As R2.11; settled: link tokens."""
    open_one = await requested(mailing, targetEmail=OWNER)
    body = f"Dear Robin,\n\n<b>here</b> {open_one['link']} and again {open_one['link']}\n"
    shown = (await send(mailing, open_one["id"], subject="Für euch — jetzt", body=body))["partnership"]
    assert (shown["emailDraft"]["subject"], shown["emailDraft"]["body"]) == ("Für euch — jetzt", body)
    (message,) = await smtp.wait_for(1)
    assert (message["Subject"], part_of(message, "plain")) == ("Für euch — jetzt", body)
    mac = token_of(open_one["link"]).rpartition(".")[2]
    stored = str(await mailing.rows("select * from partnership")) + str(await mailing.rows("select * from outbox_mail"))
    assert "Dear Robin" in stored
    assert mac not in stored


async def test_it_is_sent_once_and_never_without_its_link(smtp: Relay, mailing: Api):
    """A second request would be a second mail to somebody who did not ask for any."""
    open_one = await requested(mailing, targetEmail=OWNER)
    assert faults(await send(mailing, open_one["id"], body="Hello", subject=" ")) == [
        ("REQUIRED", ["input", "subject"]),
        ("LINK_MISSING", ["input", "body"]),
    ]
    assert (smtp.taken, await waiting(mailing)) == ([], 0)
    await send(mailing, open_one["id"])
    await smtp.wait_for(1)
    before = (await mailing.counts())["activity_record"]
    assert faults(await send(mailing, open_one["id"])) == [("INVALID_STATE", ["input", "partnershipId"])]
    assert (await mailing.counts())["activity_record"] == before
    assert len(smtp.taken) == 1


async def test_asked_several_times_at_once_it_is_sent_once(smtp: Relay, mailing: Api):
    """The invitation is locked: all but one see that it was sent."""
    open_one = await requested(mailing, targetEmail=OWNER)
    payloads = await asyncio.gather(*(send(mailing, open_one["id"]) for _ in range(6)))
    assert sorted(codes(payload) for payload in payloads) == [[], *[["INVALID_STATE"]] * 5]
    await smtp.wait_for(1)
    assert len({message["Message-ID"] for message in smtp.taken}) == 1
    ((lines,),) = await mailing.rows(
        "select count(*) from activity_record where operation = 'send_partner_relationship_request'"
    )
    assert lines == 1


async def test_only_an_open_invitation_of_ones_own_that_names_somebody_is_sent(smtp: Relay, mailing: Api):
    """R3.5, R3.8, I6: over by an end, an acceptance or its time; of nobody; a reseller's."""
    nobody, accepted, ended = [await requested(mailing) for _ in range(3)]
    assert faults(await send(mailing, nobody["id"])) == [("REQUIRED", ["input", "partnershipId"])]
    await accept(mailing, token_of(accepted["link"]))
    await end(mailing, ended["id"])
    reseller, now = "global-admin@tailspin", utc_now()
    await mailing.token(reseller)
    mailing.clock.fixed = now
    overdue = await requested(mailing, targetEmail=OWNER)
    mailing.clock.fixed = now + timedelta(days=90)
    for over in (accepted, ended, overdue):
        assert codes(await send(mailing, over["id"]))[0] == "INVALID_STATE"
    for nothing in ("partnership_x", "", overdue["id"].replace("partnership", "partner")):
        assert codes(await send(mailing, nothing)) == ["NOT_FOUND"]
    denied = await mailing.ask(reseller, SEND, input={"partnershipId": nobody["id"]})
    assert denied.codes == ["PARTNER_TYPE_NOT_ALLOWED"]
    assert (smtp.taken, await waiting(mailing)) == ([], 0)


async def test_the_log_tells_of_the_mail_and_holds_no_link(smtp: Relay, mailing: Api):
    open_one = await requested(mailing, targetEmail=OWNER)
    await send(mailing, open_one["id"])
    ((changes,),) = await mailing.rows(
        "select changes from activity_record where operation = 'send_partner_relationship_request'"
    )
    changes = json.loads(changes) if isinstance(changes, str) else changes
    assert [change["field"] for change in changes] == ["partnership.sentAt"]


async def test_a_server_without_a_relay_says_so_and_sends_nothing(fresh_api: Api):
    open_one = await requested(fresh_api, targetEmail=OWNER)
    before = await fresh_api.counts()
    assert faults(await send(fresh_api, open_one["id"])) == [("NOT_SUPPORTED", ["input", "partnershipId"])]
    assert await fresh_api.counts() == before


async def test_an_invitation_that_is_taken_back_takes_its_mail_back(world: World):
    """Nothing listens on port 1, so the mail waits."""
    async with world.copy() as settings, serve_in_process(with_relay(settings, port=1)) as api:
        open_one = await requested(api, targetEmail=OWNER)
        other = await requested(api, targetEmail="other@northwind.example")
        for one in (open_one, other):
            await send(api, one["id"])
        assert await waiting(api) == 2
        await end(api, open_one["id"])
        assert await waiting(api) == 1
