"""Reading customers."""

from typing import Annotated

import strawberry

from execution.links import find
from execution.pages import Page, Window
from models.agreement import AgreementType
from policy.vocabulary import Permission
from resolvers.agreements import agreement_templates
from resolvers.global_ids import ObjectKind, key_of
from schema import sources
from schema.access import computed
from schema.connections import After, Before, First, Last
from schema.context import Info
from schema.customers.agreement import AgreementTemplate
from schema.customers.customer import Customer, CustomerConnection
from schema.customers.filters import CustomerFilter, CustomerOrder, customer_listing, known_country
from schema.scalars import CountryCode


@strawberry.type
class CustomerQueries:
    """Part of the root type Query."""

    @computed(Permission.CUSTOMER_READ, "One customer; null for an id that names no customer of yours.")
    async def customer(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The customer's id.")],  # noqa: A002
    ) -> Customer | None:
        """Of the viewer's partner."""
        return await find(info.context.unit, sources.customers, key_of(ObjectKind.CUSTOMER, id))  # type: ignore[return-value]

    @computed(Permission.CUSTOMER_READ, "Your customers.")
    def customers(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        filter: Annotated[CustomerFilter | None, strawberry.argument(description="All of them when left out.")] = None,  # noqa: A002
        order_by: Annotated[CustomerOrder | None, strawberry.argument(description="By name when left out.")] = None,
    ) -> CustomerConnection | None:
        """Of the viewer's partner."""
        listing = customer_listing(info.context, filter, order_by or CustomerOrder())
        return Page(info.context.unit, listing, Window(first, after, last, before))  # type: ignore[return-value]

    @computed(Permission.AGREEMENT_READ, "The texts that a customer of a country can accept, the newest first.")
    def agreement_templates(
        self,
        country: Annotated[CountryCode, strawberry.argument(description="The customer's country.")],
        type: Annotated[  # noqa: A002 - the contract's name
            AgreementType | None, strawberry.argument(description="Only this agreement; all when left out.")
        ] = None,
    ) -> list[AgreementTemplate] | None:
        """The same for everybody."""
        return agreement_templates(known_country("country", country), type)  # type: ignore[return-value]
