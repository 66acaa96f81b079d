"""What the catalogue sells, and in which countries."""

from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, PrimaryKeyConstraint
from sqlmodel import Field, SQLModel

from models.base import KeyText, stored
from policy.vocabulary import Cloud


class ProductSubscriptionKind(StrEnum):
    """How something is sold: by seat, by use, reserved ahead, or once."""

    LICENSE = "license"
    USAGE = "usage"
    RESERVATION = "reservation"
    SOFTWARE = "software"


class Offer(SQLModel, table=True):
    """One entry of a cloud's catalogue (customers.md 6.2)."""

    __tablename__ = "offer"
    __table_args__ = (
        PrimaryKeyConstraint("cloud", "id"),
        ForeignKeyConstraint(["cloud", "add_on_of_id"], ["offer.cloud", "offer.id"]),
        CheckConstraint("minimum_quantity >= 1", "minimum_quantity"),
        CheckConstraint("maximum_quantity >= minimum_quantity", "maximum_quantity"),
        CheckConstraint("limit_per_customer >= 1", "limit_per_customer"),
        CheckConstraint("add_on_of_id <> id", "no_add_on_of_itself"),
        Index("ix_offer_name", "cloud", "name_key", "id"),
        Index("ix_offer_add_on", "cloud", "add_on_of_id"),
    )

    cloud: Cloud = Field(sa_type=stored(Cloud, "cloud"))
    id: UUID
    name: str
    name_key: str = Field(sa_type=KeyText)
    kind: ProductSubscriptionKind = Field(sa_type=stored(ProductSubscriptionKind, "kind"))
    is_azure: bool
    minimum_quantity: int
    maximum_quantity: int | None = None
    limit_per_customer: int | None = None
    add_on_of_id: UUID | None = None


class OfferCountry(SQLModel, table=True):
    """A country whose customers may buy an offer."""

    __tablename__ = "offer_country"
    __table_args__ = (
        PrimaryKeyConstraint("cloud", "offer_id", "country"),
        ForeignKeyConstraint(["cloud", "offer_id"], ["offer.cloud", "offer.id"], ondelete="CASCADE"),
        CheckConstraint("length(country) = 2", "country"),
    )

    cloud: Cloud = Field(sa_type=stored(Cloud, "cloud"))
    offer_id: UUID
    country: str
