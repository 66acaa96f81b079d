"""The type Customer."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from execution.links import field_of, find, find_all, page_below
from execution.pages import Listing, Window
from models.agreement import AgreementType
from models.customer import AccountVerification
from policy.vocabulary import Cloud, Permission, PrincipalKind
from resolvers.customer_permissions import may_on_customer
from resolvers.customers import CustomerRow
from resolvers.visibility import Rows
from schema import sources
from schema.access import PUBLIC, computed, field
from schema.activity.record import ActivityFilter, ActivityRecordConnection, activity_listing
from schema.connections import After, Connection, First
from schema.context import Info
from schema.customers.agreement import Agreement
from schema.customers.profiles import Address, BillingProfile, CompanyProfile, Contact
from schema.node import Node
from schema.partners.partner import Partner
from schema.partners.relationship import Relationship
from schema.scalars import CountryCode, DomainName

PartnerConnection = Connection[Partner]


@strawberry.type(description="A company that the viewer's partner serves, as that partner knows it.")
class Customer(Node):
    """A customer."""

    @classmethod
    def is_type_of(cls, row: object, _info: object) -> bool:
        """Whether a row is a customer."""
        return isinstance(row, CustomerRow)

    id: UUID = field(PUBLIC, "The directory tenant; the 'Microsoft ID' of the customer list.", name="tenantId")
    company_name: str = field(PUBLIC, "The name in the customer list. Follows the billing profile's company name.")
    domain: DomainName = field(PUBLIC, "The initial domain; never changes.")
    country: CountryCode = field(PUBLIC, "The country that the account was created in.")
    cloud: Cloud = field(PUBLIC, "The cloud of the account.")
    created_at: datetime = field(PUBLIC, "When the account was created.")
    account_verification: AccountVerification = field(PUBLIC, "Purchases wait until the account is APPROVED.")

    @computed(PUBLIC, "All domains, the initial one first.")
    async def domains(parent: strawberry.Parent[CustomerRow], info: Info) -> list[DomainName]:
        """One statement for all customers of a list."""
        found = await find_all(
            info.context.unit,
            sources.domains,
            parent.id,
            by="customer_id",
            narrow=_initial_first,
            field=field_of(info),
        )
        return [DomainName(row.name) for row in found]

    @computed(PUBLIC, "What is the same for every partner of the customer.")
    def company_profile(parent: strawberry.Parent[CustomerRow]) -> CompanyProfile:
        """A view on the same row."""
        return parent  # type: ignore[return-value]

    @computed(Permission.CUSTOMER_CONTACT_READ, "Whom to ask; a view on the billing profile, whose etag it shares.")
    async def contact(parent: strawberry.Parent[CustomerRow], info: Info) -> Contact | None:
        """Of the billing profile."""
        return await find(info.context.unit, sources.billing_profiles, parent.id, by="customer_id")  # type: ignore[return-value]

    @computed(Permission.CUSTOMER_CONTACT_READ, "The billing profile's address.")
    async def address(parent: strawberry.Parent[CustomerRow], info: Info) -> Address | None:
        """Of the billing profile."""
        return await find(info.context.unit, sources.billing_profiles, parent.id, by="customer_id")  # type: ignore[return-value]

    @computed(Permission.CUSTOMER_BILLING_READ, "What your company bills the customer under.")
    async def billing_profile(parent: strawberry.Parent[CustomerRow], info: Info) -> BillingProfile | None:
        """The viewer's partner's."""
        return await find(info.context.unit, sources.billing_profiles, parent.id, by="customer_id")  # type: ignore[return-value]

    @computed(
        PUBLIC,
        "The viewer's partner's link to the customer. Null where the viewer is the customer itself: "
        "see Viewer.relationships.",
    )
    async def relationship(parent: strawberry.Parent[CustomerRow], info: Info) -> Relationship | None:
        """The viewer's partner's."""
        if info.context.kind is PrincipalKind.CUSTOMER_USER:
            return None
        return await find(info.context.unit, sources.relationships, parent.id, by="customer_id")  # type: ignore[return-value]

    @computed(PUBLIC, "The indirect reseller that the customer was created for.")
    async def associated_reseller(parent: strawberry.Parent[CustomerRow], info: Info) -> Partner | None:
        """For the provider that created it."""
        return await find(info.context.unit, sources.partners, parent.associated_reseller_id)  # type: ignore[return-value]

    @computed(Permission.PARTNERSHIP_READ, "Every indirect reseller linked to the customer, for its provider.")
    def resellers(
        parent: strawberry.Parent[CustomerRow], info: Info, first: First = None, after: After = None
    ) -> PartnerConnection | None:
        """By name."""
        listing = Listing("Customer.resellers", sources.resellers, ("name", "id"))
        return page_below(info, listing, Window(first, after), by="customer_id", key=parent.id)  # type: ignore[return-value]

    @computed(Permission.AGREEMENT_ATTEST, "Agreements that the customer accepted, the newest first.")
    async def agreements(
        parent: strawberry.Parent[CustomerRow],
        info: Info,
        type: Annotated[  # noqa: A002 - the contract's name
            AgreementType | None, strawberry.argument(description="Which agreement; null for all.")
        ] = AgreementType.MICROSOFT_CUSTOMER_AGREEMENT,
    ) -> list[Agreement] | None:
        """Attested by the viewer's partner, or accepted by the customer itself."""
        return await find_all(  # type: ignore[return-value]
            info.context.unit,
            sources.agreements,
            parent.id,
            by="customer_id",
            narrow=lambda rows: _newest_first(rows, type),
            field=field_of(info),
        )

    @computed(Permission.AUDIT_READ, "The activity log's lines about the customer, the newest first.")
    def activity(
        parent: strawberry.Parent[CustomerRow],
        info: Info,
        first: First = None,
        after: After = None,
        filter: Annotated[  # noqa: A002 - the contract's name
            ActivityFilter | None, strawberry.argument(description="The last 30 days when left out.")
        ] = None,
    ) -> ActivityRecordConnection | None:
        """Of the viewer's partner's log."""
        listing = activity_listing(info.context, filter, "Customer.activity")
        return page_below(info, listing, Window(first, after), by="customer_id", key=parent.id)  # type: ignore[return-value]

    @computed(PUBLIC, "Whether the viewer may use the permission on this customer now, its condition included.")
    def viewer_can(
        parent: strawberry.Parent[CustomerRow],
        info: Info,
        permission: Annotated[Permission, strawberry.argument(description="What the viewer would do.")],
    ) -> bool:
        """Decided without a statement."""
        return may_on_customer(info.context.principal, permission, parent)


CustomerConnection = Connection[Customer]


def _initial_first(rows: Rows) -> Rows:
    columns = rows.selected_columns
    return rows.order_by(columns.is_initial.desc(), columns.name)


def _newest_first(rows: Rows, wanted: AgreementType | None) -> Rows:
    columns = rows.selected_columns
    of_type = rows.where(columns.type == wanted) if wanted is not None else rows
    return of_type.order_by(columns.agreed_on.desc(), columns.id.desc())
