"""The type RelationshipRequestPreview."""

from datetime import datetime

import strawberry

from models.relationship_request import RelationshipRequestStatus
from schema.access import PUBLIC, field
from schema.customers.agreement import AgreementTemplate
from schema.partners.partner import Partner
from schema.user_errors import UserError


@strawberry.type(description="What the invited customer sees before it decides.")
class RelationshipRequestPreview:
    """A request, for the customer."""

    inviter: Partner = field(PUBLIC, "Who invites.")
    provider: Partner | None = field(PUBLIC, "The indirect provider that orders and bills; null where there is none.")
    includes_delegated_admin: bool = field(
        PUBLIC, "Whether the partners would get admin privileges in your company's tenant."
    )
    status: RelationshipRequestStatus = field(PUBLIC, "Where the request stands.")
    expires_at: datetime | None = field(PUBLIC, "When you can decide no longer; null for never.")
    agreement_required: bool = field(PUBLIC, "Whether the customer agreement has to be accepted with it.")
    agreement_template: AgreementTemplate | None = field(
        PUBLIC, "The agreement to accept, for your country; null where none is due."
    )
    problems: list[UserError] = field(PUBLIC, "What would stop you from accepting now; empty where nothing would.")
