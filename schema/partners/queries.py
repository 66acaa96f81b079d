"""Reading partnerships and invitations."""

import strawberry

from execution.links import Pages
from policy.vocabulary import Permission
from schema.access import field
from schema.connections import BOTH_WAYS
from schema.partners.partnership import PartnershipConnection, partnership_listing


@strawberry.type
class PartnerQueries:
    """Part of the root type Query."""

    partnerships: PartnershipConnection | None = field(
        Permission.PARTNERSHIP_READ,
        "The viewer's partner as provider: its resellers and open invitations. As reseller: its providers.",
        link=Pages(partnership_listing, BOTH_WAYS),
    )
