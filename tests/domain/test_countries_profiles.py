"""Billing profiles against the rules of their country (customers.md 1.3)."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from resolvers.countries.profiles import check_billing_profile
from resolvers.countries.rules import all_countries
from resolvers.faults import FaultCode
from resolvers.forms import AddressForm, BillingProfileForm

PATH = ("input", "billingProfile")
US = AddressForm("1 Microsoft Way", "US", "Tania", "Carr", city="Redmond", state="WA", postal_code="98052")
PROFILE = BillingProfileForm("Wingtip Toys", "tania@wingtiptoys.com", "en-US", "en", US)

TEXT = st.text(max_size=60)
MAYBE = st.none() | TEXT
COUNTRY = TEXT | st.sampled_from([rules.country for rules in all_countries()])
ADDRESSES = st.builds(
    AddressForm,
    address_line1=TEXT,
    country=COUNTRY,
    first_name=TEXT,
    last_name=TEXT,
    address_line2=MAYBE,
    city=MAYBE,
    state=MAYBE,
    postal_code=MAYBE,
    region=MAYBE,
    middle_name=MAYBE,
    phone_number=MAYBE,
)


def faults_of(checked):
    return {fault.field[-1]: (fault.code, fault.vendor_code) for fault in checked[1]}


def test_an_unknown_country_is_one_fault_customers_md_1_7():
    profile = replace(PROFILE, culture="xx", language="yy", address=replace(US, country="ZZ", state=None))
    _, faults = check_billing_profile(profile, PATH)
    (fault,) = faults
    assert (fault.code, fault.vendor_code) == (FaultCode.INVALID, 1000)
    assert fault.field == (*PATH, "address", "country")


def test_a_good_profile_is_normalised_customers_md_1_3():
    typed = replace(PROFILE, culture="ES-us", language="EN", email="tania@WINGTIPTOYS.com", first_name=" ")
    assert check_billing_profile(typed, PATH) == (replace(PROFILE, culture="es-US"), [])


def test_all_faults_of_a_profile_come_at_once_customers_md_1_3():
    profile = BillingProfileForm("!", "nobody", "pt-BR", "english", replace(US, city=None), "x" * 51, "\x00")
    assert faults_of(check_billing_profile(profile, PATH)) == {
        "companyName": (FaultCode.INVALID, 3000),
        "firstName": (FaultCode.TOO_LONG, 3000),
        "lastName": (FaultCode.INVALID, 3000),
        "email": (FaultCode.INVALID, 3000),
        "culture": (FaultCode.INVALID, 3000),
        "language": (FaultCode.INVALID, 3000),
        "city": (FaultCode.REQUIRED, 3000),
    }


@given(st.builds(BillingProfileForm, TEXT, TEXT, TEXT, TEXT, ADDRESSES, MAYBE, MAYBE))
def test_no_profile_raises_and_each_fault_has_its_path(profile):
    _, faults = check_billing_profile(profile, PATH)
    assert all(fault.field[:2] == PATH and fault.message.endswith(".") for fault in faults)
