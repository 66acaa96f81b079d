"""Ariadne as its guide has it: the schema first, its own ASGI application, dictionaries made from ORM rows."""

from datetime import datetime
from pathlib import Path
from typing import Any

from ariadne import MutationType, QueryType, ScalarType, load_schema_from_path, make_executable_schema
from ariadne.asgi import GraphQL
from graphql import FieldNode, GraphQLResolveInfo, SelectionNode

from benchmarks.peers import store
from benchmarks.peers.tables import BillingProfileRow, LinkRow

Info = GraphQLResolveInfo[Any]
OWN = {
    "companyName": "company_name",
    "firstName": "first_name",
    "lastName": "last_name",
    "email": "email",
    "culture": "culture",
    "language": "language",
}
ADDRESS = {
    "addressLine1": "address_line1",
    "addressLine2": "address_line2",
    "city": "address_city",
    "state": "address_state",
    "postalCode": "address_postal_code",
    "country": "address_country",
    "firstName": "address_first_name",
    "lastName": "address_last_name",
    "phoneNumber": "address_phone_number",
}
query = QueryType()
mutation = MutationType()
instant = ScalarType("DateTime")
uuid = ScalarType("UUID", serializer=str)


@instant.serializer
def write_instant(value: datetime) -> str:
    """As ISO 8601 has it."""
    return value.isoformat()


@query.field("customer")
async def resolve_customer(_root: object, info: Info, id: str) -> dict[str, Any] | None:  # noqa: A002
    """One customer."""
    nested = selects(info.field_nodes, "agreements")
    row = await store.find_customer(store.key_of(id), agreements=nested)
    return customer_of(row, agreements=nested) if row else None


@query.field("customers")
async def resolve_customers(_root: object, info: Info, first: int, after: str | None = None) -> dict[str, Any]:
    """A page of customers."""
    nested = selects(info.field_nodes, "agreements")
    rows = await store.list_customers(first, after, agreements=nested)
    edges = [{"cursor": store.cursor_of(row), "node": customer_of(row, agreements=nested)} for row in rows[:first]]
    return {
        "edges": edges,
        "pageInfo": {"hasNextPage": len(rows) > first, "endCursor": edges[-1]["cursor"] if edges else None},
    }


@mutation.field("customerUpdateBillingProfile")
async def resolve_update(_root: object, _info: Info, input: dict[str, Any]) -> dict[str, Any]:  # noqa: A002
    """Replaces a billing profile."""
    form = input["billingProfile"]
    values = {column: form.get(name) for name, column in OWN.items()}
    values |= {column: form["address"].get(name) for name, column in ADDRESS.items()}
    row = await store.update_profile(store.key_of(input["customerId"]), input["etag"], values)
    if row is None:
        return {"userErrors": [{"message": "stale or unknown"}], "billingProfile": None}
    return {"userErrors": [], "billingProfile": profile_of(row)}


def customer_of(row: LinkRow, *, agreements: bool) -> dict[str, Any]:
    """A customer, from the partner's link and the tenant that was loaded with it."""
    customer = row.customer
    found: dict[str, Any] = {
        "id": store.global_id("customer", row.customer_id),
        "tenantId": row.customer_id,
        "companyName": row.list_name,
        "domain": customer.domain,
        "country": customer.country,
        "cloud": row.cloud.upper(),
        "createdAt": customer.created_at,
        "accountVerification": customer.account_verification.upper(),
    }
    if agreements:
        found["relationship"] = {"role": row.role.upper(), "status": row.status.upper(), "since": row.since}
        found["agreements"] = [
            {"type": one.type.upper(), "method": one.method.upper(), "agreedOn": one.agreed_on}
            for one in customer.agreements
        ]
    return found


def profile_of(row: BillingProfileRow) -> dict[str, Any]:
    """A billing profile, from its row."""
    return {
        "id": store.global_id("billingprofile", row.id),
        "etag": row.etag,
        "companyName": row.company_name,
        "email": row.email,
        "address": {
            "addressLine1": row.address_line1,
            "addressLine2": row.address_line2,
            "city": row.address_city,
            "country": row.address_country,
        },
    }


def selects(nodes: list[FieldNode] | tuple[SelectionNode, ...], name: str) -> bool:
    """Whether a field of that name is selected anywhere below."""
    return any(
        isinstance(node, FieldNode)
        and (node.name.value == name or (node.selection_set and selects(node.selection_set.selections, name)))
        for node in nodes
    )


schema = make_executable_schema(
    load_schema_from_path(str(Path(__file__).with_name("schema.graphql"))), query, mutation, instant, uuid
)
app = GraphQL(schema)
