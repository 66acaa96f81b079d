"""Values that programs and people send by mistake or with intent, and what they are put into."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from hypothesis import strategies as st

from tests.api.customers import profile

TEXTS = [
    "",
    " ",
    "\x00",
    "a\x00b",
    "\x1b[31m",
    "\u202egnp.exe",
    "\u2066",
    "\ufeff",
    "\U0010ffff",
    "\ufffe",
    "İı",
    "ﷺ" * 40,
    "e" + "\u0301" * 300,
    "x" * 10_000,
    "ﬃ" * 999,
    "%",
    "\\",
    "'; drop table customer; --",
    "null",
    "NaN",
    "-1",
    "9" * 400,
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "0000-00-00T00:00:00Z",
    "2024-02-30T00:00:00Z",
    "2024-01-01",
    "2024-01-01T00:00:00",
    "2024-W01-1T00:00:00Z",
    "2024-01-01T00:00:00.123456789Z",
    "2024-01-01T00:00:00+99:99",
    "customer_",
    "customer_0",
    f"customer_{'0' * 32}",
    f"CUSTOMER_{'A' * 32}",
    f"customer_{'f' * 32} ",
    f"partner_{'0' * 32}",
    f"customer_{{{'0' * 30}}}",
    "customer_urn:uuid:00000000000000000000000000000000",
    "00000000-0000-0000-0000-000000000000",
    "W10",
    "WyJjdXN0b21lcnMiXQ",
    "bnVsbA",
    "IT",
    "it-IT",
    "admin@[127.0.0.1]",
    "a@" + "b" * 250 + ".example",
    "xn--a.example",
    "+" * 31,
    "+39 " + "0" * 26,
    "wingtiptoys.onmicrosoft.com.",
    "ⓦⓘⓝⓖ",
]
OTHERS: list[Any] = [
    None,
    True,
    0,
    -1,
    501,
    2**31,
    -(2**63),
    2**63,
    1e308,
    0.1,
    [],
    [[]],
    [None],
    ["x"] * 600,
    {},
    {"id": 1},
    {"__proto__": {}},
]


def deep(levels: int) -> Any:
    """A list in a list in a list …"""
    value: Any = "x"
    for _ in range(levels):
        value = [value]
    return value


anything = st.one_of(
    st.sampled_from([*TEXTS, *OTHERS, deep(200)]),
    # What JSON can say; a lone surrogate it cannot.
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers(-(2**63), 2**64 - 1)
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(max_size=40),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
        max_leaves=6,
    ),
)
texts = st.sampled_from(TEXTS) | st.text(max_size=60)

FILTER = {
    "search": "a",
    "companyNameStartsWith": "a",
    "domainStartsWith": "a",
    "partnerId": f"partner_{'0' * 32}",
    "country": ["IT"],
    "createdAfter": "2020-01-01T00:00:00Z",
    "createdBefore": "2030-01-01T00:00:00Z",
}
LOG_FILTER = {
    "since": None,
    "until": None,
    "customerId": f"customer_{'0' * 32}",
    "customerNameContains": "a",
    "resourceType": ["customer"],
    "operation": ["add_customer"],
}
WINDOW = {"first": 1, "after": None}
CONTACT = {"firstName": "Tania", "lastName": "Carr", "email": "tania@wingtiptoys.example", "phoneNumber": None}
AGREEMENT = {
    "type": "MICROSOFT_CUSTOMER_AGREEMENT",
    "templateId": "117a77b0-9360-443b-8795-c6dedc750cf9",
    "agreedOn": "2024-05-01T10:00:00Z",
    "contact": CONTACT,
}


def requests(customer_id: str, etag: str) -> dict[str, tuple[str, str, dict[str, Any]]]:
    """Every field of the roots that takes arguments: its declaration, its selection, and arguments without a fault."""
    errors = "{ userErrors { code message field vendorCode relatedIds } }"
    form = profile("IT")
    window = "$first: Int, $after: String"
    both = f"{window}, $last: Int, $before: String"
    return {
        "node": ("$id: ID!", "{ id }", {"id": customer_id}),
        "nodes": ("$ids: [ID!]!", "{ id }", {"ids": [customer_id]}),
        "customer": ("$id: ID!", "{ id }", {"id": customer_id}),
        "customers": (
            f"{both}, $filter: CustomerFilter, $orderBy: CustomerOrder",
            "{ totalCount nodes { id } pageInfo { hasNextPage } }",
            {
                **WINDOW,
                "last": None,
                "before": None,
                "filter": FILTER,
                "orderBy": {"field": "COMPANY_NAME", "direction": "ASC"},
            },
        ),
        "activityLog": (
            f"{window}, $filter: ActivityFilter",
            "{ totalCount nodes { id } }",
            {**WINDOW, "filter": LOG_FILTER},
        ),
        "domainAvailability": ("$domain: String!", "{ domain available reason suggestions }", {"domain": "wing"}),
        "validateAddress": (
            "$address: AddressInput!",
            "{ status original { city } suggested { city } problems { code } }",
            {"address": form["address"]},
        ),
        "countryRules": ("$country: CountryCode!", "{ name }", {"country": "IT"}),
        "agreementTemplates": (
            "$country: CountryCode!, $type: AgreementType",
            "{ templateId }",
            {"country": "IT", "type": None},
        ),
        "customerCreate": (
            "$input: CustomerCreateInput!",
            errors,
            # A language that no country knows stops it: what is right would hash a password each time.
            {
                "input": {
                    "domain": "wingtiptoys",
                    "billingProfile": {**form, "language": "xx"},
                    "organizationRegistrationNumber": "x",
                    "associatedResellerId": None,
                    "agreement": AGREEMENT,
                }
            },
        ),
        "customerUpdateBillingProfile": (
            "$input: CustomerUpdateBillingProfileInput!",
            errors,
            {"input": {"customerId": customer_id, "etag": etag, "billingProfile": form, "dryRun": True}},
        ),
        "customerUpdateContact": (
            "$input: CustomerUpdateContactInput!",
            errors,
            {"input": {"customerId": customer_id, "etag": etag, "contact": CONTACT, "dryRun": True}},
        ),
        "customerDelete": ("$input: CustomerDeleteInput!", errors, {"input": {"customerId": customer_id}}),
        "customerExport": ("$input: CustomerExportInput!", errors, {"input": {"filter": FILTER}}),
        "customerAttestAgreement": (
            "$input: CustomerAttestAgreementInput!",
            errors,
            {"input": {"customerId": customer_id, "agreement": AGREEMENT}},
        ),
    }


def leaves(arguments: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Paths of everything within the arguments, objects and lists themselves included."""
    if path:
        yield path
    inner = (
        arguments.items()
        if isinstance(arguments, dict)
        else enumerate(arguments)
        if isinstance(arguments, list)
        else ()
    )
    for key, value in inner:
        yield from leaves(value, (*path, key))


def replaced(arguments: dict[str, Any], path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    """The arguments with another value at a path."""
    changed = deepcopy(arguments)
    at: Any = changed
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    return changed
