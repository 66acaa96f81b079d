"""Objects by their ids: every type, in the order asked for, null for whatever names nothing (conventions: Ids)."""

import re

from tests.clients import Api

AGENT = "admin-agent@litware"
SEARCH = """{ customers(first: 1, filter: {search: "alpine ski"}) { nodes {
  id companyName
  relationship { id role partner { id name } }
  billingProfile { id etag }
  agreements(type: null) { id agreedOn }
} }
  activityLog(first: 1) { nodes { id operation } }
}"""
NODES = """query ($ids: [ID!]!) { nodes(ids: $ids) {
  __typename id
  ... on Customer { companyName }
  ... on Relationship { role customer { id } }
  ... on Partner { name }
  ... on BillingProfile { etag }
  ... on Agreement { agreedOn }
  ... on ActivityRecord { operation }
} }"""
NODE = "query ($id: ID!) { node(id: $id) { __typename id } }"
ATTEST = """mutation ($id: ID!) { customerAttestAgreement(input: {customerId: $id, agreement: {
  templateId: "117a77b0-9360-443b-8795-c6dedc750cf9", agreedOn: "2024-01-01T00:00:00Z",
  contact: {firstName: "Ann", lastName: "Beebe", email: "ann@alpineskihouse.it"}
} }) { agreement { id } } }"""


async def known(api: Api) -> dict[str, dict[str, object]]:
    """An object of each type, by its id, as `nodes` should find it."""
    found = (await api.ask(AGENT, SEARCH)).ok()
    (customer,) = found["customers"]["nodes"]
    if not customer["agreements"]:
        (await api.ask(AGENT, ATTEST, id=customer["id"])).ok()
        return await known(api)
    relationship, profile = customer["relationship"], customer["billingProfile"]
    objects = [
        {"__typename": "Customer", "id": customer["id"], "companyName": customer["companyName"]},
        {
            "__typename": "Relationship",
            "id": relationship["id"],
            "role": relationship["role"],
            "customer": {"id": customer["id"]},
        },
        {"__typename": "Partner", **relationship["partner"]},
        {"__typename": "BillingProfile", **profile},
        {"__typename": "Agreement", **customer["agreements"][0]},
        {"__typename": "ActivityRecord", **found["activityLog"]["nodes"][0]},
    ]
    return {str(entry["id"]): entry for entry in objects}


async def test_every_type_is_found_by_its_id(api: Api):
    """conventions: a type prefix and 32 hex digits; `node` and `nodes` take any of them."""
    objects = await known(api)
    assert {entry["__typename"] for entry in objects.values()} == {
        "Customer",
        "Relationship",
        "Partner",
        "BillingProfile",
        "Agreement",
        "ActivityRecord",
    }
    for name, entry in objects.items():
        assert re.fullmatch(r"[a-z]+_[0-9a-f]{32}", name)
        found = (await api.ask(AGENT, NODE, id=name)).ok()["node"]
        assert found == {"__typename": entry["__typename"], "id": name}


async def test_nodes_keep_their_order_and_say_null_for_nothing(api: Api):
    """Twice the same, unknown and malformed ids in between: each place is its own."""
    objects = await known(api)
    nothing = ["", "x", "customer_", f"customer_{'0' * 32}", "\u0000", "node_1"]
    asked = [*objects, *nothing, *reversed(objects)]
    found = (await api.ask(AGENT, NODES, ids=asked)).ok()["nodes"]
    assert found == [objects.get(name) for name in asked]


async def test_an_id_is_ours_to_the_letter(api: Api):
    """Another type's prefix, upper case, blanks, dashes, text behind: null."""
    for name in await known(api):
        prefix, _, digits = name.partition("_")
        other = "partner" if prefix == "customer" else "customer"
        dashed = f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
        wrong = [
            f"{prefix}_{digits.upper()}" if digits.upper() != digits else "x",
            name.upper(),
            f"{prefix.capitalize()}_{digits}",
            f"{name} ",
            f" {name}",
            f"{name}0",
            f"{name}\n",
            name[:-1],
            digits,
            f"{prefix}_{dashed}",
            f"{prefix}_{{{digits}}}",
            f"{prefix}-{digits}",
            f"{prefix}__{digits}",
            f"{prefix}_{digits[:-1]}٣",
        ]
        if prefix not in ("customer", "partner"):
            wrong.append(f"{other}_{digits}")
        assert (await api.ask(AGENT, NODES, ids=wrong)).ok()["nodes"] == [None] * len(wrong)


async def test_anothers_object_is_null_like_none(api: Api):
    """conventions: an unknown, malformed, foreign or forbidden id gives null all alike."""
    objects = list(await known(api))
    foreign = (await api.ask("admin-agent@contoso", NODES, ids=objects)).body
    absent = (await api.ask("admin-agent@contoso", NODES, ids=[f"customer_{'0' * 32}"] * len(objects))).body
    assert foreign == absent == {"data": {"nodes": [None] * len(objects)}}


async def test_up_to_500_ids_are_taken(api: Api):
    """More is an error, not a shorter answer."""
    name = next(iter(await known(api)))
    assert len((await api.ask(AGENT, NODES, ids=[name] * 500)).ok()["nodes"]) == 500
    assert (await api.ask(AGENT, NODES, ids=[])).ok() == {"nodes": []}
    refused = await api.ask(AGENT, NODES, ids=[name] * 501)
    assert refused.codes == ["BAD_USER_INPUT"]
    assert "500" in refused.errors[0]["message"]
