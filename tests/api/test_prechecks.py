"""Checks before a form is sent: domains, addresses, what countries ask for (customers.md 1.5, 1.7, 1.8)."""

import re
from typing import Any

import pytest

from tests.api.customers import ADDRESS, ADDRESSES, Json, prefix
from tests.clients import Api

AGENT = "helpdesk-agent@litware"
AVAILABLE = "query ($domain: String!) { domainAvailability(domain: $domain) { domain available reason suggestions } }"
VALIDATE = f"""query ($address: AddressInput!) {{ validateAddress(address: $address) {{
  status original {{ {ADDRESS} }} suggested {{ {ADDRESS} }} problems {{ code message field vendorCode relatedIds }}
}} }}"""
RULES = """country name region defaultCulture cultures languages stateRequired states cityRequired postalCodeRequired
  postalCodePattern postalCodeExample phonePattern callingCodes registrationNumber registrationNumberLabel
  registrationNumberPattern phoneRequired"""
COUNTRY = f"query ($country: CountryCode!) {{ countryRules(country: $country) {{ {RULES} }} }}"
COUNTRIES = f"{{ countries {{ {RULES} }} }}"


async def available(api: Api, domain: str, person: str = AGENT) -> Json:
    return (await api.ask(person, AVAILABLE, domain=domain)).ok()["domainAvailability"]


async def validated(api: Api, address: Json) -> Json:
    return (await api.ask(AGENT, VALIDATE, address=address)).ok()["validateAddress"]


def address(country: str, **changes: Any) -> Json:
    return {**ADDRESSES[country], "country": country, "firstName": "Tania", "lastName": "Carr", **changes}


async def test_a_free_domain_is_available_under_its_whole_name(api: Api):
    """customers.md 1.5: prefix or whole domain, in any case; nothing to suggest then."""
    free = prefix()
    for text in (free, free.upper(), f" {free}.OnMicrosoft.com "):
        assert await available(api, text) == {
            "domain": f"{free}.onmicrosoft.com",
            "available": True,
            "reason": None,
            "suggestions": [],
        }


async def test_a_domain_that_cannot_be_had_comes_with_a_reason_and_others(api: Api):
    """Taken or malformed: a reason for a person, and suggestions that are free."""
    for text in ("alpineskihouse", "Alpine Ski-House", "alpineskihouse.onmicrosoft.us", "ü", ""):
        found = await available(api, text)
        assert found["available"] is False
        assert found["reason"]
        assert found["suggestions"]
        for suggestion in found["suggestions"]:
            assert (await available(api, suggestion))["available"] is True


@pytest.mark.parametrize(
    ("person", "suffix"),
    [("woodgrove", "onmicrosoft.us"), ("tailwind", "onmicrosoft.de"), ("relecloud", "partner.onmschina.cn")],
)
async def test_each_cloud_has_its_own_ending(api: Api, person: str, suffix: str):
    """customers.md 1.5 [D]: the suffix of the cloud, no other."""
    free = prefix()
    found = await available(api, free, f"sales-agent@{person}")
    assert (found["domain"], found["available"]) == (f"{free}.{suffix}", True)
    assert (await available(api, f"{free}.onmicrosoft.com", f"sales-agent@{person}"))["available"] is False


async def test_an_address_that_passes_is_verified_in_its_normal_form(api: Api):
    """customers.md 1.8: VERIFIED echoes the address as it should be written; the original is as it was sent."""
    sent = address("US", state="washington", city=" Redmond ", addressLine2="")
    found = await validated(api, sent)
    assert (found["status"], found["problems"]) == ("VERIFIED", [])
    absent = {"region": None, "middleName": None, "phoneNumber": None}
    assert found["original"] == {**sent, **absent}
    assert found["suggested"] == [{**sent, **absent, "state": "WA", "city": "Redmond", "addressLine2": None}]


async def test_an_address_that_does_not_pass_has_every_problem(api: Api):
    """customers.md 1.8: NONE with all faults, paths into the argument."""
    found = await validated(api, address("US", state="ZZ", postalCode="9805", city=None, firstName=""))
    assert (found["status"], found["suggested"]) == ("NONE", [])
    assert {(problem["code"], ".".join(problem["field"])) for problem in found["problems"]} == {
        ("REQUIRED", "address.city"),
        ("INVALID", "address.state"),
        ("INVALID", "address.postalCode"),
        ("REQUIRED", "address.firstName"),
    }


async def test_an_address_without_a_known_country_is_not_validated(api: Api):
    """customers.md 1.8: a country without rules."""
    found = await validated(api, address("US") | {"country": "ZZ"})
    assert (found["status"], found["suggested"]) == ("NOT_VALIDATED", [])
    assert [problem["field"] for problem in found["problems"]] == [["address", "country"]]


async def test_the_rules_of_the_united_states(api: Api):
    """customers.md 1.7: the documented row."""
    rules = (await api.ask(AGENT, COUNTRY, country="US")).ok()["countryRules"]
    assert (rules["defaultCulture"], rules["cultures"], rules["languages"]) == (
        "en-US",
        ["en-US", "es-US"],
        ["en", "es"],
    )
    assert (rules["stateRequired"], len(rules["states"]), rules["cityRequired"], rules["postalCodeRequired"]) == (
        True,
        51,
        True,
        True,
    )
    assert (rules["postalCodePattern"], rules["callingCodes"]) == (r"^\d{5}(-\d{4})?$", ["1"])
    assert (rules["registrationNumber"], rules["registrationNumberPattern"]) == ("NOT_SUPPORTED", None)


async def test_every_country_is_listed_once_with_rules_that_hold_together(api: Api):
    """customers.md 1.7: some 240 markets by name; patterns compile and take their own example."""
    countries = (await api.ask(AGENT, COUNTRIES)).ok()["countries"]
    codes = [rules["country"] for rules in countries]
    assert 230 <= len(codes) == len(set(codes))
    assert {"IT", "US", "BR", "XK", "VN"} <= set(codes)
    names = [rules["name"].casefold() for rules in countries]
    assert names.index("italy") < names.index("japan") < names.index("zambia")
    required = {rules["country"] for rules in countries if rules["registrationNumber"] == "REQUIRED"}
    assert len(required) == 24
    for rules in countries:
        assert rules["defaultCulture"] in rules["cultures"]
        assert rules["phoneRequired"] is (rules["country"] in required)
        if rules["postalCodePattern"] and rules["postalCodeExample"]:
            assert re.match(rules["postalCodePattern"], rules["postalCodeExample"])
    assert (await api.ask(AGENT, COUNTRY, country="IT")).ok()["countryRules"] == countries[codes.index("IT")]


@pytest.mark.parametrize("country", ["ZZ", "it", "", "USA", "\u202eTI"])
async def test_the_rules_of_no_country_are_bad_input(api: Api, country: str):
    """Settled: a country in a query's argument is written by a program."""
    answer = await api.ask(AGENT, COUNTRY, country=country)
    assert (answer.data, answer.codes) == ({"countryRules": None}, ["BAD_USER_INPUT"])


async def test_checks_write_nothing(api: Api):
    before = await api.counts()
    await available(api, "alpineskihouse")
    await validated(api, address("US", state="ZZ"))
    assert await api.counts() == before
