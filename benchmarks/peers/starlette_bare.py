"""No GraphQL at all: a Starlette handler an operation, asyncpg's rows, orjson. What a Python server costs at least."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from secrets import token_hex
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from benchmarks.peers.scope import ACTOR_ID, CLOUD, DATABASE_URL, PARTNER_ID, POOL_SIZE

COLUMNS = """
    select c.id, r.list_name, c.domain, c.country, c.cloud, c.created_at, c.account_verification,
           r.list_name_key, r.role, r.status, r.since
    from relationship r join customer c on c.cloud = r.cloud and c.id = r.customer_id
    where r.cloud = $1 and r.partner_id = $2 and r.status = 'active'
"""
ONE = f"{COLUMNS} and r.customer_id = $3"
PAGE = f"{COLUMNS} order by r.list_name_key, r.customer_id limit $3"
NEXT_PAGE = (
    f"{COLUMNS} and (r.list_name_key, r.customer_id) > ($4, $5) order by r.list_name_key, r.customer_id limit $3"
)
AGREEMENTS = """
    select customer_id, type, method, agreed_on from agreement
    where cloud = $1 and customer_id = any($3) and type = 'microsoft_customer_agreement'
      and (partner_id = $2 or partner_id is null)
    order by agreed_on desc, id desc
"""
PROFILE = """
    select id, etag, company_name, first_name, last_name, email, culture, language, address_line1, address_line2,
           address_city, address_state, address_postal_code, address_country, address_first_name, address_last_name,
           address_phone_number
    from billing_profile where cloud = $1 and partner_id = $2 and customer_id = $3 for update
"""
REPLACE = """
    update billing_profile
    set company_name = $4, first_name = $5, last_name = $6, email = $7, culture = $8, language = $9,
        address_line1 = $10, address_line2 = $11, address_city = $12, address_state = $13, address_postal_code = $14,
        address_country = $15, address_first_name = $16, address_last_name = $17, address_phone_number = $18,
        etag = $19, updated_at = $20
    where cloud = $1 and partner_id = $2 and customer_id = $3
"""
RECORD = """
    insert into activity_record (id, cloud, partner_id, occurred_at, operation, resource_type, status, actor,
        actor_id, actor_kind, actor_roles, actor_mfa, customer_id, customer_name, customer_name_key, correlation_id,
        changes)
    values ($1, $2, $3, $4, 'update_customer_billing_profile', 'customer', 'succeeded', 'peer', $5, 'partner_user',
        '["admin_agent"]', true, $6, $7, $8, $9, $10)
"""
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
    async with _pool(request).acquire() as connection:
        row = await connection.fetchrow(ONE, CLOUD, PARTNER_ID, UUID(asked["id"].rpartition("_")[2]))
    return _answer({"customer": _customer(row) if row else None})


async def customers(request: Request) -> Response:
    """A page of customers."""
    asked = await _variables(request)
    async with _pool(request).acquire() as connection:
        rows = await _page(connection, asked["first"], asked.get("after"))
    nodes = [_customer(row) for row in rows[: asked["first"]]]
    return _answer({"customers": _connection(rows, nodes, asked["first"])})


async def nested(request: Request) -> Response:
    """A page of customers with relationship and agreements."""
    asked = await _variables(request)
    async with _pool(request).acquire() as connection:
        rows = await _page(connection, asked["first"], asked.get("after"))
        page = rows[: asked["first"]]
        found = await connection.fetch(AGREEMENTS, CLOUD, PARTNER_ID, [row["id"] for row in page])
    agreements = defaultdict(list)
    for key, type_, method, agreed_on in found:
        agreements[key].append({"type": type_.upper(), "method": method.upper(), "agreedOn": agreed_on})
    nodes = [
        {
            **_customer(row),
            "relationship": {"role": row["role"].upper(), "status": row["status"].upper(), "since": row["since"]},
            "agreements": agreements[row["id"]],
        }
        for row in page
    ]
    return _answer({"customers": _connection(rows, nodes, asked["first"])})


async def update(request: Request) -> Response:
    """Replaces a billing profile: begin, select, update, insert, commit."""
    asked = (await _variables(request))["input"]
    key = UUID(asked["customerId"].rpartition("_")[2])
    form = asked["billingProfile"]
    values = {name: form.get(field) for name, field in OWN.items()}
    values |= {name: form["address"].get(field) for name, field in ADDRESS.items()}
    async with _pool(request).acquire() as connection, connection.transaction():
        before = await connection.fetchrow(PROFILE, CLOUD, PARTNER_ID, key)
        if before is None or before["etag"] != asked["etag"]:
            payload: dict[str, Any] = {"userErrors": [{"message": "stale or unknown"}], "billingProfile": None}
            return _answer({"customerUpdateBillingProfile": payload})
        changes = [
            {"field": name, "old": before[name], "new": value}
            for name, value in values.items()
            if before[name] != value
        ]
        etag, now, name = token_hex(16), datetime.now(UTC), values["company_name"]
        await connection.execute(REPLACE, CLOUD, PARTNER_ID, key, *values.values(), etag, now)
        await connection.execute(
            RECORD,
            uuid4(),
            CLOUD,
            PARTNER_ID,
            now,
            ACTOR_ID,
            key,
            name,
            name.casefold(),
            token_hex(16),
            orjson.dumps(changes).decode(),
        )
    profile = {
        "id": f"billingprofile_{before['id'].hex}",
        "etag": etag,
        "companyName": name,
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


def _pool(request: Request) -> Any:  # noqa: ANN401 - asyncpg carries no types
    return request.app.state.pool


def _answer(data: dict[str, Any]) -> Response:
    # A driver's UUIDs are of a class of its own, which orjson leaves to `default`.
    return Response(orjson.dumps({"data": data}, default=str), media_type="application/json")


async def _page(connection: Any, first: int, after: str | None) -> Sequence[Any]:  # noqa: ANN401
    if after is None:
        return await connection.fetch(PAGE, CLOUD, PARTNER_ID, first + 1)  # type: ignore[no-any-return]
    name, key = orjson.loads(urlsafe_b64decode(after))
    return await connection.fetch(NEXT_PAGE, CLOUD, PARTNER_ID, first + 1, name, UUID(key))  # type: ignore[no-any-return]


def _connection(rows: Sequence[Any], nodes: list[dict[str, Any]], first: int) -> dict[str, Any]:
    cursors = [urlsafe_b64encode(orjson.dumps([row["list_name_key"], str(row["id"])])).decode() for row in rows[:first]]
    return {
        "edges": [{"cursor": cursor, "node": node} for cursor, node in zip(cursors, nodes, strict=True)],
        "pageInfo": {"hasNextPage": len(rows) > first, "endCursor": cursors[-1] if cursors else None},
    }


def _customer(row: Any) -> dict[str, Any]:  # noqa: ANN401
    return {
        "id": f"customer_{row['id'].hex}",
        "tenantId": row["id"],
        "companyName": row["list_name"],
        "domain": row["domain"],
        "country": row["country"],
        "cloud": row["cloud"].upper(),
        "createdAt": row["created_at"],
        "accountVerification": row["account_verification"].upper(),
    }


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    """Opens and closes the pool."""
    url = DATABASE_URL.replace("postgresql+asyncpg:", "postgresql:")
    async with asyncpg.create_pool(url, min_size=POOL_SIZE, max_size=POOL_SIZE) as pool:
        app.state.pool = pool
        yield


HANDLERS = {"/one": customer, "/list": customers, "/nested": nested, "/update": update, "/typename": typename}
app = Starlette(
    routes=[Route(path, handler, methods=["POST"]) for path, handler in HANDLERS.items()], lifespan=lifespan
)
