"""The type PartnershipPreview."""

from datetime import datetime

import strawberry

from models.partnership import PartnershipStatus
from schema.access import PUBLIC, field
from schema.partners.partner import Partner
from schema.user_errors import UserError


@strawberry.type(description="What the invited reseller sees before it decides.")
class PartnershipPreview:
    """An invitation, for the reseller."""

    provider: Partner = field(
        PUBLIC,
        "Who invites: may order for your customers once you accept, and gets admin access to your company's account.",
    )
    status: PartnershipStatus = field(PUBLIC, "Where the invitation stands.")
    expires_at: datetime | None = field(PUBLIC, "When you can decide no longer; null for never.")
    problems: list[UserError] = field(PUBLIC, "What would stop you from accepting now; empty where nothing would.")
