"""An id that names nothing and an id that names somebody else's are one and the same to whoever asks (I6)."""

from collections.abc import Iterable
from typing import Any

import pytest
import pytest_asyncio
from graphql import get_named_type

from tests.access.bodies import body_of
from tests.access.logbook import difference
from tests.access.mutations import MUTATIONS, new_customer
from tests.access.planting import Planted
from tests.access.reference import Caller
from tests.api.selections import served
from tests.clients import Api

ABSENT = "customer_0198c1d2e3f470008000000000000000"
# By the input's field, the kind of object that its id names.
NAMED = {"customerId": "customer", "subscriptionId": "productsubscription"}
MALFORMED = (
    "",
    "customer",
    "customer_",
    "customer_42",
    "Kunde",
    "customer_\u0000",
    "🙂",
    "__typename",
    "partner_x" * 400,
)


def _inputs_of(name: str) -> dict[str, Any]:
    mutations = served().mutation_type
    assert mutations is not None
    return dict(get_named_type(mutations.fields[name].args["input"].type).fields)  # type: ignore[union-attr]


NODE = "query ($id: ID!) { node(id: $id) { __typename id } }"
CUSTOMER = "query ($id: ID!) { customer(id: $id) { id companyName contact { email } activity { totalCount } } }"
WITH_AN_ID = [name for name, row in MUTATIONS.items() if "customerId" in _inputs_of(name)]
IDS = """{
  viewer { partner { id } }
  customers(filter: {search: "sentinel"}) {
    nodes { id relationship { id } billingProfile { id } agreements { id } activity(first: 1) { nodes { id } }
      subscriptions(first: 1) { nodes { id } }
    }
  }
}"""


@pytest_asyncio.fixture(scope="module")
async def ids(api: Api, planted: dict[str, Planted]) -> dict[str, dict[str, str]]:
    """By partner and kind of object, an id that its agents may use."""
    found = {}
    for partner in ("contoso", "fabrikam", "woodgrove", "proseware"):
        body = (await api.ask(f"admin-agent@{partner}", IDS)).data
        node = next(one for one in body["customers"]["nodes"] if one["id"] == planted[partner].id)
        found[partner] = {
            "partner": body["viewer"]["partner"]["id"],
            "customer": node["id"],
            "relationship": node["relationship"]["id"],
            "billingprofile": node["billingProfile"]["id"],
            "activity": node["activity"]["nodes"][0]["id"],
            "productsubscription": node["subscriptions"]["nodes"][0]["id"],
        }
        if node["agreements"]:
            found[partner]["agreement"] = node["agreements"][0]["id"]
    return found


def _foreign(ids: dict[str, dict[str, str]], partner: str) -> list[str]:
    own = ids[partner]["customer"]
    others = [key for other, keys in ids.items() if other != partner for key in keys.values()]
    # One's own under another spelling or another prefix names nothing either.
    return [*MALFORMED, *others, own.upper(), f" {own}", own.replace("_", "-"), own.replace("customer", "partner")]


async def _assert_alike(api: Api, who: str, document: str, ids: Iterable[str]) -> None:
    absent = await body_of(api, who, document, id=ABSENT)
    for one in ids:
        assert await body_of(api, who, document, id=one) == absent, one


@pytest.mark.parametrize("partner", ["contoso", "woodgrove"])
@pytest.mark.parametrize("document", [NODE, CUSTOMER], ids=["node", "customer"])
async def test_reading_an_id_that_is_not_ones_own_is_like_reading_one_that_names_nothing(
    document: str, partner: str, api: Api, ids: dict[str, dict[str, str]]
):
    """permissions.md 8.24, 8.27, I6; conventions "Ids and lists"."""
    who = f"admin-agent@{partner}"
    before = await api.counts()
    field = "node" if document is NODE else "customer"
    answer = await api.ask(who, document, id=ABSENT)
    assert answer.body == {"data": {field: None}}
    await _assert_alike(api, who, document, _foreign(ids, partner))
    assert await api.counts() == before
    assert (await api.ask(who, document, id=ids[partner]["customer"])).data[field]["id"] == ids[partner]["customer"]


async def test_nodes_holds_null_in_the_place_of_every_id_that_is_not_ones_own(api: Api, ids: dict[str, dict[str, str]]):
    wanted = [*_foreign(ids, "contoso"), *ids["contoso"].values()]
    document = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    found = (await api.ask("admin-agent@contoso", document, ids=wanted)).ok()["nodes"]
    own = list(ids["contoso"].values())
    assert [node and node["id"] for node in found] == [None] * (len(wanted) - len(own)) + own


@pytest.mark.parametrize(
    ("who", "kinds"),
    [
        ("global-admin@contoso", {"agreement"}),
        ("helpdesk-agent@contoso", {"agreement"}),
        ("user-management-admin@contoso", {"agreement", "billingprofile", "productsubscription"}),
        (
            "billing-admin@contoso",
            {"agreement", "billingprofile", "productsubscription", "customer", "relationship"},
        ),
        (
            "default-user@contoso",
            {"agreement", "billingprofile", "productsubscription", "customer", "relationship", "activity"},
        ),
        ("app@contoso", {"agreement"}),
    ],
)
async def test_the_id_of_an_object_that_the_roles_hide_is_like_one_that_names_nothing(
    who: str, kinds: set[str], api: Api, ids: dict[str, dict[str, str]]
):
    """What cannot be selected on the way through other fields cannot be had by its id."""
    own = ids["contoso"]
    await _assert_alike(api, who, NODE, [own[kind] for kind in kinds])
    for kind in own.keys() - kinds:
        assert (await api.ask(who, NODE, id=own[kind])).ok()["node"]["id"] == own[kind]


@pytest.mark.parametrize(
    ("who", "kinds"),
    [
        ("customer-admin", {"customer", "relationship", "partner", "productsubscription"}),
        ("customer-user", {"customer"}),
    ],
)
async def test_customers_people_find_by_id_what_viewer_shows_them_and_nothing_else(
    who: str, kinds: set[str], api: Api, ids: dict[str, dict[str, str]], planted: dict[str, Planted]
):
    """permissions.md 3: only the global admin lists the company's partners; nobody there sees a partner's data."""
    own, name = ids["contoso"], f"{who}@{planted['contoso'].domain}"
    shown = (await api.ask(name, "{ viewer { relationships { nodes { id partner { id } } } } }")).ok()["viewer"]
    assert (shown["relationships"] is not None) == ("relationship" in kinds)
    others = [key for other, keys in ids.items() if other != "contoso" for key in keys.values()]
    await _assert_alike(api, name, NODE, [*(own[kind] for kind in own.keys() - kinds), *others])
    for kind in kinds:
        assert (await api.ask(name, NODE, id=own[kind])).ok()["node"]["id"] == own[kind]


@pytest.mark.parametrize("who", ["admin-agent@contoso", "admin-agent@proseware"])
@pytest.mark.parametrize("name", WITH_AN_ID)
async def test_a_mutation_answers_alike_for_every_id_that_is_not_ones_own(
    name: str, who: str, api: Api, ids: dict[str, dict[str, str]], planted: dict[str, Planted]
):
    """NOT_FOUND on the id's field, whatever stands behind it; nothing written (I6, I8)."""
    partner = who.partition("@")[2]
    if MUTATIONS[name].permission == "RELATIONSHIP_REMOVE":
        who = f"global-admin@{partner}"
    form = await MUTATIONS[name].form(api, planted[partner], Caller(who, partner=partner))
    document = MUTATIONS[name].document
    (field,) = NAMED.keys() & form.keys()
    before = await api.counts()
    absent = await body_of(api, who, document, input=form | {field: ABSENT})
    for one in _foreign(ids, partner):
        assert await body_of(api, who, document, input=form | {field: one}) == absent, one
    assert await api.counts() == before
    outside = name == "customerDelete" and partner != "proseware"
    fault = '"NOT_SANDBOX","field":null' if outside else f'"NOT_FOUND","field":["input","{field}"]'
    assert fault.encode() in absent


@pytest.mark.parametrize("name", WITH_AN_ID)
async def test_a_denied_mutation_answers_alike_for_every_id_ones_own_included(
    name: str, api: Api, ids: dict[str, dict[str, str]], planted: dict[str, Planted]
):
    """Step 5 comes before 6: the same denial, the same line in the log."""
    who = "billing-admin@contoso"
    form = await MUTATIONS[name].form(api, planted["contoso"], Caller(who))
    document = MUTATIONS[name].document
    (field,) = NAMED.keys() & form.keys()
    kind = NAMED[field]
    bodies = set()
    for one in (ABSENT, "", *(ids[partner][kind] for partner in ("fabrikam", "woodgrove", "contoso"))):
        before = await api.counts()
        bodies.add(await body_of(api, who, document, input=form | {field: one}))
        assert difference(before, await api.counts()) == {"activity_record": 1}
    (body,) = bodies
    assert b'"FORBIDDEN"' in body


@pytest.mark.parametrize(
    ("who", "document"),
    [
        ("admin-agent@contoso", "query ($id: ID!) { activityLog(filter: {customerId: $id}) { totalCount } }"),
        ("admin-agent@fabrikam", "query ($id: ID!) { customers(filter: {partnerId: $id}) { totalCount } }"),
        ("admin-agent@contoso", "query ($id: ID!) { customers(filter: {partnerId: $id}) { totalCount } }"),
        ("admin-agent@tailspin", "query ($id: ID!) { customers(filter: {partnerId: $id}) { totalCount } }"),
    ],
)
async def test_a_filter_by_an_id_that_is_not_ones_own_finds_nothing(
    who: str, document: str, api: Api, ids: dict[str, dict[str, str]]
):
    """Settled question "malformed values": any string is an ID; the answer is an empty list."""
    others = [
        key
        for partner, keys in ids.items()
        if partner not in (who.partition("@")[2], "fabrikam")
        for key in keys.values()
    ]
    await _assert_alike(api, who, document, [*MALFORMED[:6], *others])
    assert b'"totalCount":0' in await body_of(api, who, document, id=ABSENT)


async def test_a_reseller_that_is_none_of_ones_own_is_like_one_that_does_not_exist(
    api: Api, ids: dict[str, dict[str, str]], planted: dict[str, Planted]
):
    """relationships.md R3: PARTNERSHIP_REQUIRED, whoever the id names."""
    who = "admin-agent@fabrikam"
    form: dict[str, Any] = await new_customer(api, planted["fabrikam"], Caller(who))
    document = MUTATIONS["customerCreate"].document
    absent = await body_of(api, who, document, input=form | {"associatedResellerId": ABSENT})
    assert b"PARTNERSHIP_REQUIRED" in absent
    # Few, because each creation hashes a password, which takes a while on purpose.
    for one in ("no id", ids["contoso"]["partner"]):
        assert await body_of(api, who, document, input=form | {"associatedResellerId": one}) == absent, one
