"""Reading partnerships and relationship requests."""

from typing import Annotated

import strawberry

from execution.links import Pages
from policy.vocabulary import Permission
from resolvers.partnership_preview import preview_partnership
from resolvers.relationship_request_preview import preview_request
from schema.access import PUBLIC, computed, field
from schema.connections import BOTH_WAYS
from schema.context import Info
from schema.partners.partnership import PartnershipConnection, partnership_listing
from schema.partners.partnership_preview import PartnershipPreview
from schema.partners.relationship_request import RelationshipRequestConnection, relationship_request_listing
from schema.partners.relationship_request_preview import RelationshipRequestPreview


@strawberry.type
class PartnerQueries:
    """Part of the root type Query."""

    partnerships: PartnershipConnection | None = field(
        Permission.PARTNERSHIP_READ,
        "The viewer's partner as provider: its resellers and open invitations. As reseller: its providers.",
        link=Pages(partnership_listing, BOTH_WAYS),
    )
    relationship_requests: RelationshipRequestConnection | None = field(
        Permission.RELATIONSHIP_READ,
        "The requests that your company made, the newest first.",
        link=Pages(relationship_request_listing, BOTH_WAYS),
    )

    @computed(
        PUBLIC,
        "What a provider's link invites to, for an indirect reseller's signed-in user; null for everybody else, and "
        "for a token that opens nothing.",
    )
    async def partnership_preview(
        self,
        info: Info,
        token: Annotated[str, strawberry.argument(description="From the link.")],
    ) -> PartnershipPreview | None:
        """Reads a few single rows: worth no compiled plan."""
        return await preview_partnership(info.context.call(), token)  # type: ignore[return-value]

    @computed(
        PUBLIC,
        "What a link invites to, for the invited customer's signed-in user; null for everybody else, and for a token "
        "that opens nothing.",
    )
    async def relationship_request_preview(
        self,
        info: Info,
        token: Annotated[str, strawberry.argument(description="From the link.")],
    ) -> RelationshipRequestPreview | None:
        """Reads a few single rows: worth no compiled plan."""
        return await preview_request(info.context.call(), token)  # type: ignore[return-value]
