"""The type Customer."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from execution.links import Many, One, Pages, View
from execution.windows import Listing
from models.agreement import AgreementType
from models.customer import AccountVerification
from policy.vocabulary import Cloud, Permission
from resolvers.customer_permissions import may_on_customer
from resolvers.customers import CustomerRow
from resolvers.partners import PartnerRow
from resolvers.visibility import Rows
from schema import sources
from schema.access import PUBLIC, computed, field
from schema.activity.record import ActivityRecordConnection, activity_listing
from schema.connections import FORWARD, Connection
from schema.context import Context, Info
from schema.customers.agreement import Agreement
from schema.customers.profiles import Address, BillingProfile, CompanyProfile, Contact
from schema.customers.purchase_permission import PurchasePermission
from schema.customers.qualification import Qualification
from schema.node import Node
from schema.partners.partner import Partner
from schema.partners.relationship import Relationship
from schema.product_subscriptions.subscription import ProductSubscriptionConnection, product_subscription_listing
from schema.scalars import CountryCode, DomainName

PartnerConnection = Connection[Partner]


def _initial_first(domains: Rows) -> Rows:
    columns = domains.selected_columns
    return domains.order_by(columns.is_initial.desc(), columns.name)


def _newest_first(
    agreements: Rows,
    type: Annotated[  # noqa: A002 - the contract's name
        AgreementType | None, strawberry.argument(description="Which agreement; null for all.")
    ] = AgreementType.MICROSOFT_CUSTOMER_AGREEMENT,
) -> Rows:
    columns = agreements.selected_columns
    of_type = agreements.where(columns.type == type) if type is not None else agreements
    return of_type.order_by(columns.agreed_on.desc(), columns.id.desc())


def _as_they_are(permissions: Rows) -> Rows:
    return permissions


def _by_kind(qualifications: Rows) -> Rows:
    return qualifications.order_by(qualifications.selected_columns.kind)


def _resellers(_context: Context) -> Listing[PartnerRow]:
    return Listing("Customer.resellers", sources.resellers, ("name", "id"))


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
    domains: list[DomainName] = field(
        PUBLIC,
        "All domains, the initial one first.",
        link=Many(sources.domains, key="id", by="customer_id", narrow=_initial_first, column="name"),
    )
    country: CountryCode = field(PUBLIC, "The country that the account was created in.")
    cloud: Cloud = field(PUBLIC, "The cloud of the account.")
    created_at: datetime = field(PUBLIC, "When the account was created.")
    account_verification: AccountVerification = field(PUBLIC, "Purchases wait until the account is APPROVED.")
    company_profile: CompanyProfile = field(PUBLIC, "What is the same for every partner of the customer.", link=View())
    contact: Contact | None = field(
        Permission.CUSTOMER_CONTACT_READ,
        "Whom to ask; a view on the billing profile, whose etag it shares.",
        link=One(sources.billing_profiles, key="id", by="customer_id"),
    )
    address: Address | None = field(
        Permission.CUSTOMER_CONTACT_READ,
        "The billing profile's address.",
        link=One(sources.billing_profiles, key="id", by="customer_id"),
    )
    billing_profile: BillingProfile | None = field(
        Permission.CUSTOMER_BILLING_READ,
        "What your company bills the customer under.",
        link=One(sources.billing_profiles, key="id", by="customer_id"),
    )
    relationship: Relationship | None = field(
        PUBLIC,
        "The viewer's partner's link to the customer. Null where the viewer is the customer itself: "
        "see Viewer.relationships.",
        link=One(sources.own_relationships, key="id", by="customer_id", within="relationship_"),
    )
    associated_reseller: Partner | None = field(
        PUBLIC,
        "The indirect reseller that the customer was created for.",
        link=One(sources.partners, key="associated_reseller_id"),
    )
    resellers: PartnerConnection | None = field(
        Permission.PARTNERSHIP_READ,
        "Every indirect reseller linked to the customer, for its provider.",
        link=Pages(_resellers, FORWARD, key="id", by="customer_id"),
    )
    purchase_permissions: list[PurchasePermission] | None = field(
        Permission.SELFSERVE_READ,
        "Self-service purchases that your company lets the customer make. Off by default.",
        link=Many(sources.purchase_permissions, key="id", by="customer_id", narrow=_as_they_are),
    )
    agreements: list[Agreement] | None = field(
        Permission.AGREEMENT_ATTEST,
        "Agreements that the customer accepted, the newest first.",
        link=Many(sources.customers_agreements, key="id", by="customer_id", narrow=_newest_first),
    )
    qualifications: list[Qualification] | None = field(
        Permission.QUALIFICATION_READ,
        "What the customer is recognised as, or asked to be.",
        link=Many(sources.qualifications, key="id", by="customer_id", narrow=_by_kind),
    )
    subscriptions: ProductSubscriptionConnection | None = field(
        Permission.SUBSCRIPTION_READ,
        "What the customer bought through your company, the oldest first.",
        link=Pages(product_subscription_listing, FORWARD, key="id", by="customer_id"),
    )
    activity: ActivityRecordConnection | None = field(
        Permission.AUDIT_READ,
        "The activity log's lines about the customer, the newest first.",
        link=Pages(activity_listing("Customer.activity"), FORWARD, key="id", by="customer_id"),
    )

    @computed(PUBLIC, "Whether the viewer may use the permission on this customer now, its condition included.")
    def viewer_can(
        parent: strawberry.Parent[CustomerRow],
        info: Info,
        permission: Annotated[Permission, strawberry.argument(description="What the viewer would do.")],
    ) -> bool:
        """Decided without a statement."""
        return may_on_customer(info.context.principal, permission, parent)


CustomerConnection = Connection[Customer]
