"""Initial domains of tenants (customers.md 1.5)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolvers.countries.domains import SUFFIXES, check_domain, suggest_domains
from resolvers.faults import FaultCode

PATH = ("input", "domain")
CLOUDS = st.sampled_from(sorted(SUFFIXES))


@pytest.mark.parametrize(
    ("cloud", "domain"),
    [
        ("global", "wingtiptoys.onmicrosoft.com"),
        ("us_gov", "wingtiptoys.onmicrosoft.us"),
        ("china", "wingtiptoys.partner.onmschina.cn"),
        ("germany", "wingtiptoys.onmicrosoft.de"),
    ],
)
def test_a_prefix_gets_the_suffix_of_its_cloud_customers_md_1_5(cloud, domain):
    assert check_domain(" WingtipToys ", cloud, False, PATH) == (domain, [])
    assert check_domain(domain.upper(), cloud, False, PATH) == (domain, [])


@pytest.mark.parametrize("prefix", ["x" * 28, "wing-tip", "wing tip", "wing_tip", "ünder", "", "a\x00b", "\uff41"])
def test_prefixes_that_customers_md_9_7_refuses(prefix):
    for typed in (prefix, f"{prefix}.onmicrosoft.com"):
        (fault,) = check_domain(typed, "global", False, PATH)[1]
        assert fault.code is (FaultCode.INVALID if typed else FaultCode.REQUIRED)
        assert (fault.field, fault.vendor_code) == (PATH, 3000)


def test_27_letters_pass_customers_md_9_7():
    assert check_domain("x" * 27, "global", False, PATH) == ("x" * 27 + ".onmicrosoft.com", [])


def test_a_wrong_suffix_names_the_right_one_customers_md_1_5():
    for suffix in ("contoso.com", "onmicrosoft.com", "", "onmicrosoft.us."):
        (fault,) = check_domain(f"toys.{suffix}", "us_gov", False, PATH)[1]
        assert fault.code is FaultCode.INVALID
        assert fault.message.endswith(" end it with .onmicrosoft.us.")


def test_the_sandbox_has_a_suffix_of_its_own_customers_md_1_5():
    assert check_domain("toys.ccsctp.net", "global", True, PATH) == ("toys.ccsctp.net", [])
    assert check_domain("toys", "global", True, PATH) == ("toys.onmicrosoft.com", [])
    assert len(check_domain("toys.ccsctp.net", "global", False, PATH)[1]) == 1


def test_prefix_and_suffix_are_reported_together():
    assert len(check_domain("wing-tip.contoso.com", "global", False, PATH)[1]) == 2


@given(st.text(max_size=60), CLOUDS)
def test_suggestions_are_well_formed_and_stable(text, cloud):
    suggested = suggest_domains(text, cloud)
    assert 3 <= len(suggested) == len(set(suggested)) <= 6
    assert suggested == suggest_domains(text, cloud)
    for domain in suggested:
        assert check_domain(domain, cloud, False, PATH) == (domain, [])


def test_suggestions_mend_what_was_typed_and_do_not_repeat_it():
    assert suggest_domains("Café Toys!", "global")[0] == "cafetoys.onmicrosoft.com"
    assert "x" * 26 + "1.onmicrosoft.com" not in suggest_domains("x" * 26 + "1", "global")
    assert "toys.onmicrosoft.com" not in suggest_domains("toys.onmicrosoft.com", "global")


@given(st.text(max_size=60), CLOUDS, st.booleans())
def test_no_text_raises_and_what_passes_passes_again(text, cloud, is_sandbox):
    domain, faults = check_domain(text, cloud, is_sandbox, PATH)
    if not faults:
        assert check_domain(domain, cloud, is_sandbox, PATH) == (domain, [])
