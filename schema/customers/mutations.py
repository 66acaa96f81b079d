"""What can be done with customers. Guard, command, payload: rules are the commands' affair."""

from typing import Annotated

import strawberry

from policy.vocabulary import Permission
from resolvers.agreement_attestation import attest_agreement
from resolvers.billing_profile_update import update_billing_profile, update_contact
from resolvers.customer_creation import create_customer
from resolvers.customer_deletion import delete_customer
from resolvers.global_ids import ObjectKind, global_id, key_of
from resolvers.purchase_permission_change import set_purchase_permission
from resolvers.qualification_request import request_qualification
from schema.access import computed
from schema.context import Info
from schema.customers.exports import CustomerExportInput, CustomerExportPayload, export_customers
from schema.customers.inputs import (
    CustomerAttestAgreementInput,
    CustomerCreateInput,
    CustomerDeleteInput,
    CustomerRequestQualificationInput,
    CustomerSetPurchasePermissionInput,
    CustomerUpdateBillingProfileInput,
    CustomerUpdateContactInput,
)
from schema.customers.payloads import (
    CustomerAttestAgreementPayload,
    CustomerCreatePayload,
    CustomerDeletePayload,
    CustomerRequestQualificationPayload,
    CustomerSetPurchasePermissionPayload,
    CustomerUpdateBillingProfilePayload,
    CustomerUpdateContactPayload,
    InitialCredentials,
)
from schema.user_errors import finish

INPUT = strawberry.argument(description="The form.")


@strawberry.type
class CustomerMutations:
    """Part of the root type Mutation."""

    @computed(
        Permission.CUSTOMER_CREATE,
        "Adds a customer: tenant, domain, relationship with admin privileges, billing profile and first "
        "administrator, or nothing at all.",
    )
    async def customer_create(
        self,
        info: Info,
        input: Annotated[CustomerCreateInput, INPUT],  # noqa: A002 - the contract's name
    ) -> CustomerCreatePayload | None:
        """Direct-bill partners and indirect providers."""
        done, faults = finish(info, await create_customer(info.context.call(), input.form()))
        return CustomerCreatePayload(
            customer_id=done.customer_id if done else None,
            initial_credentials=InitialCredentials(user_name=done.user_name, password=done.password) if done else None,
            credentials_already_issued=False,
            user_errors=faults,  # type: ignore[arg-type]
        )

    @computed(
        Permission.CUSTOMER_BILLING_WRITE,
        "Replaces the billing profile. A new company name renames the customer in your list, nowhere else.",
    )
    async def customer_update_billing_profile(
        self,
        info: Info,
        input: Annotated[CustomerUpdateBillingProfileInput, INPUT],  # noqa: A002
    ) -> CustomerUpdateBillingProfilePayload | None:
        """The etag must be current."""
        customer_id = key_of(ObjectKind.CUSTOMER, input.customer_id)
        form = input.billing_profile.form()
        outcome = await update_billing_profile(info.context.call(), customer_id, input.etag, form)
        done, faults = finish(info, outcome, dry_run=input.dry_run)
        return CustomerUpdateBillingProfilePayload(
            customer_id=done.customer_id if done else None,
            billing_profile=done.profile if done else None,  # type: ignore[arg-type]
            user_errors=faults,  # type: ignore[arg-type]
        )

    @computed(Permission.CUSTOMER_CONTACT_WRITE, "Changes names, e-mail or phone of the contact.")
    async def customer_update_contact(
        self,
        info: Info,
        input: Annotated[CustomerUpdateContactInput, INPUT],  # noqa: A002
    ) -> CustomerUpdateContactPayload | None:
        """The etag must be current."""
        customer_id = key_of(ObjectKind.CUSTOMER, input.customer_id)
        outcome = await update_contact(info.context.call(), customer_id, input.etag, input.contact.given())
        done, faults = finish(info, outcome, dry_run=input.dry_run)
        return CustomerUpdateContactPayload(
            customer_id=done.customer_id if done else None,
            user_errors=faults,  # type: ignore[arg-type]
        )

    @computed(Permission.CUSTOMER_SANDBOX_DELETE, "Deletes a sandbox customer with all that belongs to it, for good.")
    async def customer_delete(
        self,
        info: Info,
        input: Annotated[CustomerDeleteInput, INPUT],  # noqa: A002
    ) -> CustomerDeletePayload | None:
        """Sandboxes only."""
        customer_id = key_of(ObjectKind.CUSTOMER, input.customer_id)
        done, faults = finish(info, await delete_customer(info.context.call(), customer_id))
        deleted = strawberry.ID(global_id(ObjectKind.CUSTOMER, done.customer_id)) if done else None
        return CustomerDeletePayload(deleted_customer_id=deleted, user_errors=faults)  # type: ignore[arg-type]

    @computed(
        Permission.CUSTOMER_EXPORT,
        "Makes a link that serves the customer list, or the part that a filter matches, as CSV.",
    )
    async def customer_export(
        self,
        info: Info,
        input: Annotated[CustomerExportInput, INPUT],  # noqa: A002
    ) -> CustomerExportPayload | None:
        """The link is the asker's own."""
        return await export_customers(info, input)

    @computed(
        Permission.AGREEMENT_ATTEST,
        "Records that a customer accepted its agreement, on your word. Without an agreement nothing is sold.",
    )
    async def customer_attest_agreement(
        self,
        info: Info,
        input: Annotated[CustomerAttestAgreementInput, INPUT],  # noqa: A002
    ) -> CustomerAttestAgreementPayload | None:
        """Global cloud; not for indirect resellers."""
        customer_id = key_of(ObjectKind.CUSTOMER, input.customer_id)
        outcome = await attest_agreement(info.context.call(), customer_id, input.agreement.form())
        done, faults = finish(info, outcome)
        return CustomerAttestAgreementPayload(
            customer_id=done.customer_id if done else None,
            agreement_id=done.agreement_id if done else None,
            user_errors=faults,  # type: ignore[arg-type]
        )

    @computed(
        Permission.QUALIFICATION_WRITE,
        "Requests that a customer is recognised as a school, a US public body or a state-owned entity. Education is "
        "vetted first; a denied request can be made again.",
    )
    async def customer_request_qualification(
        self,
        info: Info,
        input: Annotated[CustomerRequestQualificationInput, INPUT],  # noqa: A002
    ) -> CustomerRequestQualificationPayload | None:
        """Global cloud; what is granted cannot be taken back."""
        customer_id = key_of(ObjectKind.CUSTOMER, input.customer_id)
        outcome = await request_qualification(info.context.call(), customer_id, input.form())
        done, faults = finish(info, outcome)
        return CustomerRequestQualificationPayload(
            customer_id=done.customer_id if done else None,
            qualification_id=done.qualification_id if done else None,
            user_errors=faults,  # type: ignore[arg-type]
        )

    @computed(
        Permission.SELFSERVE_WRITE,
        "Lets a customer buy reservations for itself, billed to your company, or no longer. Turning it off stops new "
        "purchases and does not touch earlier ones.",
    )
    async def customer_set_purchase_permission(
        self,
        info: Info,
        input: Annotated[CustomerSetPurchasePermissionInput, INPUT],  # noqa: A002
    ) -> CustomerSetPurchasePermissionPayload | None:
        """Admin agents of the partner that is billed."""
        customer_id = key_of(ObjectKind.CUSTOMER, input.customer_id)
        outcome = await set_purchase_permission(info.context.call(), customer_id, enabled=input.enabled)
        done, faults = finish(info, outcome, dry_run=input.dry_run)
        return CustomerSetPurchasePermissionPayload(
            customer_id=done.customer_id if done else None,
            changed=done is not None and done.changed,
            user_errors=faults,  # type: ignore[arg-type]
        )
