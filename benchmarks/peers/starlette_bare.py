"""No GraphQL at all: a Starlette handler an operation, a driver's rows, orjson. What a Python server costs at least."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from benchmarks.peers import bare_postgres, bare_sqlite
from benchmarks.peers.scope import DATABASE_URL

database = bare_sqlite if DATABASE_URL.startswith("sqlite") else bare_postgres
hex_of: Any = database.hex_of
key_of: Any = database.key_of
instant_of: Any = database.instant_of

OWN = {
    "company_name": "companyName",
    "first_name": "firstName",
    "last_name": "lastName",
    "email": "email",
    "culture": "culture",
    "language": "language",
}
ADDRESS = {
    "address_line1": "addressLine1",
    "address_line2": "addressLine2",
    "address_city": "city",
    "address_state": "state",
    "address_postal_code": "postalCode",
    "address_country": "country",
    "address_first_name": "firstName",
    "address_last_name": "lastName",
    "address_phone_number": "phoneNumber",
}


async def customer(request: Request) -> Response:
    """One customer."""
    asked = await _variables(request)
    row = await request.app.state.rows.one(UUID(asked["id"].rpartition("_")[2]))
    return _answer({"customer": _customer(row) if row else None})


async def customers(request: Request) -> Response:
    """A page of customers."""
    asked = await _variables(request)
    rows, _ = await request.app.state.rows.page(asked["first"], _place(asked), agreements=False)
    nodes = [_customer(row) for row in rows[: asked["first"]]]
    return _answer({"customers": _connection(rows, nodes, asked["first"])})


async def nested(request: Request) -> Response:
    """A page of customers with relationship and agreements."""
    asked = await _variables(request)
    rows, found = await request.app.state.rows.page(asked["first"], _place(asked), agreements=True)
    agreements = defaultdict(list)
    for key, type_, method, agreed_on in found:
        agreements[key].append({"type": type_.upper(), "method": method.upper(), "agreedOn": instant_of(agreed_on)})
    nodes = [
        {
            **_customer(row),
            "relationship": {
                "role": row["role"].upper(),
                "status": row["status"].upper(),
                "since": instant_of(row["since"]),
            },
            "agreements": agreements[row["id"]],
        }
        for row in rows[: asked["first"]]
    ]
    return _answer({"customers": _connection(rows, nodes, asked["first"])})


async def update(request: Request) -> Response:
    """Replaces a billing profile: begin, select, update, insert, commit."""
    asked = (await _variables(request))["input"]
    form = asked["billingProfile"]
    values = {name: form.get(field) for name, field in OWN.items()}
    values |= {name: form["address"].get(field) for name, field in ADDRESS.items()}
    key = UUID(asked["customerId"].rpartition("_")[2])
    replaced = await request.app.state.rows.replace(key, asked["etag"], values)
    if replaced is None:
        payload: dict[str, Any] = {"userErrors": [{"message": "stale or unknown"}], "billingProfile": None}
        return _answer({"customerUpdateBillingProfile": payload})
    before, etag = replaced
    profile = {
        "id": f"billingprofile_{hex_of(before['id'])}",
        "etag": etag,
        "companyName": values["company_name"],
        "email": values["email"],
        "address": {
            "addressLine1": values["address_line1"],
            "addressLine2": values["address_line2"],
            "city": values["address_city"],
            "country": values["address_country"],
        },
    }
    return _answer({"customerUpdateBillingProfile": {"userErrors": [], "billingProfile": profile}})


async def typename(request: Request) -> Response:
    """The shortest answer there is."""
    await _variables(request)
    return _answer({"__typename": "Query"})


async def _variables(request: Request) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(await request.body()).get("variables") or {}
    return found


def _answer(data: dict[str, Any]) -> Response:
    return Response(orjson.dumps({"data": data}), media_type="application/json")


def _place(asked: dict[str, Any]) -> tuple[str, str] | None:
    if (after := asked.get("after")) is None:
        return None
    name, key = orjson.loads(urlsafe_b64decode(after))
    return name, key


def _connection(rows: Sequence[Any], nodes: list[dict[str, Any]], first: int) -> dict[str, Any]:
    cursors = [urlsafe_b64encode(orjson.dumps([row["list_name_key"], str(row["id"])])).decode() for row in rows[:first]]
    return {
        "edges": [{"cursor": cursor, "node": node} for cursor, node in zip(cursors, nodes, strict=True)],
        "pageInfo": {"hasNextPage": len(rows) > first, "endCursor": cursors[-1] if cursors else None},
    }


def _customer(row: Any) -> dict[str, Any]:  # noqa: ANN401
    return {
        "id": f"customer_{hex_of(row['id'])}",
        "tenantId": key_of(row["id"]),
        "companyName": row["list_name"],
        "domain": row["domain"],
        "country": row["country"],
        "cloud": row["cloud"].upper(),
        "createdAt": instant_of(row["created_at"]),
        "accountVerification": row["account_verification"].upper(),
    }


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    """Opens and closes the database."""
    async with database.opened() as app.state.rows:
        yield


HANDLERS = {"/one": customer, "/list": customers, "/nested": nested, "/update": update, "/typename": typename}
app = Starlette(
    routes=[Route(path, handler, methods=["POST"]) for path, handler in HANDLERS.items()], lifespan=lifespan
)
