"""A token that is narrowed to writing changes what it may and reads nothing back (I3, I7)."""

from typing import Any

import pytest

from tests.identity.conftest import Guarded, claims_of

FIND = "{ customers(first: 1) { nodes { id contact { phoneNumber } billingProfile { id etag } } } }"
CHANGE = """mutation ($input: CustomerUpdateContactInput!) {
  customerUpdateContact(input: $input) { customer { companyName } userErrors { code field } }
}"""
REPLACE = """mutation ($input: CustomerUpdateBillingProfileInput!) {
  customerUpdateBillingProfile(input: $input) {
    customer { companyName } billingProfile { email etag } userErrors { code field }
  }
}"""


async def a_customer(guarded: Guarded) -> dict[str, Any]:
    token = guarded.issuer.token(claims_of("sales-agent@litware", guarded.issuer))
    found: dict[str, Any] = (await guarded.bear(token, FIND)).ok()["customers"]["nodes"][0]
    return found


@pytest.mark.parametrize(
    ("document", "scope", "field", "part", "shown"),
    [
        (CHANGE, "customer.contact:write", "customerUpdateContact", {"contact": {"lastName": "Rossi"}}, ["customer"]),
        (
            REPLACE,
            "customer.billing:write",
            "customerUpdateBillingProfile",
            {"billingProfile": None},
            ["customer", "billingProfile"],
        ),
    ],
)
async def test_what_was_written_is_not_shown_to_who_may_not_read_it(
    guarded: Guarded, document: str, scope: str, field: str, part: dict[str, Any], shown: list[str]
):
    customer = await a_customer(guarded)
    profile = {
        "companyName": "Alpine Ski House S.r.l.",
        "email": "anna@alpine.example",
        "culture": "it-IT",
        "language": "it",
        "address": {
            "addressLine1": "Via Roma 1",
            "city": "Aosta",
            "postalCode": "11100",
            "country": "IT",
            "state": "AO",
            "firstName": "Anna",
            "lastName": "Rossi",
        },
    }
    given = {"customerId": customer["id"], "etag": customer["billingProfile"]["etag"], "dryRun": True, **part}
    if "billingProfile" in given:
        given["billingProfile"] = profile
    token = guarded.issuer.token(claims_of("sales-agent@litware", guarded.issuer, scp=scope))
    answer = await guarded.bear(token, document, input=given)
    payload = answer.data[field]
    assert payload["userErrors"] == []
    assert [payload[name] for name in shown] == [None] * len(shown)
    assert answer.codes == ["FIELD_FORBIDDEN"] * len(shown)
    whole = guarded.issuer.token(claims_of("sales-agent@litware", guarded.issuer))
    assert (await guarded.bear(whole, document, input=given)).ok()[field]["customer"]["companyName"]
