"""What the operator of the system decides about customers, behind the API: no partner's log tells of it."""

from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.sql import ColumnElement
from sqlmodel import col

from models import Customer, CustomerDomain, Partner, Qualification, ValidationCode
from models.customer import AccountVerification
from models.qualification import QualificationKind, VettingStatus
from policy.vocabulary import Cloud
from resolvers.call import Transaction

DENIED_BECAUSE = {
    "not-education": "Not an education customer",
    "no-longer-education": "No longer an education customer",
    "not-education-after-review": "Not an education customer after review",
    "restricted": "Restricted",
    "not-academic-domain": "Not an academic domain",
    "not-eligible-library": "Not an eligible library",
    "not-eligible-museum": "Not an eligible museum",
}
"""Why an education request is denied (customers.md 4.2), by the word of the command line."""


class UndecidableError(Exception):
    """There is nothing to decide; the message says why."""


async def verify_account(transaction: Transaction, domain: str, status: AccountVerification) -> None:
    """Decides whether a customer's account may buy (customers.md 4.3).

    Args:
        transaction: Where to write.
        domain: Any domain of the customer.
        status: The decision.

    Raises:
        UndecidableError: No customer has the domain.
    """
    decided = update(Customer).where(_of(await _customer(transaction, domain))).values(account_verification=status)
    await transaction.execute(decided)


async def decide_vetting(transaction: Transaction, domain: str, reason: str | None) -> None:
    """Decides a customer's EDUCATION, the one qualification that is vetted.

    Args:
        transaction: Where to write.
        domain: Any domain of the customer.
        reason: A key of `DENIED_BECAUSE` to deny it; None approves it.

    Raises:
        UndecidableError: No customer has the domain, or no such review runs.
    """
    cloud, customer_id = await _customer(transaction, domain)
    decided = (
        update(Qualification)
        .where(
            col(Qualification.cloud) == cloud,
            col(Qualification.customer_id) == customer_id,
            col(Qualification.kind) == QualificationKind.EDUCATION,
            col(Qualification.vetting_status) == VettingStatus.IN_REVIEW,
        )
        .values(
            vetting_status=VettingStatus.APPROVED if reason is None else VettingStatus.DENIED,
            vetting_reason=DENIED_BECAUSE[reason] if reason is not None else None,
        )
    )
    if (await transaction.execute(decided)).rowcount != 1:
        raise UndecidableError(f"{domain} has no EDUCATION in review.")


async def add_validation_code(
    transaction: Transaction, partner_domain: str, code: str, organization_name: str, uses: int
) -> None:
    """Files the code that an organisation was given with the partner that may use it.

    Args:
        transaction: Where to write.
        partner_domain: The partner's domain.
        code: The code.
        organization_name: Whose it is.
        uses: For how many customers it is good.

    Raises:
        UndecidableError: No partner has the domain, or it has the code.
    """
    owner = select(col(Partner.cloud), col(Partner.id)).where(col(Partner.domain) == partner_domain.lower())
    partner = (await transaction.execute(owner)).first()
    if partner is None:
        raise UndecidableError(f"No partner has the domain {partner_domain}.")
    there = select(col(ValidationCode.code)).where(
        col(ValidationCode.cloud) == partner.cloud,
        col(ValidationCode.partner_id) == partner.id,
        col(ValidationCode.code) == code,
    )
    if (await transaction.execute(there)).first() is not None:
        raise UndecidableError(f"{partner_domain} has the code {code} already.")
    row = ValidationCode(
        cloud=partner.cloud,
        partner_id=partner.id,
        code=code,
        organization_name=organization_name,
        remaining_uses=uses,
    )
    await transaction.execute(ValidationCode.__table__.insert().values(row.model_dump()))  # type: ignore[attr-defined]


async def _customer(transaction: Transaction, domain: str) -> tuple[Cloud, UUID]:
    owner = select(col(CustomerDomain.cloud), col(CustomerDomain.customer_id)).where(
        col(CustomerDomain.name) == domain.lower()
    )
    found = (await transaction.execute(owner)).first()
    if found is None:
        raise UndecidableError(f"No customer has the domain {domain}.")
    return found.cloud, found.customer_id


def _of(customer: tuple[Cloud, UUID]) -> ColumnElement[bool]:
    cloud, customer_id = customer
    return (col(Customer.cloud) == cloud) & (col(Customer.id) == customer_id)
