"""A customer of each partner with values of its own that are found again in any answer that holds them."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlmodel import col

from models import Customer
from tests.access.purchases import hold
from tests.clients import Api

PROFILE = """
  companyName firstName lastName email culture language
  address {
    addressLine1 addressLine2 city state postalCode country region firstName middleName lastName phoneNumber
  }"""
LAST_CUSTOMER = f"""{{
  customers(last: 1, orderBy: {{field: CREATED_AT}}) {{
    nodes {{
      id tenantId domain companyProfile {{ organizationRegistrationNumber }}
      billingProfile {{ etag {PROFILE} }}
    }}
  }}
}}"""
UPDATE = """mutation ($input: CustomerUpdateBillingProfileInput!) {
  customerUpdateBillingProfile(input: $input) { userErrors { code field } billingProfile { etag } }
}"""
ATTEST = """mutation ($input: CustomerAttestAgreementInput!) {
  customerAttestAgreement(input: $input) { userErrors { code field } agreement { id } }
}"""
TEMPLATE = "117a77b0-9360-443b-8795-c6dedc750cf9"


@dataclass(frozen=True)
class Planted:
    """A partner's customer.

    Attributes:
        id: Its id.
        tenant_id: Its tenant.
        domain: Its initial domain.
        profile: Its billing profile, as the form that stores it.
        number: Its registration number as it was before one was planted.
        secrets: By kind of data, the text that betrays it.
    """

    id: str
    tenant_id: UUID
    domain: str
    profile: dict[str, Any]
    number: str | None
    secrets: dict[str, str]


def acceptance(email: str) -> dict[str, Any]:
    """An agreement to attest, accepted by somebody with this e-mail address."""
    contact = {"firstName": "Ada", "lastName": "Accepter", "email": email}
    return {"templateId": TEMPLATE, "agreedOn": "2026-01-05T10:00:00Z", "contact": contact}


async def plant(api: Api, partner: str, cloud: str = "GLOBAL", *, reseller: bool = False) -> Planted:
    """Marks the newest customer of a partner with texts that occur nowhere else."""
    agent = f"admin-agent@{partner}"
    (node,) = (await api.ask(agent, LAST_CUSTOMER)).ok()["customers"]["nodes"]
    profile = {key: value for key, value in node["billingProfile"].items() if key != "etag"}
    profile["companyName"] = f"Sentinel {partner}"
    profile["email"] = f"planted-contact-{partner}@example.com"
    profile["address"]["addressLine1"] = f"1 Planted Street of {partner}"
    form = {"customerId": node["id"], "etag": node["billingProfile"]["etag"], "billingProfile": profile}
    done = (await api.ask(agent, UPDATE, input=form)).ok()["customerUpdateBillingProfile"]
    assert done["userErrors"] == []
    secrets = {
        "name": profile["companyName"],
        "contact": profile["email"],
        "address": profile["address"]["addressLine1"],
        "etag": done["billingProfile"]["etag"],
        "tax": f"PLANTED-TAX-{partner}",
        "agreement": f"planted-acceptance-{partner}@example.com",
        "subscription": f"planted subscription of {partner}",
    }
    if cloud == "GLOBAL" and not reseller:
        form = {"customerId": node["id"], "agreement": acceptance(secrets["agreement"])}
        assert (await api.ask(agent, ATTEST, input=form)).ok()["customerAttestAgreement"]["userErrors"] == []
    tenant_id = UUID(node["tenantId"])
    # Nothing in the API changes the number of a customer that exists.
    async with api.database.execution_options(writes=True).begin() as connection:
        await connection.execute(
            update(Customer)
            .where(col(Customer.id) == tenant_id)
            .values(organization_registration_number=secrets["tax"])
        )
    await hold(api, partner, tenant_id, friendly_name=secrets["subscription"])
    number = node["companyProfile"]["organizationRegistrationNumber"]
    return Planted(node["id"], tenant_id, node["domain"], profile, number, secrets)
