"""A clock that is moved, forwards and back: nothing is lost, nothing stands still, the log keeps every line."""

from datetime import UTC, datetime, timedelta

from tests.api.customers import UPDATE_CONTACT, some_customer
from tests.clients import Api

AGENT = "admin-agent@litware"
LOG = """query ($after: String, $since: DateTime, $until: DateTime) {
  activityLog(first: 3, after: $after, filter: {since: $since, until: $until}) {
    nodes { id operation occurredAt } pageInfo { endCursor hasNextPage }
  }
}"""
MOVES = (timedelta(0), timedelta(days=-2), timedelta(hours=5), timedelta(days=-1), timedelta(days=3))


async def test_a_clock_that_is_moved_loses_nothing(fresh_api: Api):
    real = datetime.now(UTC)
    customer = await some_customer(fresh_api, AGENT, "Blue Yonder Airlines")
    for number, move in enumerate(MOVES):
        fresh_api.clock.fixed = real + move
        contact = {"firstName": f"Moved {number}"}
        form = {"customerId": customer["id"], "etag": customer["billingProfile"]["etag"], "contact": contact}
        payload = (await fresh_api.ask(AGENT, UPDATE_CONTACT, input=form)).ok()["customerUpdateContact"]
        assert payload["userErrors"] == []
        customer = payload["customer"]
        assert customer["billingProfile"]["firstName"] == f"Moved {number}"
    lines = await whole_log(fresh_api, real - timedelta(days=4), real + timedelta(days=4))
    assert len({line["id"] for line in lines}) == len(lines)
    instants = [datetime.fromisoformat(line["occurredAt"]) for line in lines]
    assert instants == sorted(instants, reverse=True)
    assert {real + move for move in MOVES} <= set(instants)


async def whole_log(api: Api, since: datetime, until: datetime) -> list[dict[str, str]]:
    """Every line of the activity log, page after page."""
    api.clock.fixed, after, lines = until, None, []
    while True:
        window = {"since": since.isoformat(), "until": until.isoformat()}
        found = (await api.ask(AGENT, LOG, after=after, **window)).ok()["activityLog"]
        lines += found["nodes"]
        if not found["pageInfo"]["hasNextPage"]:
            return lines
        after = found["pageInfo"]["endCursor"]
