"""The type Partner."""

from uuid import UUID

import strawberry

from policy.vocabulary import Cloud, PartnerKind, ProgramStatus
from resolvers.countries.rules import home_region
from resolvers.partners import PartnerRow
from schema.access import PUBLIC, computed, field
from schema.node import Node
from schema.scalars import CountryCode


@strawberry.type(description="A company in the reseller program.")
class Partner(Node):
    """A partner, its own or one that it works with."""

    @classmethod
    def is_type_of(cls, row: object, _info: object) -> bool:
        """Whether a row is a partner."""
        return isinstance(row, PartnerRow)

    id: UUID = field(PUBLIC, "The partner's directory tenant.", name="tenantId")
    name: str = field(PUBLIC, "The company's name.")
    cloud: Cloud = field(PUBLIC, "The cloud that the partner sells in.")
    program_status: ProgramStatus = field(PUBLIC, "Where the partner stands in the reseller program.")
    country: CountryCode = field(PUBLIC, "The company's legal country; never changes.")
    mpn_id: str | None = field(PUBLIC, "The partner network id, digits only; null before one is linked.")
    is_sandbox: bool = field(PUBLIC, "Whether this is an integration sandbox, whose customers can be deleted.")
    partner_agreement_signed: bool = field(
        PUBLIC, "Whether the partner agreement is signed for the region; without it nothing is sold."
    )

    @computed(PUBLIC, "What the company is in the program; may be more than one.")
    def kinds(parent: strawberry.Parent[PartnerRow]) -> list[PartnerKind]:
        """Stored as texts."""
        return [PartnerKind(kind) for kind in parent.kinds]

    @computed(PUBLIC, "The selling region that the country belongs to; links never cross regions.")
    def region(parent: strawberry.Parent[PartnerRow]) -> str:
        """A country outside the regions is one of its own, e.g. China to its national cloud."""
        return home_region(parent.country)
