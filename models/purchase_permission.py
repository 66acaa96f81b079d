"""What a partner lets a customer buy for itself: the vendor's self-serve policies (permissions.md 4)."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, PrimaryKeyConstraint
from sqlmodel import Field, SQLModel

from models.base import UtcDateTime, stored
from policy.vocabulary import Cloud


class PurchasableResource(StrEnum):
    """What a customer may buy for itself."""

    AZURE_RESERVED_INSTANCES = "azure_reserved_instances"


class PurchaseAction(StrEnum):
    """What it may do with it."""

    PURCHASE = "purchase"


class PurchasePermission(SQLModel, table=True):
    """One switch a partner and customer. Without a row it was never on; a row stays when it is turned off."""

    __tablename__ = "purchase_permission"
    __table_args__ = (
        PrimaryKeyConstraint("cloud", "partner_id", "customer_id", "resource", "action"),
        ForeignKeyConstraint(
            ["cloud", "partner_id", "customer_id"],
            ["relationship.cloud", "relationship.partner_id", "relationship.customer_id"],
            name="fk_purchase_permission_relationship",
            ondelete="CASCADE",
        ),
    )

    cloud: Cloud = Field(sa_type=stored(Cloud, "cloud"))
    partner_id: UUID
    customer_id: UUID
    resource: PurchasableResource = Field(sa_type=stored(PurchasableResource, "resource"))
    action: PurchaseAction = Field(sa_type=stored(PurchaseAction, "action"))
    enabled: bool
    etag: str
    changed_at: datetime = Field(sa_type=UtcDateTime)
    changed_by: str
