"""Taking back what a test did with some customers, so that the next history begins where this one did."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, delete, insert, select, true
from sqlmodel import SQLModel, col

from models import (
    Agreement,
    BillingProfile,
    Customer,
    Partnership,
    ProductSubscription,
    PurchasePermission,
    Relationship,
    RelationshipDomain,
    RelationshipRequest,
    SubscriptionOwner,
)
from resolvers.countries.domains import SUFFIXES
from tests.clients import Api

# Each after the tables that it refers to.
TABLES: tuple[type[SQLModel], ...] = (
    Partnership,
    RelationshipRequest,
    Relationship,
    RelationshipDomain,
    BillingProfile,
    Agreement,
    ProductSubscription,
    SubscriptionOwner,
    PurchasePermission,
)
OF_A_CUSTOMER = TABLES[2:]
Kept = dict[type[SQLModel], list[dict[str, Any]]]


async def keep(api: Api, customers: Sequence[str]) -> Kept:
    """All partnerships and requests as they are, and what partners have of these customers."""
    async with api.database.connect() as connection:
        return {
            model: [
                dict(row._mapping)
                for row in await connection.execute(select(model.__table__).where(_theirs(model, customers)))  # type: ignore[attr-defined]
            ]
            for model in TABLES
        }


async def give_back(api: Api, customers: Sequence[str], kept: Kept) -> None:
    """Makes the rows as they were: what came is gone, what was changed is as before."""
    async with api.database.execution_options(writes=True).begin() as connection:
        for model in reversed(TABLES):
            await connection.execute(delete(model).where(_theirs(model, customers)))
        for model, rows in kept.items():
            if rows:
                await connection.execute(insert(model), rows)


def _theirs(model: Any, customers: Sequence[str]) -> ColumnElement[bool]:
    if model not in OF_A_CUSTOMER:
        return true()
    wanted = [f"{name}.{suffix}" for name in customers for suffix in SUFFIXES.values()]
    return col(model.customer_id).in_(select(col(Customer.id)).where(col(Customer.domain).in_(wanted)))
