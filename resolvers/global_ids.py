"""Readable, stable ids: a type prefix and the 32 hex digits of a UUID, e.g. `customer_0198c1…`."""

from enum import StrEnum
from uuid import UUID


class ObjectKind(StrEnum):
    """What an id names; the value is its prefix."""

    CUSTOMER = "customer"
    BILLING_PROFILE = "billingprofile"
    RELATIONSHIP = "relationship"
    RELATIONSHIP_REQUEST = "relationshiprequest"
    PARTNER = "partner"
    PARTNERSHIP = "partnership"
    AGREEMENT = "agreement"
    OFFER = "offer"
    PRODUCT_SUBSCRIPTION = "productsubscription"
    ACTIVITY_RECORD = "activity"


def global_id(kind: ObjectKind, key: UUID) -> str:
    """The id of an object, e.g. `customer_0198c1d2e3f405060708090a0b0c0d0e`."""
    return f"{kind.value}_{key.hex}"


def parse_global_id(text: str) -> tuple[ObjectKind, UUID] | None:
    """Kind and key that an id names; None for any text that is not one of ours to the letter."""
    prefix, _, digits = text.partition("_")
    try:
        kind, key = ObjectKind(prefix), UUID(hex=digits)
    except ValueError:
        return None
    return (kind, key) if digits == key.hex else None


def key_of(kind: ObjectKind, text: str) -> UUID | None:
    """The key in an id of one kind; None for ids of other kinds and for texts that are none."""
    parsed = parse_global_id(text)
    return parsed[1] if parsed and parsed[0] is kind else None
