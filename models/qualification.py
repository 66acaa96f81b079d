"""What a customer is recognised as, and the codes that prove it (customers.md 4.2)."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, PrimaryKeyConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.base import KeyText, UtcDateTime, stored
from policy.vocabulary import Cloud


class QualificationKind(StrEnum):
    """What a customer can be recognised as; a customer has a set of them."""

    EDUCATION = "education"
    GOVERNMENT_COMMUNITY_CLOUD = "government_community_cloud"
    STATE_OWNED_ENTITY = "state_owned_entity"
    NONPROFIT = "nonprofit"


class VettingStatus(StrEnum):
    """How far the vetting is."""

    IN_REVIEW = "in_review"
    APPROVED = "approved"
    DENIED = "denied"


class Qualification(SQLModel, table=True):
    """One recognition of a customer, the same for every partner that serves it."""

    __tablename__ = "qualification"
    __table_args__ = (
        PrimaryKeyConstraint("cloud", "customer_id", "kind"),
        UniqueConstraint("id"),
        ForeignKeyConstraint(["cloud", "customer_id"], ["customer.cloud", "customer.id"], ondelete="CASCADE"),
        CheckConstraint("(kind = 'state_owned_entity') = (vetting_status is null)", "vetting"),
        CheckConstraint("(vetting_status = 'denied') = (vetting_reason is not null)", "vetting_reason"),
    )

    cloud: Cloud = Field(sa_type=stored(Cloud, "cloud"))
    customer_id: UUID
    id: UUID
    kind: QualificationKind = Field(sa_type=stored(QualificationKind, "kind"))
    vetting_status: VettingStatus | None = Field(default=None, sa_type=stored(VettingStatus, "vetting_status"))
    vetting_reason: str | None = None
    education_segment: str | None = None
    website: str | None = None
    created_at: datetime = Field(sa_type=UtcDateTime)


class ValidationCode(SQLModel, table=True):
    """A code that an organisation was given to prove that it belongs in the government community cloud."""

    __tablename__ = "validation_code"
    __table_args__ = (
        PrimaryKeyConstraint("cloud", "partner_id", "code"),
        ForeignKeyConstraint(["cloud", "partner_id"], ["partner.cloud", "partner.id"]),
        CheckConstraint("remaining_uses >= 0", "remaining_uses"),
    )

    cloud: Cloud = Field(sa_type=stored(Cloud, "cloud"))
    partner_id: UUID
    code: str = Field(sa_type=KeyText)
    organization_name: str
    remaining_uses: int
