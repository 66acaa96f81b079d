"""Readable, stable ids: a type prefix and the 32 hex digits of a UUID, e.g. `customer_0198c1…`."""

import re
from collections.abc import Callable
from enum import StrEnum
from functools import partial
from typing import Any, Self, overload
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


_KINDS = {kind.value: kind for kind in ObjectKind}
_DIGITS = re.compile("[0-9a-f]{32}")


def global_id(kind: ObjectKind, key: UUID) -> str:
    """The id of an object, e.g. `customer_0198c1d2e3f405060708090a0b0c0d0e`."""
    return f"{kind.value}_{key.hex}"


class GlobalId:
    """The attribute of a row type that is the row's id.

    Attributes:
        prefix: What the id begins with.
        key: From a row to the UUID whose hex digits follow. Whoever builds answers from columns needs no row for it.
    """

    def __init__(self, prefix: str, key: Callable[[Any], UUID]) -> None:
        self.prefix = prefix
        self.key = key

    @overload
    def __get__(self, row: None, owner: type) -> Self: ...
    @overload
    def __get__(self, row: object, owner: type) -> str: ...
    def __get__(self, row: object, owner: type) -> Self | str:
        """The id of a row; of the row type itself, how it is made."""
        return self if row is None else f"{self.prefix}{self.key(row).hex}"


def prefixed(kind: ObjectKind) -> Callable[[Callable[[Any], UUID]], GlobalId]:
    """Makes a row type's method that returns its key the attribute that is its id, as `property` would."""
    return partial(GlobalId, f"{kind.value}_")


def parse_global_id(text: str) -> tuple[ObjectKind, UUID] | None:
    """Kind and key that an id names; None for any text that is not one of ours to the letter."""
    prefix, _, digits = text.partition("_")
    kind = _KINDS.get(prefix)
    if kind is None or not _DIGITS.fullmatch(digits):
        return None
    return kind, UUID(int=int(digits, 16))


def key_of(kind: ObjectKind, text: str) -> UUID | None:
    """The key in an id of one kind; None for ids of other kinds and for texts that are none."""
    parsed = parse_global_id(text)
    return parsed[1] if parsed and parsed[0] is kind else None
