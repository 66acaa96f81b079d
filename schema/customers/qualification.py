"""The type Qualification."""

from datetime import datetime

import strawberry

from models.qualification import QualificationKind, VettingStatus
from schema.access import PUBLIC, field


@strawberry.type(description="What a customer is recognised as; the same for every partner that serves it.")
class Qualification:
    """A recognition."""

    kind: QualificationKind = field(PUBLIC, "As what.")
    vetting_status: VettingStatus | None = field(PUBLIC, "How far the vetting is; null where none is done.")
    vetting_reason: str | None = field(PUBLIC, "Why it was denied.")
    created_at: datetime = field(PUBLIC, "When it was requested, or requested again.")
