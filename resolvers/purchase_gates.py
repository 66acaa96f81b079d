"""What must hold before anything is bought for a customer, in the vendor's order (customers.md 6.2)."""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import col

from models import Customer, Partner, ProductSubscription
from models.customer import AccountVerification
from models.product_subscription import ProductSubscriptionStatus
from policy.vocabulary import ProgramStatus
from resolvers.agreements import agreement_is_due
from resolvers.call import Call
from resolvers.countries.rules import home_region
from resolvers.faults import Fault, FaultCode, Path
from resolvers.offers import OfferRow, is_sold_in
from resolvers.relationship_lock import Serving, lock_relationship

SANDBOX_SEATS = 25
SANDBOX_SUBSCRIPTIONS = 5


class Seller(NamedTuple):
    """The partner that is billed."""

    country: str
    program_status: ProgramStatus
    partner_agreement_signed: bool
    is_sandbox: bool


class Buyer(NamedTuple):
    """The customer that gets what is bought."""

    country: str
    account_verification: AccountVerification


class Deal(NamedTuple):
    """Both sides of a purchase, their relationship locked."""

    partner_id: UUID
    customer_id: UUID
    serving: Serving
    seller: Seller
    buyer: Buyer


async def open_deal(call: Call, partner_id: UUID, customer_id: UUID | None) -> Deal | None:
    """Locks the relationship that a purchase stands on and reads both sides of it.

    Args:
        call: The call.
        partner_id: Who would be billed.
        customer_id: Who would get it; None names nobody.

    Returns:
        The sides; None where the partner never had a relationship with the customer.
    """
    serving = await lock_relationship(call, partner_id, customer_id) if customer_id is not None else None
    if serving is None or customer_id is None:
        return None
    cloud = call.principal.cloud
    seller = select(*(col(getattr(Partner, label)) for label in Seller._fields)).where(
        col(Partner.cloud) == cloud, col(Partner.id) == partner_id
    )
    buyer = select(*(col(getattr(Customer, label)) for label in Buyer._fields)).where(
        col(Customer.cloud) == cloud, col(Customer.id) == customer_id
    )
    return Deal(
        partner_id,
        customer_id,
        serving,
        Seller._make((await call.transaction.execute(seller)).first()),
        Buyer._make((await call.transaction.execute(buyer)).first()),
    )


async def check_gates(call: Call, deal: Deal, path: Path) -> list[Fault]:
    """Relationship, verification, agreement, partner agreement, program: what does not depend on what is bought.

    Args:
        call: The call.
        deal: The two sides.
        path: Path of the input field that names the customer.

    Returns:
        Every gate that is shut, in the vendor's order; without the relationship the first alone.
    """
    if not deal.serving.may_order:
        message = "You may not order for this customer; it has to accept your invitation as reseller first."
        return [Fault(FaultCode.RELATIONSHIP_REQUIRED, message, path, 20002)]
    faults = _check_verification(deal.buyer.account_verification, path)
    if await agreement_is_due(call, deal.customer_id, deal.partner_id):
        message = "The customer has not accepted its agreement; record that it did with `customerAttestAgreement`."
        faults.append(Fault(FaultCode.AGREEMENT_REQUIRED, message, path, 13605))
    if not deal.seller.partner_agreement_signed:
        message = "The partner agreement is not signed; your global admin signs it, then orders are open."
        faults.append(Fault(FaultCode.PARTNER_AGREEMENT_REQUIRED, message, None, 900124))
    if deal.seller.program_status is not ProgramStatus.ACTIVE:
        message = "The partner's reseller program is not active; orders are open once it is."
        faults.append(Fault(FaultCode.PROGRAM_NOT_ACTIVE, message, None, 800039))
    return faults


def _check_verification(status: AccountVerification, path: Path) -> list[Fault]:
    match status:
        case AccountVerification.APPROVED:
            return []
        case AccountVerification.DENIED:
            message = "The customer's account was not approved, so nothing is sold to it; ask the operator why."
            return [Fault(FaultCode.VERIFICATION_DENIED, message, path, 800075)]
        case _:
            message = "The customer's account is under review; order once `accountVerification` is APPROVED."
            code = 800073 if status is AccountVerification.IN_REVIEW else 800074
            return [Fault(FaultCode.VERIFICATION_PENDING, message, path, code)]


async def check_offer(call: Call, deal: Deal, offer: OfferRow, quantity: int) -> list[Fault]:
    """Country and limits: the gates that depend on what is bought.

    Args:
        call: The call.
        deal: The two sides; the lock on their relationship makes the counts hold.
        offer: What is bought.
        quantity: How much of it.
    """
    faults = []
    country = deal.buyer.country
    if home_region(deal.seller.country) != home_region(country):
        message = f"The partner does not sell in {country}; sell through an account of that region."
        faults.append(Fault(FaultCode.REGION_MISMATCH, message, ("input", "offerId"), 2030))
    elif not await is_sold_in(call, offer.id, country):
        message = f"{offer.name} is not sold in {country}; choose one of `offers(country: {country})`."
        faults.append(Fault(FaultCode.NOT_SUPPORTED, message, ("input", "offerId"), 800070))
    most = offer.maximum_quantity
    if quantity < offer.minimum_quantity or (most is not None and quantity > most):
        allowed = f"from {offer.minimum_quantity} {'up' if most is None else f'to {most}'}"
        message = f"{offer.name} is sold {allowed}; change the quantity."
        faults.append(Fault(FaultCode.INVALID, message, ("input", "quantity"), 2002))
    if deal.seller.is_sandbox and quantity > SANDBOX_SEATS:
        message = f"A sandbox holds {SANDBOX_SEATS} licences a subscription; lower the quantity."
        faults.append(Fault(FaultCode.LIMIT_REACHED, message, ("input", "quantity"), 800067))
    return faults + await _check_counts(call, deal, offer)


async def _check_counts(call: Call, deal: Deal, offer: OfferRow) -> list[Fault]:
    held = select(func.count()).where(
        col(ProductSubscription.cloud) == call.principal.cloud,
        col(ProductSubscription.partner_id) == deal.partner_id,
        col(ProductSubscription.customer_id) == deal.customer_id,
        col(ProductSubscription.status) != ProductSubscriptionStatus.DELETED,
    )
    faults = []
    if offer.limit_per_customer is not None:
        of_offer = held.where(col(ProductSubscription.offer_id) == offer.id)
        if (await call.transaction.execute(of_offer)).scalar_one() >= offer.limit_per_customer:
            message = f"The customer has {offer.name} as often as it is sold; change what it has instead."
            faults.append(Fault(FaultCode.LIMIT_REACHED, message, ("input", "offerId"), 27006))
    if deal.seller.is_sandbox and (await call.transaction.execute(held)).scalar_one() >= SANDBOX_SUBSCRIPTIONS:
        message = f"A sandbox customer holds {SANDBOX_SUBSCRIPTIONS} subscriptions; take another customer."
        faults.append(Fault(FaultCode.LIMIT_REACHED, message, ("input", "customerId"), 800066))
    return faults
