"""What forms about customers send."""

from datetime import datetime
from uuid import UUID

import strawberry

from models.agreement import AgreementType
from models.purchase_permission import PurchasableResource, PurchaseAction
from models.qualification import QualificationKind
from resolvers.agreement_attestation import AgreementForm, ContactForm
from resolvers.customer_creation import CustomerForm
from resolvers.forms import AddressForm, BillingProfileForm
from resolvers.global_ids import ObjectKind, key_of
from resolvers.qualification_request import QualificationForm
from schema.scalars import CountryCode, CultureCode, EmailAddress, Url

DRY_RUN = "Runs every check and shows the outcome; nothing stays."


@strawberry.input(description="A postal address with the person to ask for there. `countryRules` says what it needs.")
class AddressInput:
    """An address."""

    address_line1: str = strawberry.field(name="addressLine1", description="Street and number, 1-200 characters.")
    address_line2: str | None = strawberry.field(
        name="addressLine2", default=None, description="Building, floor or the like, up to 200 characters."
    )
    city: str | None = strawberry.field(default=None, description="City; required in most countries.")
    state: str | None = strawberry.field(
        default=None, description="State or province; checked against a list in US, CA, CN and MX."
    )
    postal_code: str | None = strawberry.field(default=None, description="Postal code in the country's form.")
    country: CountryCode = strawberry.field(description="Country, ISO 3166-1 alpha-2.")
    region: str | None = strawberry.field(default=None, description="Region, free text.")
    first_name: str = strawberry.field(description="First name of the person there, 1-50 characters.")
    middle_name: str | None = strawberry.field(default=None, description="Middle name, up to 50 characters.")
    last_name: str = strawberry.field(description="Last name of the person there, 1-50 characters.")
    phone_number: str | None = strawberry.field(default=None, description="Phone number; required in 24 countries.")

    def form(self) -> AddressForm:
        """As the rules take it."""
        return AddressForm(**vars(self))


@strawberry.input(description="A whole billing profile; what is left out becomes empty.")
class BillingProfileInput:
    """A billing profile."""

    company_name: str = strawberry.field(description="The company's exact legal name, 2-255 characters.")
    first_name: str | None = strawberry.field(
        default=None, description="First name of the billing contact; the address's when left out."
    )
    last_name: str | None = strawberry.field(
        default=None, description="Last name of the billing contact; the address's when left out."
    )
    email: EmailAddress = strawberry.field(description="Where bills and notices go.")
    culture: CultureCode = strawberry.field(description="One of the country's cultures, e.g. it-IT.")
    language: str = strawberry.field(description="One of the country's languages, two letters.")
    address: AddressInput = strawberry.field(description="The billing address; its country is the customer's.")

    def form(self) -> BillingProfileForm:
        """As the rules take it."""
        return BillingProfileForm(**{**vars(self), "address": self.address.form()})


@strawberry.input(description="A contact. In an update a field left out keeps its value, null clears it.")
class ContactInput:
    """Whom to ask."""

    first_name: str | None = strawberry.field(default=strawberry.UNSET, description="First name, up to 50 characters.")
    last_name: str | None = strawberry.field(default=strawberry.UNSET, description="Last name, up to 50 characters.")
    email: EmailAddress | None = strawberry.field(default=strawberry.UNSET, description="E-mail address.")
    phone_number: str | None = strawberry.field(default=strawberry.UNSET, description="Phone number.")

    def given(self) -> dict[str, str | None]:
        """What was sent, null included."""
        return {name: value for name, value in vars(self).items() if value is not strawberry.UNSET}


@strawberry.input(description="An acceptance of an agreement to record.")
class AgreementInput:
    """An acceptance."""

    type: AgreementType = strawberry.field(
        default=AgreementType.MICROSOFT_CUSTOMER_AGREEMENT, description="Which agreement."
    )
    template_id: UUID = strawberry.field(description="Which text of it, from `agreementTemplates`.")
    agreed_on: datetime = strawberry.field(description="When the customer agreed; not in the future.")
    contact: ContactInput = strawberry.field(
        description="Who agreed: first name, last name and e-mail are required, the phone number is not."
    )

    def form(self) -> AgreementForm:
        """As the rules take it."""
        given = self.contact.given()
        contact = ContactForm(**{name: given.get(name) for name in ContactForm.__slots__})
        return AgreementForm(self.type, self.template_id, self.agreed_on, contact)


@strawberry.input(description="A customer to add.")
class CustomerCreateInput:
    """A new account."""

    domain: str = strawberry.field(
        description="Prefix or whole initial domain, e.g. wingtiptoys or wingtiptoys.onmicrosoft.com."
    )
    billing_profile: BillingProfileInput = strawberry.field(description="What you will bill the customer under.")
    organization_registration_number: str | None = strawberry.field(
        default=None, description="The company's registration number; `countryRules` says whether it is needed."
    )
    associated_reseller_id: strawberry.ID | None = strawberry.field(
        default=None, description="Only for an indirect provider: the reseller that the customer is created for."
    )
    agreement: AgreementInput | None = strawberry.field(
        default=None, description="An acceptance to record with it. Needs AGREEMENT_ATTEST."
    )

    def form(self) -> CustomerForm:
        """As the command takes it."""
        reseller = self.associated_reseller_id
        return CustomerForm(
            domain=self.domain,
            billing_profile=self.billing_profile.form(),
            organization_registration_number=self.organization_registration_number,
            associated_reseller_id=key_of(ObjectKind.PARTNER, reseller) if reseller is not None else None,
            names_reseller=reseller is not None,
            agreement=self.agreement.form() if self.agreement else None,
        )


@strawberry.input(description="A billing profile to replace.")
class CustomerUpdateBillingProfileInput:
    """The whole new profile."""

    customer_id: strawberry.ID = strawberry.field(description="The customer.")
    etag: str = strawberry.field(description="The `etag` of `billingProfile` as you read it.")
    billing_profile: BillingProfileInput = strawberry.field(description="The whole new profile.")
    dry_run: bool = strawberry.field(default=False, description=DRY_RUN)


@strawberry.input(description="Contact details to change.")
class CustomerUpdateContactInput:
    """A change of the contact."""

    customer_id: strawberry.ID = strawberry.field(description="The customer.")
    etag: str = strawberry.field(description="The `etag` of `billingProfile` as you read it.")
    contact: ContactInput = strawberry.field(
        description="What changes; a field left out keeps its value, null clears it."
    )
    dry_run: bool = strawberry.field(default=False, description=DRY_RUN)


@strawberry.input(description="A sandbox customer to delete.")
class CustomerDeleteInput:
    """Which customer."""

    customer_id: strawberry.ID = strawberry.field(description="The customer.")


@strawberry.input(description="An agreement that a customer accepted.")
class CustomerAttestAgreementInput:
    """Which customer, and what it accepted."""

    customer_id: strawberry.ID = strawberry.field(description="The customer.")
    agreement: AgreementInput = strawberry.field(description="What it accepted.")


@strawberry.input(description="As what a customer shall be recognised.")
class CustomerRequestQualificationInput:
    """A request."""

    customer_id: strawberry.ID = strawberry.field(description="The customer.")
    kind: QualificationKind = strawberry.field(description="As what.")
    education_segment: str | None = strawberry.field(
        default=None, description="For EDUCATION, required there: K12 or HigherEducation."
    )
    website: Url | None = strawberry.field(default=None, description="For EDUCATION: where the vetting can look.")
    validation_code: str | None = strawberry.field(
        default=None,
        description="For GOVERNMENT_COMMUNITY_CLOUD, required there: the code that the organisation was given.",
    )

    def form(self) -> QualificationForm:
        """What was filled in."""
        return QualificationForm(self.kind, self.education_segment, self.website, self.validation_code)


@strawberry.input(description="What a customer may buy for itself from now on.")
class CustomerSetPurchasePermissionInput:
    """A turn of the switch."""

    customer_id: strawberry.ID = strawberry.field(description="The customer.")
    resource: PurchasableResource = strawberry.field(
        default=PurchasableResource.AZURE_RESERVED_INSTANCES, description="What may be bought."
    )
    action: PurchaseAction = strawberry.field(default=PurchaseAction.PURCHASE, description="What may be done.")
    enabled: bool = strawberry.field(description="Whether it shall be on.")
    dry_run: bool = strawberry.field(default=False, description=DRY_RUN)
