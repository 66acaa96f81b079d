"""A request to a customer, delivered by the server: from the draft to the mailbox, or not at all."""

from tests.api.partnerships import token_of
from tests.api.relationship_requests import accept, cancel, drafted, form, send
from tests.clients import Api, serve_in_process
from tests.mail.mailbox import link_in, part_of
from tests.mail.relay import Relay
from tests.mail.sending import faults, waiting, with_relay
from tests.worlds import World

AGENT = "admin-agent@adatum"
ANNA = "anna@alpineskihouse.example"


async def test_the_draft_arrives_and_its_link_opens_the_request(smtp: Relay, mailing: Api):
    """R2.2, R2.11, relationships.md 11.1: the mail's link leads to the acceptance."""
    draft = await drafted(mailing, AGENT, form(targetEmail=ANNA))
    payload = await send(mailing, AGENT, draft["id"], deliver=True)
    assert payload["userErrors"] == []
    assert payload["relationshipRequest"]["status"] == "SENT"
    (message,) = await smtp.wait_for(1)
    assert message["To"] == ANNA
    assert message["Subject"] == draft["emailDraft"]["subject"]
    assert part_of(message, "plain") == draft["emailDraft"]["body"]
    accepted = await accept(mailing, "customer-admin@wingtiptoys", token_of(link_in(message)))
    assert [row["partner"]["name"] for row in accepted["relationships"]] == ["A. Datum Corporation"]


async def test_the_partners_words_are_kept(smtp: Relay, mailing: Api):
    draft = await drafted(mailing, AGENT, form(targetEmail=ANNA))
    body = f"Cara Anna,\n\n<b>ecco</b> {draft['link']} e ancora {draft['link']}\n"
    await send(mailing, AGENT, draft["id"], deliver=True, subject="Per te — adesso", body=body)
    (message,) = await smtp.wait_for(1)
    assert (message["Subject"], part_of(message, "plain")) == ("Per te — adesso", body)


async def test_a_mail_without_its_link_or_twice_is_not_sent(smtp: Relay, mailing: Api):
    """R2.11: it stays a draft. A request is sent once."""
    draft = await drafted(mailing, AGENT, form(targetEmail=ANNA))
    assert faults(await send(mailing, AGENT, draft["id"], deliver=True, body="Ciao")) == [
        ("LINK_MISSING", ["input", "body"])
    ]
    assert (smtp.taken, await waiting(mailing)) == ([], 0)
    await send(mailing, AGENT, draft["id"], deliver=True)
    await smtp.wait_for(1)
    assert faults(await send(mailing, AGENT, draft["id"], deliver=True)) == [
        ("INVALID_STATE", ["input", "relationshipRequestId"])
    ]
    assert len(smtp.taken) == 1


async def test_somebody_must_be_named_to_deliver_to(smtp: Relay, mailing: Api):
    draft = await drafted(mailing, AGENT, form())
    assert faults(await send(mailing, AGENT, draft["id"], deliver=True)) == [("REQUIRED", ["input", "deliver"])]
    assert (await send(mailing, AGENT, draft["id"]))["userErrors"] == []
    assert (smtp.taken, await waiting(mailing)) == ([], 0)


async def test_a_server_without_a_relay_says_so_and_sends_nothing(fresh_api: Api):
    draft = await drafted(fresh_api, AGENT, form(targetEmail=ANNA))
    before = await fresh_api.counts()
    assert faults(await send(fresh_api, AGENT, draft["id"], deliver=True)) == [("NOT_SUPPORTED", ["input", "deliver"])]
    assert await fresh_api.counts() == before


async def test_a_request_that_is_cancelled_takes_its_mail_back(world: World):
    """Nothing listens on port 1, so the mail waits."""
    async with world.copy() as settings, serve_in_process(with_relay(settings, port=1)) as api:
        draft = await drafted(api, AGENT, form(targetEmail=ANNA))
        await send(api, AGENT, draft["id"], deliver=True)
        assert await waiting(api) == 1
        (await cancel(api, AGENT, draft["id"])).ok()
        assert await waiting(api) == 0
