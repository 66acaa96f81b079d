"""What narrows the customer list: search, countries, times, partners (customers.md 2.1, 9.11)."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from resolvers.naming import fold
from tests.api.customers import UPDATE_PROFILE, created, form, profile, some_customer
from tests.api.listing import ORDERS, PAGE, Listed, ids, in_order, listed, page
from tests.clients import Api

AGENT = "sales-agent@litware"


@pytest_asyncio.fixture(scope="module")
async def customers(api: Api) -> AsyncIterator[list[Listed]]:
    """Litware's customers, one of them renamed to what folding is about."""
    customer = await some_customer(api, AGENT, "Margie's Travel")
    renamed = {**profile("IT"), "companyName": "Straße ﬁne ÜBER Ǆ İstanbul"}
    etag = customer["billingProfile"]["etag"]
    update = {"customerId": customer["id"], "etag": etag, "billingProfile": renamed}
    assert (await api.ask(AGENT, UPDATE_PROFILE, input=update)).ok()["customerUpdateBillingProfile"]["customer"]
    yield await listed(api, "litware")


def begins(customer: Listed, text: str) -> bool:
    return fold(customer.name).startswith(fold(text))


def has_domain(customer: Listed, text: str) -> bool:
    return any(domain.startswith(text.lower()) for domain in customer.domains)


async def check(api: Api, customers: list[Listed], chosen: dict[str, Any], matches: Any) -> list[str]:
    """In every order the filter gives the rows that match, and counts them."""
    for order in ORDERS:
        expected = in_order(customers, order, matches)
        connection = await page(api, AGENT, first=500, filter=chosen, order=order)
        assert ids(connection) == expected[:500]
        assert connection["totalCount"] == len(expected)
    return expected


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("al", True),
        ("Alpine", True),
        ("  alPINE ski ", True),
        ("alpineskihouse.it", True),
        ("ALPINESKIHOUSE.ON", True),
        ("STRASSE", True),
        ("strasse FINE über", True),
        ("straße ﬁ", True),
        ("ελαιώνες", True),
        ("РОЗОВА", True),  # noqa: RUF001 - Cyrillic it is
        ("ski house", False),
        ("%", False),
        ("_lpine", False),
        ("a%", False),
        ("\\", False),
        ("'; drop table customer; --", False),
        ("\U0001f3bf", False),
        ("\U0010ffff", False),
    ],
)
async def test_search_is_the_beginning_of_the_name_or_of_any_domain(
    api: Api, customers: list[Listed], search: str, found: bool
):
    """customers.md 2.2 and 9.11: starts with, ignoring case after folding, nothing special about wildcards."""
    text = search.strip()
    expected = await check(api, customers, {"search": search}, lambda row: begins(row, text) or has_domain(row, text))
    assert bool(expected) is found


async def test_name_and_domain_can_be_searched_apart(api: Api, customers: list[Listed]):
    """customers.md 2.1: CompanyName and Domain, each starts with."""
    by_name = await check(api, customers, {"companyNameStartsWith": "STRASSE"}, lambda row: begins(row, "straße"))
    by_domain = await check(
        api, customers, {"domainStartsWith": "Margiestravel"}, lambda row: has_domain(row, "margiestravel")
    )
    assert by_name == by_domain
    assert len(by_name) == 1
    both = {"companyNameStartsWith": "alpine", "domainStartsWith": "trey"}
    assert await check(api, customers, both, lambda row: False) == []


@pytest.mark.parametrize("blank", ["", "  ", None])
async def test_a_blank_text_narrows_nothing(api: Api, customers: list[Listed], blank: str | None):
    chosen = {"search": blank, "companyNameStartsWith": blank, "domainStartsWith": blank, "country": None}
    await check(api, customers, chosen, lambda row: True)


EUROPE = ["IT", "DE", "FR", "ES", "NL", "BE", "AT", "PT", "IE", "SE", "NO"]


@pytest.mark.parametrize("countries", [[], ["IT"], ["IT", "IT"], ["DE", "FR"], EUROPE, ["US"], ["US", "CH"]], ids=str)
async def test_any_of_the_countries(api: Api, customers: list[Listed], countries: list[str]):
    """One, many, the same twice, one without customers; none narrows nothing."""
    expected = await check(
        api, customers, {"country": countries}, lambda row: not countries or row.country in countries
    )
    assert bool(expected) is (countries != ["US"])


async def test_everything_that_is_given_must_match(api: Api, customers: list[Listed]):
    """All parts together, over name, domain, countries and times."""
    middle = sorted(row.created_at for row in customers)[len(customers) // 2]
    chosen = {"search": "a", "country": ["IT", "DE", "PL"], "createdAfter": middle.isoformat()}
    expected = await check(
        api,
        customers,
        chosen,
        lambda row: (
            (begins(row, "a") or has_domain(row, "a")) and row.country in ("IT", "DE", "PL") and row.created_at > middle
        ),
    )
    assert expected


async def test_times_are_later_and_earlier_not_equal(api: Api, customers: list[Listed]):
    """The contract: created later, and earlier, than the instant; an offset is the same instant."""
    times = sorted({row.created_at for row in customers})
    low, high = times[100], times[200]
    chosen = {"createdAfter": low.isoformat().replace("+00:00", "Z"), "createdBefore": high.isoformat()}
    expected = await check(api, customers, chosen, lambda row: low < row.created_at < high)
    assert len(expected) == 99
    turned = {"createdAfter": high.isoformat(), "createdBefore": low.isoformat()}
    assert await check(api, customers, turned, lambda row: False) == []


@pytest.mark.parametrize(
    "partner", ["", "partner_", f"partner_{'0' * 32}", f"customer_{'0' * 32}", "tailspin", "\u202e", "\x00"]
)
async def test_a_partner_that_is_none_gives_an_empty_list(api: Api, partner: str):
    """Settled: any string is an ID; one that names nothing gives an empty list."""
    connection = await page(api, AGENT, filter={"partnerId": partner})
    assert (connection["totalCount"], ids(connection)) == (0, [])


async def test_a_new_customer_is_found_at_once(api: Api):
    """The list is the database, not a copy of it."""
    customer = await created(api, AGENT, form("IT", changes={"companyName": "Zzyzx Sistemi"}))
    connection = (await api.ask(AGENT, PAGE, filter={"search": customer["domain"][:15]})).ok()["customers"]
    assert ids(connection) == [customer["id"]]
