"""Lists below every row of a list: each parent has its own page, count and cursors."""

from datetime import timedelta

from clientela.clock import utc_now
from tests.api.portfolio import fill_up
from tests.clients import Api

AGENT = "sales-agent@fabrikam"
NESTED = """query ($first: Int, $lines: Int, $since: DateTime) { customers(first: $first) { nodes {
  id
  activity(first: $lines, filter: {since: $since}) {
    totalCount pageInfo { hasNextPage hasPreviousPage endCursor } edges { cursor }
    nodes { id occurredAt customer { id } }
  }
  last: activity(first: 1, filter: {since: $since}) { nodes { id } }
  resellers { totalCount nodes { name } pageInfo { hasNextPage } }
  associatedReseller { name }
} } }"""
ALONE = """query ($id: ID!, $after: String, $since: DateTime) { customer(id: $id) {
  activity(first: 500, after: $after, filter: {since: $since}) {
    totalCount nodes { id occurredAt customer { id } } pageInfo { hasPreviousPage }
  }
} }"""
LOG = """query ($customer: ID!, $since: DateTime) {
  activityLog(first: 500, filter: {customerId: $customer, since: $since}) { totalCount nodes { id } }
}"""
TOUCH = """mutation ($id: ID!, $etag: String!, $first: String) {
  customerUpdateContact(input: {customerId: $id, etag: $etag, contact: {firstName: $first}}) {
    customer { billingProfile { etag } }
    userErrors { code }
  }
}"""


async def test_every_parent_has_its_own_page(fresh_api: Api):
    """conventions: `first` counts below each parent, newest first, whatever its siblings have."""
    api = fresh_api
    await fill_up(api, "fabrikam", 3, "tailspin")
    listed = "{ customers(first: 12) { nodes { id billingProfile { etag } } } }"
    customers = (await api.ask(AGENT, listed)).ok()["customers"]["nodes"]
    for changes, customer in zip((5, 1, 2), customers, strict=False):
        etag = customer["billingProfile"]["etag"]
        for number in range(changes):
            payload = (await api.ask(AGENT, TOUCH, id=customer["id"], etag=etag, first=f"N{number}")).ok()
            etag = payload["customerUpdateContact"]["customer"]["billingProfile"]["etag"]
    since = (utc_now() - timedelta(days=85)).isoformat()
    nested = (await api.ask(AGENT, NESTED, first=12, lines=3, since=since)).ok()["customers"]["nodes"]
    counts = set()
    for node in nested:
        whole = (await api.ask(AGENT, ALONE, id=node["id"], since=since)).ok()["customer"]["activity"]
        below = node["activity"]
        times = [(line["occurredAt"], line["id"]) for line in whole["nodes"]]
        assert times == sorted(times, reverse=True)
        assert all(line["customer"] == {"id": node["id"]} for line in whole["nodes"])
        assert below["nodes"] == whole["nodes"][:3]
        assert below["totalCount"] == whole["totalCount"] == len(whole["nodes"])
        assert below["pageInfo"]["hasNextPage"] is (len(whole["nodes"]) > 3)
        assert below["pageInfo"]["hasPreviousPage"] is whole["pageInfo"]["hasPreviousPage"] is False
        assert node["last"]["nodes"] == [{"id": line["id"]} for line in whole["nodes"][:1]]
        log = (await api.ask(AGENT, LOG, customer=node["id"], since=since)).ok()["activityLog"]
        assert [line["id"] for line in log["nodes"]] == [line["id"] for line in whole["nodes"]]
        if below["edges"]:
            cursor = below["edges"][0]["cursor"]
            rest = (await api.ask(AGENT, ALONE, id=node["id"], since=since, after=cursor)).ok()["customer"]["activity"]
            assert rest["nodes"] == whole["nodes"][1:]
            assert rest["pageInfo"]["hasPreviousPage"] is True
        counts.add(len(whole["nodes"]))
    assert len(counts) > 2  # pages of different lengths side by side


async def test_the_resellers_of_each_customer(api: Api):
    """R3.10: for its provider, every reseller that serves the customer through it."""
    nodes = (await api.ask(AGENT, NESTED, first=500, lines=1)).ok()["customers"]["nodes"]
    served = [node for node in nodes if node["associatedReseller"]]
    assert len(served) >= 8
    assert len(nodes) - len(served) >= 8
    for node in nodes:
        expected = [{"name": "Tailspin Toys"}] if node["associatedReseller"] else []
        assert node["resellers"] == {
            "totalCount": len(expected),
            "nodes": expected,
            "pageInfo": {"hasNextPage": False},
        }
