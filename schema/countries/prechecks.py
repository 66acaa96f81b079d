"""Checks before a form is sent. They write nothing and promise nothing: the command checks again."""

from typing import Annotated

import strawberry

from policy.vocabulary import Permission
from resolvers.address_validation import AddressValidationStatus, validate_address
from resolvers.domain_availability import domain_availability
from schema.access import PUBLIC, computed, field
from schema.context import Info
from schema.customers.inputs import AddressInput
from schema.customers.profiles import Address
from schema.scalars import DomainName
from schema.user_errors import UserError


@strawberry.type(description="Whether a domain can still be had.")
class DomainAvailability:
    """The answer for one domain."""

    domain: DomainName = field(PUBLIC, "The whole domain.")
    available: bool = field(PUBLIC, "Whether a customer could be created with it now.")
    reason: str | None = field(PUBLIC, "Why the domain cannot be used.")
    suggestions: list[DomainName] = field(PUBLIC, "Domains that are free; empty where this one is.")


@strawberry.type(description="What is to be said of an address.")
class AddressValidation:
    """The answer for one address."""

    status: AddressValidationStatus = field(PUBLIC, "Whether the address passes.")
    original: Address = field(PUBLIC, "The address as you sent it.")
    suggested: list[Address] = field(PUBLIC, "How it should be written.")
    problems: list[UserError] = field(PUBLIC, "Everything that is wrong with it.")


@strawberry.type
class PrecheckQueries:
    """Part of the root type Query."""

    @computed(Permission.CUSTOMER_PRECHECK, "Whether a customer could be created with this domain.")
    async def domain_availability(
        self,
        info: Info,
        domain: Annotated[str, strawberry.argument(description="Prefix or whole initial domain, e.g. wingtiptoys.")],
    ) -> DomainAvailability | None:
        """Informative; creating decides anew."""
        return await domain_availability(info.context.unit, info.context.principal, domain)  # type: ignore[return-value]

    @computed(Permission.CUSTOMER_PRECHECK, "Checks an address against the rules of its country.")
    def validate_address(
        self, address: Annotated[AddressInput, strawberry.argument(description="The address.")]
    ) -> AddressValidation | None:
        """Writes nothing."""
        return validate_address(address.form())  # type: ignore[return-value]
