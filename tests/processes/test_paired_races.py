"""Two decide at once over one invitation or relationship, thousands of times: one is first, the other told (issue 4).

More than two at once: test_invitation_races.py. How often each came first is printed for `make races`.
"""

import pytest_asyncio

from tests.api.buying import BUY, CATALOGUE, OFFICE
from tests.api.relationship_requests import AGREED, CANCEL
from tests.api.relationships import END
from tests.clients import Answer
from tests.processes.lanes import LANES, ROUNDS, Lanes, Outcome, open_lanes
from tests.processes.server import Deployment
from tests.processes.test_invitation_races import AGENT, OWNER, SUSPEND, a_link, outcomes

# Asks for as little as can be: what the payload shows beside is read under the locks that are raced for.
ACCEPT = """mutation ($input: RelationshipRequestAcceptInput!) {
  relationshipRequestAccept(input: $input) { userErrors { code } }
}"""
DECIDED = "select status, count(*) from relationship_request group by status"
LINES = "select count(*) from activity_record where operation = '{}'"


@pytest_asyncio.fixture
async def lanes(two: Deployment) -> Lanes:
    """As many rounds at once as there are lanes."""
    return await open_lanes(two)


def told(*answers: Answer) -> Outcome:
    """What each side was told: `done`, or a fault's code."""
    return tuple(code for answer in answers for code in outcomes([answer]))


async def connect(lanes: Lanes, lane: int, number: int) -> None:
    """Has a lane's customer accept an invitation."""
    server = lanes.server(number)
    _, token = await a_link(server)
    answer = await server.ask(lanes.customers[lane].admin, ACCEPT, input={"token": token, "agreement": AGREED})
    assert told(answer) == ("done",)


async def test_two_acceptances_of_one_link(lanes: Lanes):
    """R2.13: single use, whoever of two customers comes first."""
    ((lines,),) = await lanes.two.rows(LINES.format("accept_relationship_request"))

    async def one_round(lane: int, number: int) -> Outcome:
        _, token = await a_link(lanes.server(number))
        rivals = lanes.customers[lane], lanes.customers[(lane + 1) % LANES]
        asked = ((one.admin, ACCEPT, {"token": token, "agreement": AGREED}) for one in rivals)
        return told(*await lanes.at_once(number, *asked))

    found = await lanes.play("two acceptances of one link", one_round)
    assert set(found) <= {("done", "INVALID_STATE"), ("INVALID_STATE", "done")}
    assert await lanes.two.rows(LINES.format("accept_relationship_request")) == [(lines + ROUNDS,)]
    doubled = "from {} group by cloud, partner_id, customer_id having count(*) > 1"
    assert await lanes.two.rows(f"select 1 {doubled.format('relationship')}") == []
    assert await lanes.two.rows(f"select 1 {doubled.format('billing_profile')}") == []


async def test_an_acceptance_against_a_cancellation(lanes: Lanes):
    """R2.10: final is final; the request, its answers and the log tell one story."""
    before = dict(await lanes.two.rows(DECIDED))

    async def one_round(lane: int, number: int) -> Outcome:
        key, token = await a_link(lanes.server(number))
        accept = (lanes.customers[lane].admin, ACCEPT, {"token": token, "agreement": AGREED})
        return told(*await lanes.at_once(number, accept, (AGENT, CANCEL, {"relationshipRequestId": key})))

    found = await lanes.play("acceptance against cancellation", one_round)
    ways = {"accepted": ("done", "INVALID_STATE"), "cancelled": ("INVALID_STATE", "done")}
    assert set(found) <= set(ways.values())
    after = dict(await lanes.two.rows(DECIDED))
    for status, way in ways.items():
        assert after.get(status, 0) - before.get(status, 0) == found[way]


async def test_two_ends(lanes: Lanes):
    """Settled: the second is RELATIONSHIP_REQUIRED, without a second line."""
    ((lines,),) = await lanes.two.rows(LINES.format("remove_partner_customer_relationship"))

    async def one_round(lane: int, number: int) -> Outcome:
        await connect(lanes, lane, number)
        end = (OWNER, END, {"customerId": lanes.customers[lane].key})
        return told(*await lanes.at_once(number, end, end))

    found = await lanes.play("two ends", one_round)
    assert set(found) <= {("done", "RELATIONSHIP_REQUIRED"), ("RELATIONSHIP_REQUIRED", "done")}
    assert await lanes.two.rows(LINES.format("remove_partner_customer_relationship")) == [(lines + ROUNDS,)]


async def test_an_end_against_an_order(lanes: Lanes):
    """R5.2, I10, I5: ended and not sold, or sold and not ended; whichever the relationship's lock let in first."""
    offers = (await lanes.two.servers[0].ask(AGENT, CATALOGUE)).ok()["offers"]["nodes"]
    offer = next(one["id"] for one in offers if one["name"] == OFFICE)
    for lane in range(LANES):
        await connect(lanes, lane, lane)

    async def one_round(lane: int, number: int) -> Outcome:
        customer = lanes.customers[lane].key
        end = (OWNER, END, {"customerId": customer})
        order = (AGENT, BUY, {"customerId": customer, "offerId": offer, "quantity": 1})
        ended, sold = await lanes.at_once(number, end, order)
        if told(sold) == ("done",):
            subscription = sold.ok()["productSubscriptionCreate"]["subscription"]
            given = {"subscriptionId": subscription["id"], "etag": subscription["etag"]}
            assert told(await lanes.server(number).ask(AGENT, SUSPEND, input=given)) == ("done",)
        else:
            await connect(lanes, lane, number)
        return told(ended, sold)

    found = await lanes.play("end against order", one_round)
    assert set(found) <= {("done", "RELATIONSHIP_REQUIRED"), ("ACTIVE_SUBSCRIPTIONS", "done")}
