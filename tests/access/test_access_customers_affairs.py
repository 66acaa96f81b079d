"""What customers decide, called by every kind of principal: no permission gives it (permissions.md 3)."""

from typing import Any

import pytest

from models.offer import ProductSubscriptionKind
from schema.access import ACCESS, Access
from schema.build import build_schema
from schema.checks import OURS
from tests.access.logbook import content_of, denied_line, newest_lines
from tests.access.planting import Planted
from tests.access.purchases import hold
from tests.access.reference import CALLERS, Caller
from tests.clients import Api

DOCUMENTS = {
    "relationshipRequestAccept": "RelationshipRequestAcceptInput",
    "relationshipRequestDecline": "RelationshipRequestDeclineInput",
    "delegatedAdminRevoke": "DelegatedAdminRevokeInput",
    "subscriptionOwnerAssign": "SubscriptionOwnerInput",
    "subscriptionOwnerRemove": "SubscriptionOwnerInput",
    "reservationPurchase": "ReservationPurchaseInput",
}
# Who may accept a request is asked once its link opened: tests/api/test_relationship_acceptance.py.
FOR_ALL_ITS_PEOPLE = {"relationshipRequestAccept", "relationshipRequestDecline", "reservationPurchase"}
WITHOUT_ID: dict[str, dict[str, Any]] = {
    "relationshipRequestAccept": {"token": "x"},
    "relationshipRequestDecline": {"token": "x"},
    "delegatedAdminRevoke": {"partnerId": "x"},
}
ELSEWHERE = [
    Caller(who, kind="customer", cloud=cloud, partner=partner)
    for who in ("customer-admin", "customer-user")
    for cloud, partner in (("US_GOV", "woodgrove"), ("GERMANY", "tailwind"), ("CHINA", "relecloud"))
]
LACKING = {"reservationPurchase": {"GERMANY", "CHINA"}}
"""permissions.md 5.2: new services, and Azure."""


def test_every_decision_of_customers_has_a_row():
    core = build_schema()._schema
    assert core.mutation_type is not None
    declared = {name: field.extensions[OURS].metadata[ACCESS] for name, field in core.mutation_type.fields.items()}
    assert DOCUMENTS.keys() == {
        name for name, access in declared.items() if access in (Access.CUSTOMERS, Access.CUSTOMER_ADMINS)
    }


@pytest.mark.parametrize("caller", [*CALLERS, *ELSEWHERE], ids=lambda caller: f"{caller.name} of {caller.partner}")
@pytest.mark.parametrize("name", DOCUMENTS)
async def test_a_partner_never_acts_in_a_customers_place(
    name: str, caller: Caller, api: Api, planted: dict[str, Planted]
):
    """permissions.md 3, 8.22: tokens of partner users never satisfy them, delegated privileges included; I8."""
    own = planted[caller.partner]
    who = f"{caller.name}@{own.domain}" if caller.kind == "customer" else caller.name
    form: dict[str, Any] = {"subscriptionId": "productsubscription_x", "userPrincipalName": f"admin@{own.domain}"}
    if caller.cloud != "CHINA":
        row = await hold(api, caller.partner, own.tenant_id, ProductSubscriptionKind.USAGE, azure=True)
        form["subscriptionId"] = f"productsubscription_{row.id.hex}"
    if name == "reservationPurchase":
        form = {"subscriptionId": form["subscriptionId"], "offerId": "x", "quantity": 1}
    form = WITHOUT_ID.get(name, form)
    document = f"mutation ($input: {DOCUMENTS[name]}!) {{ {name}(input: $input) {{ userErrors {{ code }} }} }}"
    if who is not None:
        await api.token(who)
    before, content = await api.counts(), await content_of(api, own.tenant_id)
    answer = await api.ask(who, document, input=form)
    if caller.kind == "nobody" or not caller.mfa:
        assert answer.status == 401
    elif caller.kind == "customer" and caller.cloud in LACKING.get(name, ()):
        assert (answer.data, answer.codes) == ({name: None}, ["CLOUD_FEATURE_UNAVAILABLE"])
        assert answer.errors[0]["extensions"]["vendorCode"] == 900127
    elif caller.kind == "customer" and (name in FOR_ALL_ITS_PEOPLE or who == f"customer-admin@{own.domain}"):
        assert answer.errors == []
        return
    else:
        assert (answer.data, answer.codes) == ({name: None}, ["FORBIDDEN"])
        assert "permission" not in answer.errors[0]["extensions"]
    assert await content_of(api, own.tenant_id) == content
    written = (await api.counts())["activity_record"] - before["activity_record"]
    assert written == caller.has_log
    if caller.has_log:
        assert await newest_lines(api, 1) == [denied_line(str(caller.name))]


async def test_what_an_admin_ran_before_opens_nothing_to_a_plain_user(api: Api, planted: dict[str, Planted]):
    """Plans ask guards once for all of one standing: being a company's admin must be a part of it."""
    domain = planted["contoso"].domain
    document = """mutation ($input: SubscriptionOwnerInput!) {
      subscriptionOwnerRemove(input: $input) { userErrors { code } }
    }"""
    form = {"subscriptionId": "productsubscription_x", "userPrincipalName": f"user@{domain}"}
    for _ in range(3):
        assert (await api.ask(f"customer-admin@{domain}", document, input=form)).errors == []
    for _ in range(3):
        assert (await api.ask(f"customer-user@{domain}", document, input=form)).codes == ["FORBIDDEN"]
