"""The order in which the causes of a denial are looked for (permissions.md 0)."""

from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import col

from clientela.demo.organisations import organisation
from models import Partner
from policy.vocabulary import ProgramStatus
from tests.access.logbook import denied_line, difference, newest_lines
from tests.access.mutations import CONTACT, CREATE, MUTATIONS, etag_of, new_customer
from tests.access.planting import ATTEST, UPDATE, Planted, acceptance
from tests.access.reference import Caller
from tests.clients import Answer, Api

NOWHERE = "customer_00000000000070008000000000000000"
HOPELESS = {"customerId": "no id at all", "agreement": acceptance("not an address")}


def _denial(answer: Answer) -> tuple[str, str, int | None]:
    (error,) = answer.errors
    extensions = error["extensions"]
    return extensions["code"], extensions["permission"], extensions.get("vendorCode")


@pytest.mark.parametrize(
    ("who", "denial"),
    [
        ("app@contoso", ("APP_ONLY_NOT_SUPPORTED", "AGREEMENT_ATTEST", None)),
        ("global-admin@woodgrove", ("CLOUD_FEATURE_UNAVAILABLE", "AGREEMENT_ATTEST", 900127)),
        ("admin-agent@woodgrove", ("CLOUD_FEATURE_UNAVAILABLE", "AGREEMENT_ATTEST", 900127)),
        ("sales-agent@tailwind", ("CLOUD_FEATURE_UNAVAILABLE", "AGREEMENT_ATTEST", 900127)),
        ("helpdesk-agent@relecloud", ("CLOUD_FEATURE_UNAVAILABLE", "AGREEMENT_ATTEST", 900127)),
        ("global-admin@tailspin", ("PARTNER_TYPE_NOT_ALLOWED", "AGREEMENT_ATTEST", None)),
        ("admin-agent@tailspin", ("PARTNER_TYPE_NOT_ALLOWED", "AGREEMENT_ATTEST", None)),
        ("global-admin@contoso", ("FORBIDDEN", "AGREEMENT_ATTEST", 900150)),
    ],
)
async def test_mode_cloud_and_kind_come_before_the_role_and_all_before_any_lookup(
    who: str, denial: tuple[str, str, int | None], api: Api
):
    """permissions.md 0, 8.25, 8.27, C4: whether the id or the form is any good is not looked at."""
    before = await api.counts()
    assert _denial(await api.ask(who, ATTEST, input=HOPELESS)) == denial
    assert difference(before, await api.counts()) == {"activity_record": 1}
    assert await newest_lines(api, 1) == [denied_line(who)]


@pytest.mark.parametrize("who", ["admin-agent@tailspin", "helpdesk-agent@tailspin"])
async def test_an_indirect_reseller_creates_no_customers_whatever_the_role(
    who: str, api: Api, planted: dict[str, Planted]
):
    form = await new_customer(api, planted["tailspin"], Caller(who))
    answer = await api.ask(who, CREATE, input=form | {"domain": "?"})
    assert _denial(answer) == ("PARTNER_TYPE_NOT_ALLOWED", "CUSTOMER_CREATE", None)


@pytest.mark.parametrize("who", ["admin-agent@tailwind", "helpdesk-agent@tailwind"])
async def test_no_new_customers_in_the_germany_cloud_whatever_the_role(who: str, api: Api, planted: dict[str, Planted]):
    """permissions.md 5.2."""
    answer = await api.ask(who, CREATE, input=await new_customer(api, planted["tailwind"], Caller(who)))
    assert _denial(answer) == ("CLOUD_FEATURE_UNAVAILABLE", "CUSTOMER_CREATE", 900127)


@pytest.mark.parametrize("status", [ProgramStatus.SUSPENDED, ProgramStatus.RESTRICTED])
async def test_a_suspended_partner_goes_on_reading_and_servicing_and_adds_no_customer(
    status: ProgramStatus, api: Api, planted: dict[str, Planted]
):
    """permissions.md 5.1; the partner's state comes before the role's permission."""
    own = planted["fabrikam"]
    form = await new_customer(api, own, Caller("x"))
    await _set_status(api, "fabrikam", status)
    try:
        for who in ("admin-agent@fabrikam", "helpdesk-agent@fabrikam"):
            before = await api.counts()
            code, permission, _ = _denial(await api.ask(who, CREATE, input=form))
            assert (code, permission) == ("PARTNER_SUSPENDED", "CUSTOMER_CREATE")
            assert difference(before, await api.counts()) == {"activity_record": 1}
            assert await newest_lines(api, 1) == [denied_line(who)]
        listed = await api.ask("helpdesk-agent@fabrikam", "{ customers(first: 1) { totalCount } }")
        assert listed.ok()["customers"]["totalCount"] >= 20
        contact = {"customerId": own.id, "etag": await etag_of(api, own, "fabrikam"), "contact": {"lastName": status}}
        changed = await api.ask("helpdesk-agent@fabrikam", CONTACT, input=contact)
        assert changed.ok()["customerUpdateContact"]["userErrors"] == []
    finally:
        await _set_status(api, "fabrikam", ProgramStatus.ACTIVE)
    assert (await api.ask("admin-agent@fabrikam", CREATE, input=form)).ok()["customerCreate"]["userErrors"] == []


async def test_a_permission_comes_before_the_object_and_the_object_before_form_and_etag(
    api: Api, planted: dict[str, Planted]
):
    """Steps 5, 6, 8; conventions: the denial comes before anything is looked up."""
    form = {"customerId": NOWHERE, "etag": "", "billingProfile": planted["contoso"].profile | {"email": "?"}}
    assert _denial(await api.ask("helpdesk-agent@contoso", UPDATE, input=form))[0] == "FORBIDDEN"
    answer = await api.ask("sales-agent@contoso", UPDATE, input=form)
    codes = [fault["code"] for fault in answer.ok()["customerUpdateBillingProfile"]["userErrors"]]
    assert codes == ["NOT_FOUND"]


@pytest.mark.parametrize(
    ("who", "part", "denial"),
    [
        ("global-admin@contoso", "agreement", ("FORBIDDEN", "AGREEMENT_ATTEST", 900150)),
        ("user-management-admin@contoso", "agreement", ("FORBIDDEN", "AGREEMENT_ATTEST", 900150)),
        ("app@contoso", "agreement", ("APP_ONLY_NOT_SUPPORTED", "AGREEMENT_ATTEST", None)),
        ("app@contoso", "associatedResellerId", ("APP_ONLY_NOT_SUPPORTED", "CUSTOMER_CREATE", None)),
    ],
)
async def test_a_part_of_a_form_that_needs_more_denies_the_whole_of_it(
    who: str, part: str, denial: tuple[str, str, int | None], api: Api, planted: dict[str, Planted]
):
    """permissions.md 2 and 6.2: an acceptance needs AGREEMENT_ATTEST, a reseller needs a user; nothing is stored."""
    form = await new_customer(api, planted["contoso"], Caller(who))
    extra: Any = acceptance("part@example.com") if part == "agreement" else "partner_x"
    before = await api.counts()
    answer = await api.ask(who, CREATE, input=form | {part: extra})
    assert answer.body["data"] == {"customerCreate": None}
    assert _denial(answer) == denial
    assert difference(before, await api.counts()) == {"activity_record": 1}
    assert await newest_lines(api, 1) == [denied_line(who)]


async def test_an_agreement_where_the_cloud_has_none_is_a_fault_of_the_form(api: Api, planted: dict[str, Planted]):
    """Settled question "not there in a cloud": `userErrors` NOT_SUPPORTED on the part, vendorCode 900127."""
    form = await new_customer(api, planted["woodgrove"], Caller("x"))
    document = CREATE.replace("{ code field }", "{ code field vendorCode }")
    before = await api.counts()
    answer = await api.ask(
        "global-admin@woodgrove",
        document,
        input=form | {"agreement": acceptance("gov@example.com")},
    )
    fault = {"code": "NOT_SUPPORTED", "field": ["input", "agreement"], "vendorCode": 900127}
    assert answer.ok()["customerCreate"]["userErrors"] == [fault]
    assert await api.counts() == before


async def test_of_two_mutations_in_a_document_the_denied_one_takes_nothing_from_the_other(
    api: Api, planted: dict[str, Planted]
):
    """One mutation field is one transaction; permissions.md 8.8."""
    own, who = planted["contoso"], "helpdesk-agent@contoso"
    caller = Caller(who)
    denied = await MUTATIONS["customerUpdateBillingProfile"].form(api, own, caller)
    allowed = await MUTATIONS["customerUpdateContact"].form(api, own, caller)
    document = """mutation ($denied: CustomerUpdateBillingProfileInput!, $allowed: CustomerUpdateContactInput!) {
      first: customerUpdateBillingProfile(input: $denied) { userErrors { code } }
      second: customerUpdateContact(input: $allowed) { userErrors { code } customer { contact { firstName } } }
    }"""
    before = await api.counts()
    answer = await api.ask(who, document, denied=denied, allowed=allowed)
    assert _denial(answer) == ("FORBIDDEN", "CUSTOMER_BILLING_WRITE", 900150)
    assert answer.errors[0]["path"] == ["first"]
    assert answer.data["first"] is None
    assert answer.data["second"]["customer"]["contact"]["firstName"] == allowed["contact"]["firstName"]
    assert difference(before, await api.counts()) == {"activity_record": 2}
    # Both lines are of one instant, that of the operation.
    operations = {line.operation for line in await newest_lines(api, 2)}
    assert operations == {"access_denied", "update_customer_billing_profile"}


async def _set_status(api: Api, partner: str, status: ProgramStatus) -> None:
    own = organisation(partner)
    async with api.database.execution_options(writes=True).begin() as connection:
        await connection.execute(update(Partner).where(col(Partner.id) == own.id).values(program_status=status))
