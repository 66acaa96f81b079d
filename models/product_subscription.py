"""What customers bought through a partner, and which of their users own it."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, PrimaryKeyConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.base import UtcDateTime, stored
from policy.vocabulary import Cloud


class ProductSubscriptionStatus(StrEnum):
    """Where a subscription stands (customers.md 6.1); DELETED is final."""

    PENDING = "pending"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    DELETED = "deleted"


class ProductSubscription(SQLModel, table=True):
    """One purchase of one offer. It belongs to the partner that is billed for it, whoever placed the order.

    An add-on's base, and the Azure subscription that a reservation was bought under, are of the same partner and
    customer: the keys say so.
    """

    __tablename__ = "product_subscription"
    __table_args__ = (
        PrimaryKeyConstraint("cloud", "partner_id", "customer_id", "id"),
        UniqueConstraint("id"),
        ForeignKeyConstraint(
            ["cloud", "partner_id", "customer_id"],
            ["relationship.cloud", "relationship.partner_id", "relationship.customer_id"],
            name="fk_product_subscription_relationship",
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(["cloud", "offer_id"], ["offer.cloud", "offer.id"]),
        ForeignKeyConstraint(["cloud", "reseller_id"], ["partner.cloud", "partner.id"]),
        ForeignKeyConstraint(
            ["cloud", "partner_id", "customer_id", "parent_id"],
            [
                "product_subscription.cloud",
                "product_subscription.partner_id",
                "product_subscription.customer_id",
                "product_subscription.id",
            ],
            name="fk_product_subscription_parent",
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["cloud", "partner_id", "customer_id", "bought_under_id"],
            [
                "product_subscription.cloud",
                "product_subscription.partner_id",
                "product_subscription.customer_id",
                "product_subscription.id",
            ],
            name="fk_product_subscription_bought_under",
            ondelete="CASCADE",
        ),
        CheckConstraint("quantity >= 1", "quantity"),
        # customers.md 6.2: a provider is never its own reseller of record (2072).
        CheckConstraint("reseller_id <> partner_id", "reseller"),
        Index("ix_product_subscription_customer", "cloud", "customer_id", "created_at", "id"),
        Index("ix_product_subscription_parent", "cloud", "partner_id", "customer_id", "parent_id"),
        Index("ix_product_subscription_bought_under", "cloud", "partner_id", "customer_id", "bought_under_id"),
        Index("ix_product_subscription_reseller", "cloud", "reseller_id", "customer_id"),
        Index("ix_product_subscription_offer", "cloud", "offer_id", "partner_id", "customer_id"),
    )

    cloud: Cloud = Field(sa_type=stored(Cloud, "cloud"))
    partner_id: UUID
    customer_id: UUID
    id: UUID
    offer_id: UUID
    friendly_name: str | None = None
    quantity: int
    status: ProductSubscriptionStatus = Field(sa_type=stored(ProductSubscriptionStatus, "status"))
    reseller_id: UUID | None = None
    parent_id: UUID | None = None
    bought_under_id: UUID | None = None
    etag: str
    created_at: datetime = Field(sa_type=UtcDateTime)
    status_changed_at: datetime = Field(sa_type=UtcDateTime)


class SubscriptionOwner(SQLModel, table=True):
    """A customer's user with the role Owner on one of its Azure subscriptions (permissions.md 3)."""

    __tablename__ = "subscription_owner"
    __table_args__ = (
        PrimaryKeyConstraint("cloud", "partner_id", "customer_id", "subscription_id", "user_id"),
        ForeignKeyConstraint(
            ["cloud", "partner_id", "customer_id", "subscription_id"],
            [
                "product_subscription.cloud",
                "product_subscription.partner_id",
                "product_subscription.customer_id",
                "product_subscription.id",
            ],
            name="fk_subscription_owner_subscription",
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["cloud", "customer_id", "user_id"],
            ["customer_user.cloud", "customer_user.customer_id", "customer_user.id"],
            ondelete="CASCADE",
        ),
        Index("ix_subscription_owner_user", "cloud", "customer_id", "user_id", "subscription_id"),
    )

    cloud: Cloud = Field(sa_type=stored(Cloud, "cloud"))
    partner_id: UUID
    customer_id: UUID
    subscription_id: UUID
    user_id: UUID
    created_at: datetime = Field(sa_type=UtcDateTime)
