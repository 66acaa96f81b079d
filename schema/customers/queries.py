"""Reading customers."""

from typing import Annotated
from uuid import UUID

import strawberry

from execution.links import Lookup, Pages
from models.agreement import AgreementType
from policy.vocabulary import Permission
from resolvers.agreements import agreement_templates
from resolvers.global_ids import ObjectKind, key_of
from schema import sources
from schema.access import computed, field
from schema.connections import BOTH_WAYS
from schema.countries.arguments import known_country
from schema.customers.agreement import AgreementTemplate
from schema.customers.customer import Customer, CustomerConnection
from schema.customers.filters import customer_listing
from schema.scalars import CountryCode


def _customer_key(
    id: Annotated[strawberry.ID, strawberry.argument(description="The customer's id.")],  # noqa: A002
) -> UUID | None:
    return key_of(ObjectKind.CUSTOMER, id)


@strawberry.type
class CustomerQueries:
    """Part of the root type Query."""

    customer: Customer | None = field(
        Permission.CUSTOMER_READ,
        "One customer; null for an id that names no customer of yours.",
        link=Lookup(sources.customers, _customer_key),
    )
    customers: CustomerConnection | None = field(
        Permission.CUSTOMER_READ, "Your customers.", link=Pages(customer_listing, BOTH_WAYS)
    )

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
