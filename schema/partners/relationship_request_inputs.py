"""What forms about relationship requests send."""

from uuid import UUID

import strawberry

from models.relationship_request import RelationshipRequestKind
from resolvers.direct_acceptance import AcceptanceForm
from resolvers.global_ids import ObjectKind, key_of
from resolvers.relationship_request_creation import RequestForm
from schema.scalars import EmailAddress


@strawberry.input(description="A request to draft.")
class RelationshipRequestCreateInput:
    """Whom to invite, and to what."""

    kind: RelationshipRequestKind = strawberry.field(description="Which relationships an acceptance is to make.")
    includes_delegated_admin: bool = strawberry.field(
        description="Whether to ask for admin privileges. Outside the cloud GLOBAL always true."
    )
    provider_id: strawberry.ID | None = strawberry.field(
        default=None, description="The provider to invite with; for RESELLER_WITH_PROVIDER, and for nothing else."
    )
    target_customer_tenant_id: UUID | None = strawberry.field(
        default=None, description="The only tenant that may accept; left out, the first that does."
    )
    target_email: EmailAddress | None = strawberry.field(
        default=None, description="Whom the mail is for; left out, you fill it in yourself."
    )

    def form(self) -> RequestForm:
        """As the rules take it."""
        return RequestForm(
            kind=self.kind,
            includes_delegated_admin=self.includes_delegated_admin,
            provider_id=key_of(ObjectKind.PARTNER, self.provider_id) if self.provider_id is not None else None,
            names_provider=self.provider_id is not None,
            target_customer_id=self.target_customer_tenant_id,
            target_email=self.target_email,
        )


@strawberry.input(description="Sending a request.")
class RelationshipRequestSendInput:
    """The request and its mail."""

    relationship_request_id: strawberry.ID = strawberry.field(description="The request, a draft.")
    subject: str | None = strawberry.field(default=None, description="The subject; the draft's when left out.")
    body: str | None = strawberry.field(
        default=None, description="The text, with the link of the draft in it; the draft's when left out."
    )
    deliver: bool = strawberry.field(
        default=False, description="Deliver by the server's mail relay; false only marks it as sent by other means."
    )


@strawberry.input(description="Taking a request back.")
class RelationshipRequestCancelInput:
    """The request."""

    relationship_request_id: strawberry.ID = strawberry.field(description="The request.")


@strawberry.input(description="What a customer says of the agreement that it was shown.")
class AgreementAcceptanceInput:
    """The box."""

    accepted: bool = strawberry.field(description="Whether the customer accepts the agreement.")
    template_id: UUID = strawberry.field(description="From `agreementTemplate` of the preview.")

    def form(self) -> AcceptanceForm:
        """As the rules take it."""
        return AcceptanceForm(self.accepted, self.template_id)


@strawberry.input(description="Accepting a request.")
class RelationshipRequestAcceptInput:
    """The link and the agreement."""

    token: str = strawberry.field(description="From the link.")
    agreement: AgreementAcceptanceInput | None = strawberry.field(
        default=None, description="The customer agreement, where the preview says that it is required."
    )


@strawberry.input(description="Declining a request.")
class RelationshipRequestDeclineInput:
    """The link and the reason."""

    token: str = strawberry.field(description="From the link.")
    reason: str | None = strawberry.field(default=None, description="What the partner is told, up to 500 characters.")
