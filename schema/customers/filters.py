"""Filter and order of the customer list."""

from datetime import datetime
from enum import Enum
from typing import Annotated

import strawberry

from execution.windows import Listing
from resolvers.customer_filters import NOT_NARROWED, narrow_customers
from resolvers.customer_filters import CustomerFilter as Chosen
from resolvers.customers import CustomerRow
from resolvers.global_ids import ObjectKind, key_of
from schema import sources
from schema.context import Context
from schema.countries.arguments import known_country
from schema.scalars import CountryCode
from schema.texts import plain


@strawberry.input(description="Narrows the customer list; everything that is given must match.")
class CustomerFilter:
    """What a customer must match."""

    search: str | None = strawberry.field(
        default=None, description="Starts with, ignoring case, on the list name or on any domain: the search box."
    )
    company_name_starts_with: str | None = strawberry.field(
        default=None, description="Beginning of the list name, ignoring case."
    )
    domain_starts_with: str | None = strawberry.field(
        default=None, description="Beginning of any of the customer's domains, ignoring case."
    )
    partner_id: strawberry.ID | None = strawberry.field(
        default=None, description="Only customers served together with this indirect reseller or provider."
    )
    country: list[CountryCode] | None = strawberry.field(default=None, description="Any of these countries.")
    created_after: datetime | None = strawberry.field(default=None, description="Created later than this instant.")
    created_before: datetime | None = strawberry.field(default=None, description="Created earlier than this instant.")


@strawberry.enum(description="What the customer list can be ordered by.")
class CustomerOrderField(Enum):
    """An order."""

    COMPANY_NAME = strawberry.enum_value(
        "company_name", description="The name in the list, ignoring case; then the id."
    )
    CREATED_AT = strawberry.enum_value("created_at", description="When the account was created; then the id.")


@strawberry.enum(description="Which end of an order comes first.")
class OrderDirection(Enum):
    """A direction."""

    ASC = strawberry.enum_value("asc", description="From A to Z, from the oldest to the newest.")
    DESC = strawberry.enum_value("desc", description="From Z to A, from the newest to the oldest.")


@strawberry.input(description="The order of the customer list.")
class CustomerOrder:
    """Field and direction."""

    field: CustomerOrderField = strawberry.field(
        default=CustomerOrderField.COMPANY_NAME, description="What to order by."
    )
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description="Which end comes first.")


ORDERS = {
    CustomerOrderField.COMPANY_NAME: ("list_name_key", "id"),
    CustomerOrderField.CREATED_AT: ("created_at", "id"),
}


def choose(asked: CustomerFilter | None) -> Chosen:
    """A filter as the rules take it.

    Args:
        asked: What a client sent; None for everything.

    Raises:
        BadUserInput: A text cannot be searched for, or a country does not exist.
    """
    if asked is None:
        return Chosen()
    partner_id = key_of(ObjectKind.PARTNER, asked.partner_id) if asked.partner_id is not None else None
    return Chosen(
        search=plain("search", asked.search),
        company_name_starts_with=plain("companyNameStartsWith", asked.company_name_starts_with),
        domain_starts_with=plain("domainStartsWith", asked.domain_starts_with),
        partner_id=partner_id,
        nothing=asked.partner_id is not None and partner_id is None,
        countries=tuple(known_country("country", country) for country in asked.country or ()),
        created_after=asked.created_after,
        created_before=asked.created_before,
    )


def customer_listing(
    context: Context,
    filter: Annotated[CustomerFilter | None, strawberry.argument(description="All of them when left out.")] = None,  # noqa: A002
    order_by: Annotated[CustomerOrder | None, strawberry.argument(description="By name when left out.")] = None,
) -> Listing[CustomerRow]:
    """The customer list under a filter, in an order."""
    narrowing = narrow_customers(choose(filter), context.principal) if filter is not None else NOT_NARROWED
    order = order_by or CustomerOrder()
    return Listing(
        name="customers",
        source=sources.customers,
        order=ORDERS[order.field],
        descending=order.direction is OrderDirection.DESC,
        conditions=narrowing.conditions,
        branches=narrowing.branches,
    )
