"""Names, e-mail addresses and folding (customers.md 1.3, 1.4, 1.6)."""

import unicodedata
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolvers.faults import FaultCode
from resolvers.naming import (
    check_company_name,
    check_email,
    check_text,
    contains_control,
    fold,
    quoted,
)

PATH = ("input", "billingProfile", "companyName")
ANY_TEXT = st.text(max_size=300)
CHECKS = (check_company_name, partial(check_text, longest=50), check_email)


def codes(checked):
    return [fault.code for fault in checked[1]]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("", FaultCode.REQUIRED),
        ("   \t", FaultCode.REQUIRED),
        ("\u3000", FaultCode.REQUIRED),
        ("A", FaultCode.INVALID),
        (" A ", FaultCode.INVALID),
        ("e\u0301", FaultCode.INVALID),
        ("***", FaultCode.INVALID),
        ("- & -", FaultCode.INVALID),
        ("x" * 256, FaultCode.TOO_LONG),
        ("Con\x00toso", FaultCode.INVALID),
        ("Contoso\x00", FaultCode.INVALID),
        ("Contoso\u202eosotnoC", FaultCode.INVALID),
    ],
)
def test_company_names_that_customers_md_1_6_refuses(name, code):
    (fault,) = check_company_name(name, PATH)[1]
    assert (fault.code, fault.field, fault.vendor_code) == (code, PATH, 3000)
    assert fault.message.startswith("Company name ")
    assert fault.message.endswith(".")


@pytest.mark.parametrize("name", ["3M", "Wingtip Toys", "x" * 255, "株式会社", "AT&T", "Ελλάς", "شركة"])
def test_company_names_that_customers_md_1_6_accepts(name):
    assert check_company_name(f"  {name} \n", PATH) == (name, [])


def test_a_text_must_be_there_and_be_short_customers_md_1_4():
    assert check_text(" Zoë ", PATH, 50) == ("Zoë", [])
    assert codes(check_text("x" * 50, PATH, 50)) == []
    assert codes(check_text("x" * 51, PATH, 50)) == [FaultCode.TOO_LONG]
    assert codes(check_text(" ", PATH, 50)) == [FaultCode.REQUIRED]
    assert codes(check_text("", PATH, 50)) == [FaultCode.REQUIRED]
    assert codes(check_text("Anna\x07", PATH, 50)) == [FaultCode.INVALID]


def test_optional_text_takes_blank_for_absent_customers_md_1_4():
    assert check_text(None, PATH, 5, optional=True) == (None, [])
    assert check_text(" \r\n", PATH, 5, optional=True) == (None, [])
    assert check_text("\u00a0ab\u2009", PATH, 5, optional=True) == ("ab", [])


@pytest.mark.parametrize("email", ["", "anna", "anna@", "@contoso.com", "a b@contoso.com", "a@localhost", "a@b..c"])
def test_what_is_no_email_address(email):
    (fault,) = check_email(email, ("input", "email"))[1]
    assert fault.code is (FaultCode.INVALID if email else FaultCode.REQUIRED)
    assert fault.field == ("input", "email")


def test_email_is_normalised_and_at_most_254_customers_md_1_4():
    assert check_email(" Anna.B@CONTOSO.com ", PATH) == ("Anna.B@contoso.com", [])
    assert check_email("anna@bücher.de", PATH) == ("anna@bücher.de", [])
    assert codes(check_email("a" * 60 + "@" + "b.c" * 80, PATH)) == [FaultCode.TOO_LONG]


def test_fold_is_the_key_of_lists():
    assert fold("STRASSE") == fold("straße")
    assert fold("\uff23ontoso") == fold("CONTOSO")
    assert fold("Zoe\u0308") == fold("ZO\u00cb")
    assert fold("Contoso") != fold("Contosa")


@given(ANY_TEXT)
def test_fold_does_not_see_the_form_of_a_text(text):
    assert fold(unicodedata.normalize("NFKC", text)) == fold(text)


@given(ANY_TEXT)
def test_no_text_raises_and_what_passes_passes_again(text):
    for check in CHECKS:
        value, faults = check(text, PATH)
        if not faults:
            assert check(value, PATH) == (value, [])
            assert not contains_control(value)


@given(st.characters(categories=["Cc"]))
def test_every_control_character_is_refused(control):
    assert contains_control(control)
    for check in CHECKS:
        assert codes(check(f"anna{control}@contoso.com", PATH)) == [FaultCode.INVALID]


def test_messages_quote_long_and_hostile_text_harmlessly():
    assert quoted("x" * 500) == '"' + "x" * 40 + '…"'
    assert not contains_control(quoted("a\x00\u202eb"))
