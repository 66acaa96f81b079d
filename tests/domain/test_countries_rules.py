"""The rules of each country (customers.md 1.7, relationships.md R1.8)."""

import re

import phonenumbers
import pytest

from resolvers.countries.facts import facts
from resolvers.countries.reference import phone_region
from resolvers.countries.registration import check_registration_number
from resolvers.countries.rules import (
    Requirement,
    all_countries,
    countries_in,
    country_rules,
    region_of,
)
from resolvers.countries.states import find_state

REQUIRED_24 = {
    *("AM", "AZ", "BY", "HU", "KZ", "KG", "MD", "RU", "TJ", "UZ", "UA"),
    *("IN", "BR", "ZA", "PL", "AE", "SA", "TR", "TH", "VN", "MM", "IQ", "SS", "VE"),
}


@pytest.fixture(params=sorted(facts()["cultures"]))
def rules(request):
    return country_rules(request.param)


def test_the_us_row_is_the_documented_one_customers_md_1_7():
    us = country_rules("US")
    assert us.name == "United States"
    assert us.default_culture == "en-US"
    assert us.cultures == ("en-US", "es-US")
    assert us.languages == ("en", "es")
    assert us.state_required
    assert us.city_required
    assert us.postal_code_required
    assert us.postal_code_pattern == r"^\d{5}(-\d{4})?$"
    assert us.phone_pattern == (r"^(1[ \-/.]?)?(\((\d{3})\)|(\d{3}))[ \-/.]?(\d{3})[ \-/.]?(\d{4})$")
    assert us.calling_codes == ("1",)
    assert us.registration_number is Requirement.NOT_SUPPORTED
    assert us.registration_number_pattern is None
    assert us.region == "United States"
    assert us.currency == "USD"


def test_only_four_countries_list_their_states_customers_md_1_7():
    counts = {rules.country: len(rules.states) for rules in all_countries() if rules.states}
    assert counts == {"US": 51, "CA": 13, "CN": 34, "MX": 32}
    assert "DC" in country_rules("US").states
    assert "PR" not in country_rules("US").states
    assert "AE" not in country_rules("US").states


@pytest.mark.parametrize("country", ["US", "CA", "CN", "MX"])
def test_each_state_code_means_itself(country):
    for code in country_rules(country).states:
        assert find_state(country, code) == code
        assert find_state(country, code.lower()) == code


def test_24_countries_require_registration_number_and_phone_customers_md_1_7():
    required = {r.country for r in all_countries() if r.registration_number is Requirement.REQUIRED}
    assert required == REQUIRED_24
    assert {r.country for r in all_countries() if r.phone_required} == REQUIRED_24
    assert [r.country for r in all_countries() if r.registration_number is Requirement.NOT_SUPPORTED] == ["US"]


def test_each_countrys_rules_agree_with_themselves(rules):
    assert rules.name
    assert rules.default_culture in rules.cultures
    assert rules.languages
    assert all(re.fullmatch("[a-z]{2}", language) for language in rules.languages)
    assert {culture[:2] for culture in rules.cultures} == set(rules.languages)
    assert not rules.states or rules.state_required
    assert (rules.postal_code_pattern is None) == (rules.postal_code_example is None)
    if rules.postal_code_pattern:
        assert re.fullmatch(rules.postal_code_pattern, rules.postal_code_example, re.ASCII)
    assert rules.postal_code_pattern or not rules.postal_code_required
    assert (rules.region is None) == (rules.currency is None)


def test_each_countrys_own_example_phone_matches_its_pattern(rules):
    example = phonenumbers.example_number(phone_region(rules.country))
    if example is None:
        assert rules.calling_codes == ()
        return
    shown = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.NATIONAL)
    assert re.fullmatch(rules.phone_pattern, shown, re.ASCII)
    assert rules.calling_codes == (str(example.country_code),)


@pytest.mark.parametrize("country", sorted(facts()["registration_number"]))
def test_each_example_of_a_registration_number_is_valid(country):
    example = facts()["registration_number"][country].get("example")
    if example:
        assert check_registration_number(example, country, ("number",)) == (example, [])


def test_codes_outside_iso_are_known_markets():
    assert {code: country_rules(code).name for code in ("XK", "XS", "XE", "XJ", "AN", "BQ")} == {
        "XK": "Kosovo",
        "XS": "Saba",
        "XE": "Sint Eustatius",
        "XJ": "Jan Mayen",
        "AN": "Netherlands Antilles",
        "BQ": "Bonaire",
    }


@pytest.mark.parametrize("code", ["", "us", "USA", "KP", "ZZ", "../us", "\x00", "U S"])
def test_what_is_no_market_has_no_rules(code):
    assert country_rules(code) is None
    assert region_of(code) is None


def test_all_countries_are_listed_once_by_name():
    listed = all_countries()
    assert len(listed) == len({rules.country for rules in listed}) == 248
    assert [rules.name for rules in listed][:3] == ["Afghanistan", "Albania", "Algeria"]
    assert all_countries() is listed


def test_each_country_is_in_one_region_at_most_relationships_md_r1_8():
    regions = {rules.region for rules in all_countries()} - {None}
    assert len(regions) == 15
    assert sum(len(countries_in(region)) for region in regions) == 245
    assert {rules.country for rules in all_countries() if rules.region is None} == {"CN", "XJ", "AN"}
    assert all(region_of(country) == region for region in regions for country in countries_in(region))
    assert countries_in("Atlantis") == frozenset()


def test_a_country_without_currency_takes_its_regions_relationships_md_r1_8():
    assert {code: country_rules(code).currency for code in ("CH", "VA", "BA", "CN")} == {
        "CH": "CHF",
        "VA": "EUR",
        "BA": "USD",
        "CN": None,
    }
