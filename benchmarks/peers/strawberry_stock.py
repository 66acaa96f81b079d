"""Strawberry as its guide has it: its own ASGI view, types made from ORM rows, eager loading of what is selected.

With PEER_CACHES=1 also its caches of parsed and validated documents, and orjson for the answer.
"""

import os
from datetime import datetime
from enum import Enum
from typing import Any, Self
from uuid import UUID

import orjson
import strawberry
from starlette.applications import Starlette
from starlette.routing import Route
from strawberry.asgi import GraphQL
from strawberry.extensions import ParserCache, ValidationCache
from strawberry.types.nodes import SelectedField

from benchmarks.peers import store
from benchmarks.peers.tables import AgreementRow, BillingProfileRow, LinkRow

CACHES = os.environ.get("PEER_CACHES") == "1"


@strawberry.enum
class Cloud(Enum):
    """National cloud."""

    GLOBAL = "global"
    US_GOV = "us_gov"
    GERMANY = "germany"
    CHINA = "china"


@strawberry.enum
class AccountVerification(Enum):
    """Whether the account may buy."""

    NOT_STARTED = "not_started"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    DENIED = "denied"


@strawberry.enum
class RelationshipRole(Enum):
    """Whether the partner may order."""

    TRANSACTING = "transacting"
    MANAGING = "managing"


@strawberry.enum
class RelationshipStatus(Enum):
    """Whether the relationship lives."""

    ACTIVE = "active"
    ENDED = "ended"


@strawberry.enum
class AgreementType(Enum):
    """Which agreement."""

    MICROSOFT_CUSTOMER_AGREEMENT = "microsoft_customer_agreement"
    MICROSOFT_CLOUD_AGREEMENT = "microsoft_cloud_agreement"


@strawberry.enum
class AgreementMethod(Enum):
    """Who said yes."""

    PARTNER_ATTESTATION = "partner_attestation"
    DIRECT_ACCEPTANCE = "direct_acceptance"


@strawberry.type
class Relationship:
    """A partner's link to a customer."""

    role: RelationshipRole
    status: RelationshipStatus
    since: datetime


@strawberry.type
class Agreement:
    """An acceptance."""

    type: AgreementType
    method: AgreementMethod
    agreed_on: datetime

    @classmethod
    def of(cls, row: AgreementRow) -> Self:
        """From its row."""
        return cls(type=AgreementType(row.type), method=AgreementMethod(row.method), agreed_on=row.agreed_on)


@strawberry.type
class Customer:
    """A customer."""

    id: strawberry.ID
    tenant_id: UUID
    company_name: str
    domain: str
    country: str
    cloud: Cloud
    created_at: datetime
    account_verification: AccountVerification
    row: strawberry.Private[LinkRow]

    @strawberry.field
    def relationship(self) -> Relationship:
        """The partner's own link."""
        return Relationship(
            role=RelationshipRole(self.row.role), status=RelationshipStatus(self.row.status), since=self.row.since
        )

    @strawberry.field
    def agreements(self) -> list[Agreement]:
        """Loaded with the customers."""
        return [Agreement.of(row) for row in self.row.customer.agreements]

    @classmethod
    def of(cls, row: LinkRow) -> Self:
        """From the partner's link and the tenant that was loaded with it."""
        customer = row.customer
        return cls(
            id=strawberry.ID(store.global_id("customer", row.customer_id)),
            tenant_id=row.customer_id,
            company_name=row.list_name,
            domain=customer.domain,
            country=customer.country,
            cloud=Cloud(row.cloud),
            created_at=customer.created_at,
            account_verification=AccountVerification(customer.account_verification),
            row=row,
        )


@strawberry.type
class CustomerEdge:
    """A row and its place."""

    cursor: str
    node: Customer


@strawberry.type
class PageInfo:
    """Where the page ends."""

    has_next_page: bool
    end_cursor: str | None


@strawberry.type
class CustomerConnection:
    """A page."""

    edges: list[CustomerEdge]
    page_info: PageInfo


@strawberry.type
class Address:
    """A billing address."""

    address_line1: str = strawberry.field(name="addressLine1")
    address_line2: str | None = strawberry.field(name="addressLine2")
    city: str | None
    country: str


@strawberry.type
class BillingProfile:
    """A billing profile."""

    id: strawberry.ID
    etag: str
    company_name: str
    email: str
    address: Address

    @classmethod
    def of(cls, row: BillingProfileRow) -> Self:
        """From its row."""
        return cls(
            id=strawberry.ID(store.global_id("billingprofile", row.id)),
            etag=row.etag,
            company_name=row.company_name,
            email=row.email,
            address=Address(
                address_line1=row.address_line1,
                address_line2=row.address_line2,
                city=row.address_city,
                country=row.address_country,
            ),
        )


@strawberry.type
class UserError:
    """A fault."""

    message: str


@strawberry.type
class Payload:
    """What came of an update."""

    user_errors: list[UserError]
    billing_profile: BillingProfile | None


@strawberry.input
class AddressInput:
    """A billing address."""

    address_line1: str = strawberry.field(name="addressLine1")
    address_line2: str | None = strawberry.field(name="addressLine2")
    city: str | None
    state: str | None
    postal_code: str | None
    country: str
    first_name: str
    last_name: str
    phone_number: str | None


@strawberry.input
class BillingProfileInput:
    """A billing profile."""

    company_name: str
    first_name: str | None
    last_name: str | None
    email: str
    culture: str
    language: str
    address: AddressInput

    def columns(self) -> dict[str, Any]:
        """As columns of the table."""
        own, address = {**vars(self)}, {**vars(self.address)}
        del own["address"]
        prefixed = {(name if name.startswith("address_") else f"address_{name}"): address[name] for name in address}
        return own | prefixed


@strawberry.input
class CustomerUpdateBillingProfileInput:
    """An update."""

    customer_id: strawberry.ID
    etag: str
    billing_profile: BillingProfileInput


def selects(info: strawberry.Info, name: str) -> bool:
    """Whether a field of that name is selected anywhere below the resolver's own."""
    waiting = list(info.selected_fields)
    while waiting:
        selection = waiting.pop()
        if isinstance(selection, SelectedField) and selection.name == name:
            return True
        waiting += selection.selections
    return False


@strawberry.type
class Query:
    """Reads."""

    @strawberry.field
    async def customer(self, info: strawberry.Info, id: strawberry.ID) -> Customer | None:  # noqa: A002 - the contract's name
        """One customer."""
        row = await store.find_customer(store.key_of(id), agreements=selects(info, "agreements"))
        return Customer.of(row) if row else None

    @strawberry.field
    async def customers(self, info: strawberry.Info, first: int, after: str | None = None) -> CustomerConnection:
        """A page of customers."""
        rows = await store.list_customers(first, after, agreements=selects(info, "agreements"))
        page = rows[:first]
        return CustomerConnection(
            edges=[CustomerEdge(cursor=store.cursor_of(row), node=Customer.of(row)) for row in page],
            page_info=PageInfo(has_next_page=len(rows) > first, end_cursor=store.cursor_of(page[-1]) if page else None),
        )


@strawberry.type
class Mutation:
    """Writes."""

    @strawberry.mutation
    async def customer_update_billing_profile(
        self,
        input: CustomerUpdateBillingProfileInput,  # noqa: A002 - the contract's name
    ) -> Payload:
        """Replaces a billing profile."""
        row = await store.update_profile(store.key_of(input.customer_id), input.etag, input.billing_profile.columns())
        if row is None:
            return Payload(user_errors=[UserError(message="stale or unknown")], billing_profile=None)
        return Payload(user_errors=[], billing_profile=BillingProfile.of(row))


class OrjsonView(GraphQL):
    """The view, with a faster encoder."""

    def encode_json(self, data: object) -> bytes:
        """As Strawberry's guide shows."""
        return orjson.dumps(data)


schema = strawberry.Schema(Query, Mutation, extensions=[ParserCache, ValidationCache] if CACHES else [])
view = (OrjsonView if CACHES else GraphQL)(schema, graphql_ide=None)
app = Starlette(routes=[Route("/graphql", view)])
