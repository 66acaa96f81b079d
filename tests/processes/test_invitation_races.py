"""Many decide at once over one invitation or relationship: exactly one outcome each time (issue 4).

Two at once, thousands of times: test_paired_races.py.
"""

from collections import Counter
from itertools import cycle
from typing import Any

from tests.api.partnerships import ACCEPT as ACCEPT_PARTNERSHIP
from tests.api.partnerships import DECLINE as DECLINE_PARTNERSHIP
from tests.api.partnerships import END as END_PARTNERSHIP
from tests.api.partnerships import REQUEST as INVITE_RESELLER
from tests.api.partnerships import token_of
from tests.api.relationship_requests import ACCEPT, AGREED, CANCEL, CREATE, DECLINE, SEND, form
from tests.api.relationships import END
from tests.clients import Answer
from tests.processes.server import Deployment, Server
from tests.processes.test_races import at_once

AGENT = "admin-agent@adatum"
OWNER = "global-admin@adatum"
CUSTOMERS = ("wingtiptoys", "cohowinery", "fineartschool", "graphicdesigninstitute")
SUSPEND = """mutation ($input: ProductSubscriptionSetStatusInput!) {
  productSubscriptionSuspend(input: $input) { userErrors { code } }
}"""
FIND = "query ($search: String) { customers(filter: {search: $search}, first: 1) { nodes { id } } }"
ROUNDS = 6


def outcomes(answers: list[Answer]) -> Counter[str]:
    """How many answers were a success, and how many each fault."""
    found: Counter[str] = Counter()
    for answer in answers:
        (payload,) = answer.ok().values()
        errors = payload["userErrors"]
        found[errors[0]["code"] if errors else "done"] += 1
    return found


async def a_link(server: Server, **further: Any) -> tuple[str, str]:
    """A request that was sent: its id and its token."""
    made = (await server.ask(AGENT, CREATE, input=form(**further))).ok()["relationshipRequestCreate"]
    key = made["relationshipRequest"]["id"]
    sent = (await server.ask(AGENT, SEND, input={"relationshipRequestId": key})).ok()["relationshipRequestSend"]
    return key, token_of(sent["relationshipRequest"]["link"])


async def connect(two: Deployment, name: str) -> None:
    """Has a customer accept an invitation."""
    _, token = await a_link(two.servers[0])
    given = {"token": token, "agreement": AGREED}
    (payload,) = (await two.servers[0].ask(f"customer-admin@{name}", ACCEPT, input=given)).ok().values()
    assert payload["userErrors"] == []


async def test_of_many_customers_with_one_link_one_is_bound(two: Deployment):
    """R2.13: single use; the others are told that it was used."""
    for _ in range(ROUNDS):
        _, token = await a_link(two.servers[0])

        async def accept(server: Server, number: int, token: str = token) -> Answer:
            admin = f"customer-admin@{CUSTOMERS[number % len(CUSTOMERS)]}"
            return await server.ask(admin, ACCEPT, input={"token": token, "agreement": AGREED})

        found = outcomes(await at_once(two, 2 * len(CUSTOMERS), accept))
        # Each customer asks twice: the one that won gets its success twice.
        assert found == {"done": 2, "INVALID_STATE": 2 * (len(CUSTOMERS) - 1)}
    lines = "select count(*) from activity_record where operation = 'accept_relationship_request'"
    assert await two.rows(lines) == [(ROUNDS,)]
    doubled = (
        "select count(*) from agreement where method = 'direct_acceptance' group by customer_id having count(*) > 1"
    )
    assert await two.rows(doubled) == []


async def test_a_customer_that_accepts_two_links_at_once_has_one_relationship(two: Deployment):
    """I1: one row a partner and customer."""
    for name in CUSTOMERS[:3]:
        tokens = cycle([(await a_link(two.servers[0]))[1] for _ in range(4)])
        turns = [next(tokens) for _ in range(8)]

        async def accept(server: Server, number: int, name: str = name, turns: list[str] = turns) -> Answer:
            given = {"token": turns[number], "agreement": AGREED}
            return await server.ask(f"customer-admin@{name}", ACCEPT, input=given)

        assert outcomes(await at_once(two, 8, accept)) == {"done": 8}
    pairs = "select count(*) from relationship group by cloud, partner_id, customer_id having count(*) > 1"
    assert await two.rows(pairs) == []


async def test_an_acceptance_a_refusal_and_a_cancellation_of_one_request(two: Deployment):
    """R2.10: final states are final; whichever came first, the request and the log tell one story."""
    for number in range(ROUNDS):
        key, token = await a_link(two.servers[0])
        admin = f"customer-admin@{CUSTOMERS[number % len(CUSTOMERS)]}"
        calls = (
            (admin, ACCEPT, {"token": token, "agreement": AGREED}),
            (admin, DECLINE, {"token": token}),
            (AGENT, CANCEL, {"relationshipRequestId": key}),
        )

        async def decide(server: Server, number: int, calls: Any = calls) -> Answer:
            person, document, given = calls[number]
            return await server.ask(person, document, input=given)

        assert outcomes(await at_once(two, 3, decide)) == {"done": 1, "INVALID_STATE": 2}
    stories = (
        "select count(*) from activity_record where operation in "
        "('accept_relationship_request', 'decline_relationship_request', 'cancel_relationship_request')"
    )
    decided = "select count(*) from relationship_request where status in ('accepted', 'declined', 'cancelled')"
    ((lines,),), ((requests,),) = await two.rows(stories), await two.rows(decided)
    # The demo world has three that were decided without a line.
    assert requests - lines == 3


async def test_of_many_ends_one_counts(two: Deployment):
    """Settled: the second is RELATIONSHIP_REQUIRED, without a second line."""
    for number in range(ROUNDS):
        name = CUSTOMERS[number % len(CUSTOMERS)]
        await connect(two, name)
        (customer,) = (await two.servers[1].ask(OWNER, FIND, search=name)).ok()["customers"]["nodes"]

        async def end(server: Server, _number: int, customer: Any = customer) -> Answer:
            return await server.ask(OWNER, END, input={"customerId": customer["id"]})

        assert outcomes(await at_once(two, 6, end)) == {"done": 1, "RELATIONSHIP_REQUIRED": 5}
    lines = "select count(*) from activity_record where operation = 'remove_partner_customer_relationship' "
    ((ended,),) = await two.rows(f"{lines} and actor like '%adatum%'")
    assert ended == ROUNDS


async def test_the_same_request_made_at_once_is_one(two: Deployment):
    """R2.14."""
    for number in range(4):
        filled = form(targetEmail=f"race{number}@example.com")

        async def create(server: Server, _number: int, filled: Any = filled) -> Answer:
            return await server.ask(AGENT, CREATE, input=filled)

        answers = await at_once(two, 8, create)
        ids = {answer.ok()["relationshipRequestCreate"]["relationshipRequest"]["id"] for answer in answers}
        assert len(ids) == 1


async def test_one_link_of_a_provider_binds_one_reseller_and_two_links_bind_it_once(two: Deployment):
    """R3.5."""
    links = [(await two.servers[0].ask("admin-agent@fabrikam", INVITE_RESELLER, input={})).ok() for _ in range(4)]
    tokens = [token_of(link["partnershipRequest"]["partnership"]["link"]) for link in links]

    async def accept(server: Server, number: int) -> Answer:
        given = {"token": tokens[number % len(tokens)], "authorizeProvider": True}
        return await server.ask("global-admin@northwind", ACCEPT_PARTNERSHIP, input=given)

    found = outcomes(await at_once(two, 8, accept))
    assert found["done"] == 2
    assert found["INVALID_STATE"] == 6
    live = "select count(*) from partnership where status = 'active' group by provider_id, reseller_id"
    assert await two.rows(live) == [(1,), (1,)]


async def test_an_acceptance_a_refusal_and_the_taking_back_of_one_partnership(two: Deployment):
    """R3.5: what is over stays over. An active one can be ended, so the provider comes second once at most."""
    provider, reseller = "admin-agent@fabrikam", "global-admin@northwind"
    for _ in range(ROUNDS):
        made = (await two.servers[0].ask(provider, INVITE_RESELLER, input={})).ok()["partnershipRequest"]["partnership"]
        token = token_of(made["link"])
        taken_back = {"partnershipId": made["id"], "declarationAccepted": True}
        calls = (
            (reseller, ACCEPT_PARTNERSHIP, {"token": token, "authorizeProvider": True}),
            (reseller, DECLINE_PARTNERSHIP, {"token": token}),
            (provider, END_PARTNERSHIP, taken_back),
        )

        async def decide(server: Server, number: int, calls: Any = calls) -> Answer:
            person, document, given = calls[number]
            return await server.ask(person, document, input=given)

        answers = await at_once(two, 3, decide)
        accepted, declined, ended = [outcomes([answer]) == {"done": 1} for answer in answers]
        # Of the reseller's two answers one counts at most; the provider's does where it did not decline.
        assert (accepted and declined, declined and ended) == (False, False)
        assert accepted or declined or ended
        await two.servers[0].ask(provider, END_PARTNERSHIP, input=taken_back)
    stories = (
        "select count(*) from activity_record where operation in ('create_partner_relationship', "
        "'decline_partner_relationship_request') and actor like '%northwind%'"
    )
    decided = "select count(*) from partnership where status = 'declined' or accepted_by like '%northwind%'"
    ((lines,),), ((partnerships,),) = await two.rows(stories), await two.rows(decided)
    # Two lines each; the demo world has one that was accepted without a line.
    assert lines == 2 * (partnerships - 1)
