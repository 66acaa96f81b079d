"""Addresses against the rules of their country (customers.md 1.4, 1.7)."""

from dataclasses import asdict, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolvers.countries.addresses import check_address
from resolvers.faults import FaultCode
from resolvers.forms import AddressForm

PATH = ("input", "address")
US = AddressForm(
    address_line1="1 Microsoft Way",
    country="US",
    first_name="Tania",
    last_name="Carr",
    city="Redmond",
    state="WA",
    postal_code="98052",
)
BRAZIL = replace(
    US, country="BR", city="São Paulo", state="SP", postal_code="01310-100", phone_number="(11) 96123-4567"
)

# Forms that usually pass, so that the second check has something to look at.
GOOD_NAMES = st.text("abcÀé株 '-", min_size=1, max_size=50)
GOOD_ADDRESSES = st.builds(
    AddressForm,
    address_line1=GOOD_NAMES,
    country=st.sampled_from(["us", "US ", "ca", "mx", "cn", "it", "ae", "gb"]),
    first_name=GOOD_NAMES,
    last_name=GOOD_NAMES,
    city=GOOD_NAMES,
    state=st.sampled_from(["wa", "Washington", "québec", "JAL", "Guangdong", "Rome"]),
    postal_code=st.sampled_from(["98052", "98052-1234", "h3z 2y7", "00144", "sw1a 1aa", "100096"]),
    phone_number=st.sampled_from([None, " ", "+39 02 1234 5678"]),
)


def faults_of(checked):
    return {fault.field[-1]: (fault.code, fault.vendor_code) for fault in checked[1]}


def test_a_good_address_is_trimmed_and_normalised_customers_md_1_4():
    typed = replace(US, country=" us ", city=" Redmond ", state="washington", address_line2="  ", region="")
    assert check_address(typed, PATH) == (US, [])


def test_state_and_postal_code_are_reported_together_customers_md_9_4():
    _, faults = check_address(replace(US, state="ZZ", postal_code="9805"), PATH)
    assert [(fault.code, fault.field, fault.vendor_code) for fault in faults] == [
        (FaultCode.INVALID, ("input", "address", "state"), 3000),
        (FaultCode.INVALID, ("input", "address", "postalCode"), 3000),
    ]
    assert faults[1].message == 'Postal code "9805" does not fit United States; write 5 digits, e.g. 95014.'


def test_everything_missing_is_reported_at_once_customers_md_1_4():
    checked = check_address(AddressForm(" ", "BR", "", "\t"), PATH)
    assert faults_of(checked) == {
        "addressLine1": (FaultCode.REQUIRED, 3000),
        "city": (FaultCode.REQUIRED, 3000),
        "state": (FaultCode.REQUIRED, 3000),
        "postalCode": (FaultCode.REQUIRED, 3000),
        "firstName": (FaultCode.REQUIRED, 3000),
        "lastName": (FaultCode.REQUIRED, 3000),
        "phoneNumber": (FaultCode.REQUIRED, 600051),
    }


@pytest.mark.parametrize(
    ("field", "name", "longest"),
    [
        ("address_line1", "addressLine1", 200),
        ("address_line2", "addressLine2", 200),
        ("city", "city", 100),
        ("state", "state", 50),
        ("region", "region", 50),
        ("first_name", "firstName", 50),
        ("middle_name", "middleName", 50),
        ("last_name", "lastName", 50),
        ("postal_code", "postalCode", 20),
        ("phone_number", "phoneNumber", 30),
    ],
)
def test_lengths_of_customers_md_1_4(field, name, longest):
    # The Emirates check neither postal codes nor a list of states.
    emirates = replace(US, country="AE", phone_number="+971 2 234 5678")
    checked = check_address(replace(emirates, **{field: "7" * (longest + 1)}), PATH)
    assert faults_of(checked) == {name: (FaultCode.TOO_LONG, 3000)}
    if field != "phone_number":
        assert check_address(replace(emirates, **{field: "7" * longest}), PATH)[1] == []


@pytest.mark.parametrize("field", [field for field in asdict(US) if field != "country"])
def test_control_characters_are_refused_everywhere(field):
    _, faults = check_address(replace(US, **{field: "9\x008052"}), PATH)
    assert [fault.code for fault in faults] == [FaultCode.INVALID]


@pytest.mark.parametrize(
    ("country", "typed", "state"),
    [
        ("CA", "Québec", "QC"),
        ("CA", "quebec", "QC"),
        ("MX", "Nuevo Leon", "NLE"),
        ("MX", "B.C.", "BCN"),
        ("CN", "广东省", "GD"),
        ("CN", "guangdong", "GD"),
        ("CN", "11", "BJ"),
        ("US", "d.c.", "DC"),
        ("IT", "Lombardia", "Lombardia"),
    ],
)
def test_states_are_listed_only_in_four_countries_customers_md_1_7(country, typed, state):
    address, faults = check_address(replace(US, country=country, state=typed), PATH)
    assert address.state == state
    assert "state" not in faults_of((address, faults))


@pytest.mark.parametrize(
    ("country", "typed", "stored"),
    [
        ("CA", "h3z  2y7", "H3Z 2Y7"),
        ("GB", "sw1a 1aa", "SW1A 1AA"),
        ("JP", "\uff11\uff10\uff10-\uff10\uff10\uff10\uff11", "100-0001"),
    ],
)
def test_postal_codes_take_the_countrys_form(country, typed, stored):
    address, faults = check_address(replace(US, country=country, postal_code=typed), PATH)
    assert address.postal_code == stored
    assert "postalCode" not in faults_of((address, faults))


def test_digits_of_other_scripts_are_no_postal_code():
    assert "postalCode" in faults_of(check_address(replace(US, postal_code="98\u096652"), PATH))


def test_an_unknown_country_spares_what_depends_on_it_customers_md_1_7():
    checked = check_address(replace(BRAZIL, country=" zz", state=None, postal_code="?", first_name=""), PATH)
    assert faults_of(checked) == {"country": (FaultCode.INVALID, 1000), "firstName": (FaultCode.REQUIRED, 3000)}
    assert faults_of(check_address(replace(US, country=" "), PATH)) == {"country": (FaultCode.REQUIRED, 3000)}


def test_brazil_with_a_phone_is_accepted_customers_md_9_5():
    assert check_address(BRAZIL, PATH) == (BRAZIL, [])
    assert faults_of(check_address(replace(BRAZIL, phone_number=" "), PATH)) == {
        "phoneNumber": (FaultCode.REQUIRED, 600051)
    }


@given(GOOD_ADDRESSES)
def test_what_passes_passes_again_unchanged(address):
    checked, faults = check_address(address, PATH)
    if not faults:
        assert check_address(checked, PATH) == (checked, [])
