"""Phone and registration numbers of each country (customers.md 1.4, 1.7)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resolvers.countries.phones import check_phone
from resolvers.countries.registration import check_registration_number
from resolvers.countries.rules import all_countries
from resolvers.faults import FaultCode

PHONE = ("input", "address", "phoneNumber")
NUMBER = ("input", "organizationRegistrationNumber")
COUNTRIES = st.sampled_from([rules.country for rules in all_countries()])
NUMBER_LIKE = st.text("0123456789ABÄЖ&Ñ ./-+()٣３", max_size=60)


def outcome(checked):
    return [(fault.code, fault.vendor_code) for fault in checked[1]]


@pytest.mark.parametrize(
    ("country", "number"),
    [
        ("US", "425-555-0100"),
        ("US", "1 (425) 555/0100"),
        ("US", "(555) 555-5555"),  # the documented pattern decides alone
        ("US", "+1 425 555 0100"),
        ("US", "+39 02 1234 5678"),
        ("US", "(+44) 20 7031 3000"),
        ("IT", "02 1234 5678"),
        ("BR", "(11) 96123-4567"),
        ("IT", "00 44 20 7031 3000"),
        ("XS", "715 1234"),
        ("AQ", "+64 3 234 5678"),
    ],
)
def test_numbers_of_the_country_or_of_the_world_are_accepted_customers_md_1_4(country, number):
    assert check_phone(f" {number} ", country, PHONE) == (number, [])


@pytest.mark.parametrize(
    ("country", "number"),
    [
        ("US", "123"),
        ("US", "call 425-555-0100"),
        ("US", "1-800-FLOWERS"),
        ("US", "4\u096855550100"),
        ("IT", "1"),
        ("IT", "+39 1"),
        ("IT", "+39 1234567"),
        ("IT", "+999 123 4567"),
        ("BR", "5-555-0100"),
        ("BR", "tel:+551123456789;ext=1"),
        ("AQ", "3 234 5678"),
    ],
)
def test_other_numbers_are_refused_customers_md_1_4(country, number):
    (fault,) = check_phone(number, country, PHONE)[1]
    assert (fault.code, fault.vendor_code, fault.field) == (FaultCode.INVALID, 3000, PHONE)
    assert fault.message.startswith(f'Phone number "{number}" does not fit ')


def test_a_phone_is_required_where_the_rules_say_so_customers_md_1_7():
    for rules in all_countries():
        expected = [(FaultCode.REQUIRED, 600051)] if rules.phone_required else []
        assert outcome(check_phone(None, rules.country, PHONE)) == expected
        assert outcome(check_phone(" ", rules.country, PHONE)) == expected


def test_brazil_needs_a_registration_number_customers_md_9_5():
    assert outcome(check_registration_number(None, "BR", NUMBER)) == [(FaultCode.REQUIRED, 600049)]
    assert outcome(check_registration_number(" ", "BR", NUMBER)) == [(FaultCode.REQUIRED, 600049)]
    assert check_registration_number(" 16727230000197 ", "BR", NUMBER) == ("16727230000197", [])


def test_the_us_takes_no_registration_number_customers_md_9_6():
    assert outcome(check_registration_number("91-1144442", "US", NUMBER)) == [(FaultCode.NOT_SUPPORTED, 600002)]
    assert check_registration_number("", "US", NUMBER) == (None, [])


@pytest.mark.parametrize(
    ("country", "number"),
    [
        ("BR", "16.727.230/0001-98"),  # check digit
        ("BR", "1672723000019"),
        ("BY", "200988542"),
        ("HU", "12892313-2-42"),
        ("KZ", "12345678901"),
        ("PL", "8567346216"),
        ("IQ", "x" * 51),
        ("IT", "P.IVA: 1"),
        ("IT", "0074\x003110157"),
        ("MX", "A&Ñ9307148T4\x1f"),
        ("MX", "A&Ñ" + " " * 50 + "9307148T4"),
    ],
)
def test_a_wrong_registration_number_shows_the_format_customers_md_1_7(country, number):
    (fault,) = check_registration_number(number, country, NUMBER)[1]
    assert (fault.code, fault.vendor_code, fault.field) == (FaultCode.INVALID, 600050, NUMBER)
    assert "(format ^" in fault.message


@pytest.mark.parametrize(
    ("country", "number", "stored"),
    [
        ("HU", "hu12892312-2-42", "HU12892312-2-42"),
        ("IN", "27aapfu0939f1zv", "27AAPFU0939F1ZV"),
        ("PL", "44051401359", "44051401359"),  # PESEL
        ("IQ", "anything 1/2", "anything 1/2"),
        ("IT", "00743110157", "00743110157"),
        ("DE", "HRB 12345 B", "HRB 12345 B"),
        ("MX", "A&Ñ930714 8T4", "A&Ñ930714 8T4"),  # only the library knows these signs
    ],
)
def test_registration_numbers_that_fit_customers_md_1_7(country, number, stored):
    assert check_registration_number(number, country, NUMBER) == (stored, [])


def test_an_unknown_country_holds_nothing_against_numbers():
    assert check_phone("12", "ZZ", PHONE) == ("12", [])
    assert check_registration_number("!!", "ZZ", NUMBER) == ("!!", [])


@given(COUNTRIES, NUMBER_LIKE | st.text(max_size=60))
@settings(max_examples=400)
def test_no_number_raises_and_what_passes_passes_again(country, text):
    for check in (check_phone, check_registration_number):
        value, faults = check(text, country, PHONE)
        if not faults:
            assert check(value, country, PHONE) == (value, [])
