"""The customer list as the rows of the database would have it: what every page is compared with."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from clientela.demo.organisations import organisation
from resolvers.naming import fold
from tests.clients import Api

PAGE = """query ($first: Int, $after: String, $last: Int, $before: String,
               $filter: CustomerFilter, $order: CustomerOrder) {
  customers(first: $first, after: $after, last: $last, before: $before, filter: $filter, orderBy: $order) {
    totalCount
    edges { cursor node { id } }
    nodes { id }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}"""
ORDERS = [
    {"field": field, "direction": direction}
    for field in ("COMPANY_NAME", "CREATED_AT")
    for direction in ("ASC", "DESC")
]


@dataclass(frozen=True)
class Listed:
    """A customer as its partner lists it."""

    id: str
    name: str
    country: str
    created_at: datetime
    domains: tuple[str, ...]

    def place(self, field: str) -> tuple[Any, str]:
        """Where it stands in an order: folded name or time, then the id."""
        return (fold(self.name) if field == "COMPANY_NAME" else self.created_at, self.id)


async def listed(api: Api, name: str) -> list[Listed]:
    """All customers of a partner, in no order."""
    rows = await api.rows(
        "select customer_id, list_name, customer_country, customer_created_at from relationship "
        f"where partner_id = {_literal(api, name)} and status = 'active'"
    )
    named: dict[str, list[str]] = {}
    for customer_id, domain in await api.rows("select customer_id, name from customer_domain"):
        named.setdefault(_hex(customer_id), []).append(domain)
    return [
        Listed(f"customer_{_hex(row[0])}", row[1], row[2], _instant(row[3]), tuple(named[_hex(row[0])])) for row in rows
    ]


def in_order(customers: list[Listed], order: dict[str, str], matches: Callable[[Listed], bool]) -> list[str]:
    """Ids of the customers that match, in an order."""
    found = [customer for customer in customers if matches(customer)]
    found.sort(key=lambda customer: customer.place(order["field"]), reverse=order["direction"] == "DESC")
    return [customer.id for customer in found]


async def page(api: Api, person: str, **window: Any) -> dict[str, Any]:
    """One page of the customer list."""
    return (await api.ask(person, PAGE, **window)).ok()["customers"]


def ids(connection: dict[str, Any]) -> list[str]:
    """The page's customers; edges and nodes agree."""
    nodes = [node["id"] for node in connection["nodes"]]
    assert [edge["node"]["id"] for edge in connection["edges"]] == nodes
    return nodes


def _literal(api: Api, name: str) -> str:
    key = organisation(name).id
    return f"'{key.hex}'" if api.database.dialect.name == "sqlite" else f"'{key}'"


def _hex(key: Any) -> str:
    return str(key).replace("-", "")


def _instant(value: Any) -> datetime:
    instant = datetime.fromisoformat(value) if isinstance(value, str) else value
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)
