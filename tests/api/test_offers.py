"""The catalogue: what there is to buy, by country and cloud (customers.md 6.2)."""

import pytest

from tests.api.buying import CATALOGUE, CONFERENCING, OFFICE
from tests.clients import Api

WHOLE = """query ($country: CountryCode, $first: Int, $after: String) {
  offers(country: $country, first: $first, after: $after) {
    totalCount pageInfo { hasNextPage endCursor }
    nodes { id name kind isAzure minimumQuantity maximumQuantity countries addOnOf { name } }
  }
}"""


@pytest.mark.parametrize("country", ["US", "IT"])
async def test_the_catalogue_has_every_kind_for_the_us_and_europe(api: Api, country: str):
    found = (await api.ask("sales-agent@litware", WHOLE, country=country)).ok()["offers"]["nodes"]
    assert {offer["kind"] for offer in found} == {"LICENSE", "USAGE", "RESERVATION", "SOFTWARE"}
    assert {offer["kind"] for offer in found if offer["isAzure"]} == {"USAGE", "RESERVATION"}
    assert {offer["name"]: offer["addOnOf"] for offer in found}[CONFERENCING] == {"name": OFFICE}
    assert all(country in offer["countries"] for offer in found)
    assert all(offer["minimumQuantity"] <= (offer["maximumQuantity"] or 10**6) for offer in found)


async def test_a_country_narrows_the_catalogue(api: Api):
    names = {
        country: {
            offer["name"]
            for offer in (await api.ask("sales-agent@litware", CATALOGUE, country=country)).ok()["offers"]["nodes"]
        }
        for country in (None, "US", "IT", "BR")
    }
    assert names["IT"] < names["US"] == names[None]
    assert names["BR"] == set()


async def test_pages_of_the_catalogue_are_the_catalogue_by_name(api: Api):
    whole = [offer["name"] for offer in (await api.ask("sales-agent@litware", WHOLE)).ok()["offers"]["nodes"]]
    assert whole == sorted(whole, key=str.casefold)
    seen, after = [], None
    while True:
        page = (await api.ask("sales-agent@litware", WHOLE, first=3, after=after)).ok()["offers"]
        assert page["totalCount"] == len(whole)
        seen += [offer["name"] for offer in page["nodes"]]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert seen == whole


async def test_each_cloud_has_a_catalogue_of_its_own(api: Api):
    """permissions.md 5.2: nothing crosses; an offer's id of another cloud names nothing."""
    people = ("sales-agent@litware", "sales-agent@woodgrove", "sales-agent@tailwind", "sales-agent@relecloud")
    found = [{offer["id"] for offer in (await api.ask(one, CATALOGUE)).ok()["offers"]["nodes"]} for one in people]
    assert all(ids for ids in found)
    assert len(set().union(*found)) == sum(map(len, found))
    document = "query ($id: ID!) { node(id: $id) { id } }"
    theirs = min(found[1])
    assert (await api.ask("sales-agent@litware", document, id=theirs)).ok() == {"node": None}
    assert (await api.ask("sales-agent@woodgrove", document, id=theirs)).ok() == {"node": {"id": theirs}}
