"""Agreements that customers accepted, and the texts there are to accept."""

from datetime import datetime
from uuid import UUID

import strawberry

from execution.links import View
from models.agreement import AgreementMethod, AgreementType
from resolvers.agreements import AgreementRow
from schema.access import PUBLIC, field
from schema.customers.profiles import Contact
from schema.node import Node
from schema.scalars import CountryCode, Url


@strawberry.type(description="One acceptance of an agreement. A history: none is ever edited or deleted.")
class Agreement(Node):
    """An acceptance."""

    @classmethod
    def is_type_of(cls, row: object, _info: object) -> bool:
        """Whether a row is an agreement."""
        return isinstance(row, AgreementRow)

    type: AgreementType = field(PUBLIC, "Which agreement.")
    method: AgreementMethod = field(PUBLIC, "Who said yes.")
    template_id: UUID = field(PUBLIC, "Which text of it.")
    agreed_on: datetime = field(PUBLIC, "When the customer agreed.")
    recorded_by: str = field(PUBLIC, "Who recorded it.")
    contact: Contact = field(PUBLIC, "Who agreed for the customer.", link=View())


@strawberry.type(description="A text that a customer can accept.")
class AgreementTemplate:
    """A template for one country."""

    template_id: UUID = field(PUBLIC, "What an acceptance quotes.")
    type: AgreementType = field(PUBLIC, "Which agreement it is.")
    country: CountryCode = field(PUBLIC, "The country it is for.")
    url: Url = field(PUBLIC, "Where to read it.")
    version_rank: int = field(PUBLIC, "The higher replaces the lower.")
