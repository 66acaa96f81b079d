"""Faults of an input or of the state of the data, addressed to the person who filled in a form."""

from dataclasses import dataclass
from enum import StrEnum

Path = tuple[str, ...]


class FaultCode(StrEnum):
    """What is wrong, as `UserErrorCode` of the contract names it."""

    REQUIRED = "REQUIRED"
    INVALID = "INVALID"
    TOO_LONG = "TOO_LONG"
    NOT_SUPPORTED = "NOT_SUPPORTED"
    NOT_FOUND = "NOT_FOUND"
    DOMAIN_TAKEN = "DOMAIN_TAKEN"
    ETAG_REQUIRED = "ETAG_REQUIRED"
    ETAG_MISMATCH = "ETAG_MISMATCH"
    INVALID_STATE = "INVALID_STATE"
    LIMIT_REACHED = "LIMIT_REACHED"
    NOT_SANDBOX = "NOT_SANDBOX"
    REGION_MISMATCH = "REGION_MISMATCH"
    SINGLE_PARTNER_CLOUD = "SINGLE_PARTNER_CLOUD"
    ADMIN_PRIVILEGES_REQUIRED = "ADMIN_PRIVILEGES_REQUIRED"
    LINK_MISSING = "LINK_MISSING"
    AGREEMENT_REQUIRED = "AGREEMENT_REQUIRED"
    AGREEMENT_EXISTS = "AGREEMENT_EXISTS"
    VERIFICATION_PENDING = "VERIFICATION_PENDING"
    VERIFICATION_DENIED = "VERIFICATION_DENIED"
    PARTNERSHIP_REQUIRED = "PARTNERSHIP_REQUIRED"
    RELATIONSHIP_REQUIRED = "RELATIONSHIP_REQUIRED"
    NOT_A_CUSTOMER_TENANT = "NOT_A_CUSTOMER_TENANT"
    ACTIVE_SUBSCRIPTIONS = "ACTIVE_SUBSCRIPTIONS"
    ACTIVE_RESERVATIONS = "ACTIVE_RESERVATIONS"
    ACTIVE_SOFTWARE = "ACTIVE_SOFTWARE"
    NO_ELIGIBLE_AZURE_SUBSCRIPTION = "NO_ELIGIBLE_AZURE_SUBSCRIPTION"
    PURCHASE_NOT_PERMITTED = "PURCHASE_NOT_PERMITTED"
    OWNER_ROLE_REQUIRED = "OWNER_ROLE_REQUIRED"
    QUALIFICATION_CONFLICT = "QUALIFICATION_CONFLICT"
    VALIDATION_CODE_EXHAUSTED = "VALIDATION_CODE_EXHAUSTED"
    PROGRAM_NOT_ACTIVE = "PROGRAM_NOT_ACTIVE"
    PARTNER_AGREEMENT_REQUIRED = "PARTNER_AGREEMENT_REQUIRED"
    EXPIRED = "EXPIRED"


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. A command that meets any writes nothing and answers with all of them.

    Attributes:
        code: What is wrong.
        message: One sentence that a person can act on: the field, the rule and the way out.
        field: Path of the input field in the contract's camelCase names, e.g.
            `("input", "billingProfile", "address", "postalCode")`; None where no single field is at fault.
        vendor_code: The number that the vendor's documentation gives the fault, where it has one.
        related_ids: Global ids of objects that stand in the way.
    """

    code: FaultCode
    message: str
    field: Path | None = None
    vendor_code: int | None = None
    related_ids: tuple[str, ...] = ()
