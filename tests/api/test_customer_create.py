"""Creating a customer: the account, its credentials, its domain, all its faults at once (customers.md 9.1-9.4, 9.7)."""

from uuid import UUID

import pytest
from argon2 import PasswordHasher

from tests.api.customers import CREATE, audited, create, created, faults, form, prefix, read
from tests.clients import Api

SELLER = "sales-agent@contoso"
AVAILABLE = "query ($domain: String!) { domainAvailability(domain: $domain) { domain available reason suggestions } }"


async def test_a_new_customer_comes_back_whole_with_its_credentials(api: Api):
    """customers.md 9.1: id, etag and admin credentials come back, and the relationship is reseller."""
    filled = form(domain=f"WingTip{prefix()[:12]}")
    answer = await api.ask(SELLER, CREATE, input=filled)
    payload = answer.ok()["customerCreate"]
    customer, domain = payload["customer"], f"{filled['domain'].lower()}.onmicrosoft.com"
    assert payload["userErrors"] == []
    assert payload["credentialsAlreadyIssued"] is False
    assert payload["initialCredentials"]["userName"] == f"admin@{domain}"
    assert len(payload["initialCredentials"]["password"]) >= 16
    assert customer["id"] == f"customer_{UUID(customer['tenantId']).hex}"
    assert (customer["companyName"], customer["country"], customer["cloud"]) == ("Wingtip Toys", "US", "GLOBAL")
    assert (customer["domain"], customer["domains"]) == (domain, [domain])
    assert customer["companyProfile"]["companyName"] == "Wingtip Toys"
    assert customer["accountVerification"] == "APPROVED"
    assert customer["billingProfile"]["etag"]
    assert customer["relationship"] == {
        "relationshipToPartner": "RESELLER",
        "role": "TRANSACTING",
        "status": "ACTIVE",
        "delegatedAdmin": True,
        "origin": "CREATED",
        "partner": {"name": "Contoso, Ltd."},
        "viaProvider": None,
    }
    # Read in the transaction that wrote it, and read again: the same.
    assert await read(api, SELLER, customer["id"]) == customer
    (line,) = await audited(api, answer)
    assert tuple(line) == (
        "add_customer",
        "customer",
        "succeeded",
        "sales-agent@contoso.onmicrosoft.com",
        "Wingtip Toys",
    )


async def test_the_password_is_shown_once_and_kept_as_a_hash_only(api: Api):
    """customers.md 9.2, invariant 7, R1: nowhere in any row but as an argon2 hash."""
    payload = await create(api, SELLER, form())
    password = payload["initialCredentials"]["password"]
    assert (await read(api, SELLER, payload["customer"]["id"]))["relationship"]["delegatedAdmin"] is True
    (user,) = await api.rows(
        "select password_hash, is_global_admin, must_change_password from customer_user where sign_in_name = :name",
        name=payload["initialCredentials"]["userName"],
    )
    assert user.password_hash.startswith("$argon2id$")
    assert PasswordHasher().verify(user.password_hash, password)
    assert (bool(user.is_global_admin), bool(user.must_change_password)) == (True, True)
    again = await create(api, SELLER, form())
    assert again["initialCredentials"]["password"] != password
    logged = await api.rows("select changes from activity_record where operation = 'add_customer'")
    assert not [row for row in logged if password in str(row.changes) or user.password_hash in str(row.changes)]


async def test_a_taken_domain_is_not_available_in_any_case(api: Api):
    """customers.md 9.3, invariant 3: not available, DOMAIN_TAKEN, nothing stored."""
    domain = (await created(api, SELLER, form()))["domain"]
    shouted = domain.upper()
    found = (await api.ask(SELLER, AVAILABLE, domain=shouted)).ok()["domainAvailability"]
    assert (found["domain"], found["available"]) == (domain, False)
    assert "taken" in found["reason"]
    before = await api.counts()
    # Another partner in another country meets the same domain (uniqueness is the system's).
    for person, country in ((SELLER, "US"), ("sales-agent@litware", "IT")):
        payload = await create(api, person, form(country, domain=shouted.partition(".")[0]))
        assert faults(payload) == {("DOMAIN_TAKEN", "domain", 3000)}
        assert (payload["customer"], payload["initialCredentials"]) == (None, None)
    assert await api.counts() == before
    for suggestion in found["suggestions"]:
        assert (await api.ask(SELLER, AVAILABLE, domain=suggestion)).ok()["domainAvailability"]["available"] is True


async def test_all_faults_of_a_form_come_back_at_once(api: Api):
    """customers.md 9.4 and conventions: every fault with its path and code, the state of the data included."""
    taken = (await api.ask(SELLER, "{ customers(first: 1) { nodes { domain } } }")).ok()["customers"]["nodes"][0]
    bad = form(
        domain=taken["domain"],
        address={"state": "ZZ", "postalCode": "9805", "city": " ", "phoneNumber": "12", "lastName": ""},
        changes={"companyName": "X", "email": "tania", "culture": "it-IT", "language": "xx", "firstName": "y" * 51},
        organizationRegistrationNumber="12345",
        associatedResellerId="partner_0",
    )
    before = await api.counts()
    answer = await api.ask(SELLER, CREATE, input=bad)
    payload = answer.ok()["customerCreate"]
    assert faults(payload) == {
        ("DOMAIN_TAKEN", "domain", 3000),
        ("INVALID", "billingProfile.companyName", 3000),
        ("TOO_LONG", "billingProfile.firstName", 3000),
        ("INVALID", "billingProfile.email", 3000),
        ("INVALID", "billingProfile.culture", 3000),
        ("INVALID", "billingProfile.language", 3000),
        ("REQUIRED", "billingProfile.address.city", 3000),
        ("INVALID", "billingProfile.address.state", 3000),
        ("INVALID", "billingProfile.address.postalCode", 3000),
        ("REQUIRED", "billingProfile.address.lastName", 3000),
        ("INVALID", "billingProfile.address.phoneNumber", 3000),
        ("NOT_SUPPORTED", "organizationRegistrationNumber", 600002),
        ("INVALID", "associatedResellerId", 3000),
    }
    assert all(error["message"] and error["relatedIds"] == [] for error in payload["userErrors"])
    assert payload["customer"] is None
    assert await api.counts() == before  # no audit row either


@pytest.mark.parametrize(
    "domain",
    [
        "a" * 28,
        "wing-tip",
        "wing tip",
        "wing.tip.onmicrosoft.com",
        "wing.onmicrosoft.us",
        "wing.ccsctp.net",
        "",
        "ü",
        "wing\x00",
    ],
)
async def test_a_domain_of_the_wrong_form_is_refused(api: Api, domain: str):
    """customers.md 9.7 and 1.5: 28 letters, a hyphen, a blank, another cloud's or the sandbox's suffix."""
    payload = await create(api, SELLER, form(domain=domain))
    assert {(fault[0], fault[1]) for fault in faults(payload)} == {("INVALID" if domain else "REQUIRED", "domain")}
    assert (await api.ask(SELLER, AVAILABLE, domain=domain)).ok()["domainAvailability"]["available"] is False


async def test_a_prefix_of_27_letters_passes(api: Api):
    """customers.md 9.7."""
    longest = f"{prefix()}aaaaaaaaaaa"[:27]
    customer = await created(api, SELLER, form(domain=f"{longest.upper()}.ONMICROSOFT.com"))
    assert customer["domain"] == f"{longest}.onmicrosoft.com"
