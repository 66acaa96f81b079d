"""What mutations of customers answer. Objects are read in the transaction that wrote them, or known from it.

They need the permission to read them: a token may be narrowed to writing.
"""

from uuid import UUID

import strawberry

from execution.links import One
from policy.vocabulary import Permission
from schema import sources
from schema.access import PUBLIC, field
from schema.customers.agreement import Agreement
from schema.customers.customer import Customer
from schema.customers.profiles import BillingProfile
from schema.customers.purchase_permission import PurchasePermission
from schema.customers.qualification import Qualification
from schema.user_errors import USER_ERRORS, UserError

CUSTOMER = "The customer as it is now; null where there are `userErrors`."


@strawberry.type(description="The first administrator's sign-in.")
class InitialCredentials:
    """Shown once (R1)."""

    user_name: str = field(PUBLIC, "The sign-in name.")
    password: str = field(PUBLIC, "The first password; must be changed at the first sign-in.")


@strawberry.type(description="A customer that was added.")
class CustomerCreatePayload:
    """Answer of customerCreate."""

    customer_id: strawberry.Private[UUID | None]
    initial_credentials: InitialCredentials | None = field(
        PUBLIC, "The first administrator's sign-in. Shown here once, never again.", replayed=None
    )
    credentials_already_issued: bool = field(
        PUBLIC,
        "True on a replay with the same idempotency key: the credentials were handed out before.",
        replayed=True,
    )
    user_errors: list[UserError] = field(PUBLIC, USER_ERRORS)
    customer: Customer | None = field(
        Permission.CUSTOMER_READ, CUSTOMER, link=One(sources.customers, key="customer_id")
    )


@strawberry.type(description="A billing profile that was replaced.")
class CustomerUpdateBillingProfilePayload:
    """Answer of customerUpdateBillingProfile."""

    customer_id: strawberry.Private[UUID | None]
    user_errors: list[UserError] = field(PUBLIC, USER_ERRORS)
    customer: Customer | None = field(
        Permission.CUSTOMER_READ, CUSTOMER, link=One(sources.customers, key="customer_id")
    )
    billing_profile: BillingProfile | None = field(
        Permission.CUSTOMER_BILLING_READ,
        "The profile as it is now, with its new etag; null where there are `userErrors`.",
    )


@strawberry.type(description="Contact details that were changed.")
class CustomerUpdateContactPayload:
    """Answer of customerUpdateContact."""

    customer_id: strawberry.Private[UUID | None]
    user_errors: list[UserError] = field(PUBLIC, USER_ERRORS)
    customer: Customer | None = field(
        Permission.CUSTOMER_READ, CUSTOMER, link=One(sources.customers, key="customer_id")
    )


@strawberry.type(description="A customer that was deleted.")
class CustomerDeletePayload:
    """Answer of customerDelete."""

    deleted_customer_id: strawberry.ID | None = field(
        PUBLIC, "The id that is no more; null where there are `userErrors`."
    )
    user_errors: list[UserError] = field(PUBLIC, USER_ERRORS)


@strawberry.type(description="An agreement that was recorded.")
class CustomerAttestAgreementPayload:
    """Answer of customerAttestAgreement."""

    customer_id: strawberry.Private[UUID | None]
    agreement_id: strawberry.Private[UUID | None]
    user_errors: list[UserError] = field(PUBLIC, USER_ERRORS)
    customer: Customer | None = field(
        Permission.CUSTOMER_READ, CUSTOMER, link=One(sources.customers, key="customer_id")
    )
    agreement: Agreement | None = field(
        Permission.AGREEMENT_ATTEST,
        "The acceptance that was recorded; null where there are `userErrors`.",
        link=One(sources.agreements, key="agreement_id"),
    )


@strawberry.type(description="A qualification that was requested.")
class CustomerRequestQualificationPayload:
    """Answer of customerRequestQualification."""

    customer_id: strawberry.Private[UUID | None]
    qualification_id: strawberry.Private[UUID | None]
    user_errors: list[UserError] = field(PUBLIC, USER_ERRORS)
    customer: Customer | None = field(
        Permission.CUSTOMER_READ, CUSTOMER, link=One(sources.customers, key="customer_id")
    )
    qualification: Qualification | None = field(
        Permission.QUALIFICATION_READ,
        "The qualification as it stands; null where there are `userErrors`.",
        link=One(sources.qualifications, key="qualification_id"),
    )


@strawberry.type(description="A purchase permission that was turned, or stood so already.")
class CustomerSetPurchasePermissionPayload:
    """Answer of customerSetPurchasePermission."""

    customer_id: strawberry.Private[UUID | None]
    changed: bool = field(PUBLIC, "False where it already stood so.")
    user_errors: list[UserError] = field(PUBLIC, USER_ERRORS)
    customer: Customer | None = field(
        Permission.CUSTOMER_READ, CUSTOMER, link=One(sources.customers, key="customer_id")
    )
    purchase_permission: PurchasePermission | None = field(
        Permission.SELFSERVE_READ,
        "The permission as it stands; null where there are `userErrors`.",
        link=One(sources.purchase_permissions, key="customer_id"),
    )
