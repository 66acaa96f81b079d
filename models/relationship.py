"""Who serves whom: one row a partner and customer, kept with its history when it ends."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, PrimaryKeyConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.base import KeyText, UtcDateTime, stored
from policy.vocabulary import Cloud


class RelationshipToPartner(StrEnum):
    """What the partner is to the customer (R1.12)."""

    NONE = "none"
    RESELLER = "reseller"
    ADVISOR = "advisor"


class RelationshipRole(StrEnum):
    """TRANSACTING may order for the customer, MANAGING may not."""

    TRANSACTING = "transacting"
    MANAGING = "managing"


class RelationshipStatus(StrEnum):
    """ACTIVE shows the customer to the partner; ENDED hides it."""

    ACTIVE = "active"
    ENDED = "ended"


class RelationshipOrigin(StrEnum):
    """How the relationship came about."""

    CREATED = "created"
    INVITED = "invited"
    EXTENDED = "extended"
    LEGACY_PORTAL = "legacy_portal"


class Relationship(SQLModel, table=True):
    """A partner's link to a customer, and the customer as that partner lists it.

    One `cloud` column serves both foreign keys, so no row can join tenants of two clouds. What lists sort and
    filter by stands here, next to the partner's key: `list_name` mirrors the partner's billing profile of the
    customer; country and creation time are copies of values that never change.
    """

    __tablename__ = "relationship"
    __table_args__ = (
        PrimaryKeyConstraint("cloud", "partner_id", "customer_id"),
        UniqueConstraint("id"),
        ForeignKeyConstraint(["cloud", "partner_id"], ["partner.cloud", "partner.id"]),
        ForeignKeyConstraint(["cloud", "customer_id"], ["customer.cloud", "customer.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(
            ["cloud", "via_provider_id"], ["partner.cloud", "partner.id"], name="fk_relationship_via_provider"
        ),
        ForeignKeyConstraint(
            ["cloud", "associated_reseller_id"], ["partner.cloud", "partner.id"], name="fk_relationship_reseller"
        ),
        CheckConstraint("partner_id <> customer_id", "not_itself"),
        CheckConstraint("(status = 'ended') = (ended_at is not null)", "ended_at"),
        # I4: an ended relationship of a transacting partner leaves no admin privileges behind.
        CheckConstraint("status = 'active' or role = 'managing' or not delegated_admin", "no_privileges_left"),
        Index("ix_relationship_list_name", "cloud", "partner_id", "status", "list_name_key", "customer_id"),
        Index("ix_relationship_created", "cloud", "partner_id", "status", "customer_created_at", "customer_id"),
        Index(
            "ix_relationship_country",
            "cloud",
            "partner_id",
            "status",
            "customer_country",
            "list_name_key",
            "customer_id",
        ),
        Index(
            "ix_relationship_reseller",
            "cloud",
            "partner_id",
            "associated_reseller_id",
            "status",
            "list_name_key",
            "customer_id",
        ),
        Index(
            "ix_relationship_provider",
            "cloud",
            "partner_id",
            "via_provider_id",
            "status",
            "list_name_key",
            "customer_id",
        ),
        Index("ix_relationship_customer", "cloud", "customer_id", "via_provider_id", "partner_id"),
    )

    cloud: Cloud = Field(sa_type=stored(Cloud, "cloud"))
    partner_id: UUID
    customer_id: UUID
    id: UUID
    relationship_to_partner: RelationshipToPartner = Field(
        sa_type=stored(RelationshipToPartner, "relationship_to_partner")
    )
    role: RelationshipRole = Field(sa_type=stored(RelationshipRole, "role"))
    status: RelationshipStatus = Field(sa_type=stored(RelationshipStatus, "status"))
    origin: RelationshipOrigin = Field(sa_type=stored(RelationshipOrigin, "origin"))
    delegated_admin: bool
    via_provider_id: UUID | None = None
    associated_reseller_id: UUID | None = None
    since: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    end_reason: str | None = None
    list_name: str
    list_name_key: str = Field(sa_type=KeyText)
    customer_country: str
    customer_created_at: datetime = Field(sa_type=UtcDateTime)


class RelationshipDomain(SQLModel, table=True):
    """A customer's domain filed under each partner that serves it: the domain half of the search box.

    Searching `customer_domain` instead would read other partners' customers to find one's own.
    """

    __tablename__ = "relationship_domain"
    __table_args__ = (
        PrimaryKeyConstraint("cloud", "partner_id", "name", "customer_id"),
        ForeignKeyConstraint(
            ["cloud", "partner_id", "customer_id"],
            ["relationship.cloud", "relationship.partner_id", "relationship.customer_id"],
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(["name"], ["customer_domain.name"], ondelete="CASCADE"),
        Index("ix_relationship_domain_customer", "cloud", "partner_id", "customer_id"),
        Index("ix_relationship_domain_name", "name"),
    )

    cloud: Cloud = Field(sa_type=stored(Cloud, "cloud"))
    partner_id: UUID
    name: str = Field(sa_type=KeyText)
    customer_id: UUID
