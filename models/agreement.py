"""Acceptances of the customer agreement: a history, in which nothing is edited or deleted (customers.md 3.3)."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, PrimaryKeyConstraint, text
from sqlmodel import Field, SQLModel

from models.base import KeyText, UtcDateTime, stored
from policy.vocabulary import Cloud


class AgreementType(StrEnum):
    """The agreement; the Cloud Agreement was replaced on 2019-10-01."""

    MICROSOFT_CUSTOMER_AGREEMENT = "microsoft_customer_agreement"
    MICROSOFT_CLOUD_AGREEMENT = "microsoft_cloud_agreement"


class AgreementMethod(StrEnum):
    """Who said yes: the partner on the customer's word, or the customer itself."""

    PARTNER_ATTESTATION = "partner_attestation"
    DIRECT_ACCEPTANCE = "direct_acceptance"


class Agreement(SQLModel, table=True):
    """One acceptance. An attestation counts for the partner that gave it; a direct acceptance for all."""

    __tablename__ = "agreement"
    __table_args__ = (
        PrimaryKeyConstraint("id"),
        ForeignKeyConstraint(["cloud", "customer_id"], ["customer.cloud", "customer.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["cloud", "partner_id"], ["partner.cloud", "partner.id"]),
        CheckConstraint("(method = 'partner_attestation') = (partner_id is not null)", "attested_by"),
        Index("ix_agreement_customer", "cloud", "customer_id", "partner_id", "type", "agreed_on", "id"),
        # 600061: the same contact is attested once; another name, mail or phone is another acceptance.
        Index(
            "uq_agreement_attestation",
            "cloud",
            "partner_id",
            "customer_id",
            "type",
            "contact_key",
            unique=True,
            postgresql_where=text("partner_id is not null"),
            sqlite_where=text("partner_id is not null"),
        ),
    )

    id: UUID
    cloud: Cloud = Field(sa_type=stored(Cloud, "cloud"))
    customer_id: UUID
    partner_id: UUID | None = None
    type: AgreementType = Field(sa_type=stored(AgreementType, "type"))
    method: AgreementMethod = Field(sa_type=stored(AgreementMethod, "method"))
    template_id: UUID
    agreed_on: datetime = Field(sa_type=UtcDateTime)
    contact_first_name: str
    contact_last_name: str
    contact_email: str
    contact_phone_number: str | None = None
    contact_key: str = Field(sa_type=KeyText)
    recorded_by: str
    created_at: datetime = Field(sa_type=UtcDateTime)
