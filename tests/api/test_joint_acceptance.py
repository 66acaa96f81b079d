"""Invitations of a reseller, with its provider or alone, once they are accepted (relationships.md R2.16, R2.17)."""

from typing import Any

import pytest

from policy.vocabulary import ProgramStatus
from tests.api.partnerships import codes
from tests.api.relationship_requests import accept, change_partner, connected, form, invited
from tests.api.test_indirect_model import partner_id
from tests.clients import Api

ADMIN = "customer-admin@wingtiptoys"
LATEST = "{ activityLog(first: 1) { nodes { operation changes { field newValue } } } }"


async def test_a_provider_reads_in_its_log_with_whom_it_serves_a_customer_from_now_on(fresh_api: Api):
    """permissions.md I8: that it served the customer alone before is a change of its data like any other."""
    provider = await partner_id(fresh_api, "admin-agent@fabrikam")
    reseller = await partner_id(fresh_api, "admin-agent@tailspin")
    await connected(fresh_api, "admin-agent@fabrikam", "wingtiptoys", form("PROVIDER"))
    await connected(
        fresh_api, "admin-agent@tailspin", "wingtiptoys", form("RESELLER_WITH_PROVIDER", providerId=provider)
    )
    told = {}
    for partner in ("fabrikam", "tailspin"):
        (line,) = (await fresh_api.ask(f"admin-agent@{partner}", LATEST)).ok()["activityLog"]["nodes"]
        assert line["operation"] == "accept_relationship_request"
        told[partner] = {change["field"]: change["newValue"] for change in line["changes"]}
    assert told["fabrikam"] == {"associatedReseller": reseller}
    assert told["tailspin"]["relationship.viaProvider"] == provider


@pytest.mark.parametrize(
    ("name", "values", "code"),
    [
        ("fabrikam", {"program_status": ProgramStatus.SUSPENDED}, "PROGRAM_NOT_ACTIVE"),
        ("fabrikam", {"partner_agreement_signed": False}, "PARTNER_AGREEMENT_REQUIRED"),
        ("tailspin", {"partner_agreement_signed": False}, "PARTNER_AGREEMENT_REQUIRED"),
        ("fabrikam", {"country": "DE"}, "REGION_MISMATCH"),
    ],
)
async def test_both_or_neither(fresh_api: Api, name: str, values: dict[str, Any], code: str):
    """R2.17 asks of the provider what it asks of the inviter; nothing is written for either."""
    provider = await partner_id(fresh_api, "admin-agent@fabrikam")
    _, token = await invited(fresh_api, "admin-agent@tailspin", form("RESELLER_WITH_PROVIDER", providerId=provider))
    await change_partner(fresh_api, name, **values)
    before = await fresh_api.counts()
    assert codes(await accept(fresh_api, ADMIN, token)) == [code]
    assert await fresh_api.counts() == before


async def test_a_reseller_alone_manages(api: Api):
    """1.4, R3.17: nobody may order until a provider has a row, too."""
    relationship = await connected(api, "admin-agent@northwind", "cohowinery", form("RESELLER_ONLY", admin=False))
    assert (relationship["role"], relationship["viaProvider"]) == ("MANAGING", None)
