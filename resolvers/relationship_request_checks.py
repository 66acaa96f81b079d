"""What stands between an invited customer and its acceptance, in the order of R2.17: the first failure decides."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import col

from models import Customer, Partner, Partnership, Relationship, RelationshipRequest
from models.partnership import PartnershipStatus
from models.relationship import RelationshipStatus
from models.relationship_request import RelationshipRequestKind, RelationshipRequestStatus
from policy.decisions import has_capability
from policy.vocabulary import ProgramStatus
from resolvers.agreements import agreement_is_due
from resolvers.call import Call
from resolvers.countries.rules import home_region
from resolvers.expiry import request_expiry
from resolvers.faults import Fault, FaultCode
from resolvers.invitations import Invited
from resolvers.partner_lookup import find_partner

TOKEN = ("input", "token")


@dataclass(frozen=True, slots=True)
class Opened:
    """A request that was opened by its link, and everybody that it concerns.

    Attributes:
        request: The request; an overdue one is EXPIRED.
        inviter: Who invites.
        provider: The provider that it invites with; None for none.
        customer: The caller's company.
        agreement_due: Whether acceptance needs that of the customer agreement.
    """

    request: RelationshipRequest
    inviter: Partner
    provider: Partner | None
    customer: Customer
    agreement_due: bool

    @property
    def decided_by_caller(self) -> bool:
        """Whether it was the caller's company that accepted or declined."""
        return self.request.customer_id == self.customer.id

    @property
    def partners(self) -> tuple[Partner, ...]:
        """The partners that an acceptance gives a relationship, the inviter first."""
        return (self.inviter,) if self.provider is None else (self.inviter, self.provider)


async def open_request(call: Call, token: str, *, to_decide: bool) -> Opened | None:
    """The request behind a link, for a customer's user.

    Args:
        call: The call.
        token: From the link.
        to_decide: Whether it is going to be decided; then request and customer are locked, so that of two decisions
            the second sees what the first did.

    Returns:
        The request; None for a token that is not ours, of another cloud, or for another tenant, all alike.
    """
    key = call.invitations.read(Invited.CUSTOMER, token)
    if key is None or call.principal.customer_id is None:
        return None
    cloud = call.principal.cloud
    of_link = col(RelationshipRequest.cloud) == cloud, col(RelationshipRequest.id) == key
    request = await call.find(RelationshipRequest, *of_link, locked=to_decide)
    if request is None or request.target_customer_id not in (None, call.principal.tenant_id):
        return None
    if request_expiry.is_overdue(request, call.now):
        request.status = RelationshipRequestStatus.EXPIRED
    own = col(Customer.cloud) == cloud, col(Customer.id) == call.principal.tenant_id
    customer = await call.find(Customer, *own, locked=to_decide)
    if customer is None:
        return None
    inviter = await find_partner(call, request.inviter_id)
    provider = await find_partner(call, request.provider_id) if request.provider_id is not None else None
    due = await agreement_is_due(call, customer.id, (provider or inviter).id)
    return Opened(request, inviter, provider, customer, due)


def check_state(opened: Opened) -> Fault | None:
    """The link is good in the state SENT only (I6)."""
    status = opened.request.status
    if status is RelationshipRequestStatus.SENT:
        return None
    if status is RelationshipRequestStatus.EXPIRED:
        message = "The invitation was not answered in time. Ask the partner for another one."
        return Fault(FaultCode.EXPIRED, message, TOKEN)
    message = f"The invitation is {status.name} and can be answered no longer. Ask the partner for another one."
    return Fault(FaultCode.INVALID_STATE, message, TOKEN)


async def check_parties(call: Call, opened: Opened) -> Fault | None:
    """Region, then what the caller's tenant is, then the partners' standing; None where all of it holds."""
    return (
        _check_regions(opened)
        or await _check_tenant(call)
        or _check_standing(opened)
        or await _check_partnership(call, opened)
        or await _check_single_partner(call, opened)
    )


def _check_regions(opened: Opened) -> Fault | None:
    own = home_region(opened.customer.country)
    for partner in opened.partners:
        if home_region(partner.country) != own:
            message = f"{partner.name} does not sell in {own}; ask for a partner of your company's selling region."
            return Fault(FaultCode.REGION_MISMATCH, message, TOKEN, 2030)
    return None


async def _check_tenant(call: Call) -> Fault | None:
    # I3; an inviter and a provider's reseller are partners, too.
    of_tenant = col(Partner.cloud) == call.principal.cloud, col(Partner.id) == call.principal.tenant_id
    if await call.find(Partner, *of_tenant) is None:
        return None
    message = "Your tenant is a partner's in the reseller program, which buys from no other; use a tenant of its own."
    return Fault(FaultCode.NOT_A_CUSTOMER_TENANT, message, TOKEN)


def _check_standing(opened: Opened) -> Fault | None:
    for partner in opened.partners:
        if partner.program_status is not ProgramStatus.ACTIVE:
            message = f"The reseller program of {partner.name} is not active; accept once it is."
            return Fault(FaultCode.PROGRAM_NOT_ACTIVE, message, TOKEN, 800039)
        if not partner.partner_agreement_signed:
            message = f"{partner.name} has not signed its partner agreement; accept once it has."
            code = 900123 if partner is opened.inviter and opened.provider is not None else 900124
            return Fault(FaultCode.PARTNER_AGREEMENT_REQUIRED, message, TOKEN, code)
    return None


async def _check_partnership(call: Call, opened: Opened) -> Fault | None:
    if opened.request.kind is not RelationshipRequestKind.RESELLER_WITH_PROVIDER:
        return None
    live = select(col(Partnership.id)).where(
        col(Partnership.cloud) == call.principal.cloud,
        col(Partnership.provider_id) == opened.request.provider_id,
        col(Partnership.reseller_id) == opened.inviter.id,
        col(Partnership.status) == PartnershipStatus.ACTIVE,
    )
    if (await call.transaction.execute(live)).first() is not None:
        return None
    message = "The two partners that invite you do not work together any more. Ask for another invitation."
    return Fault(FaultCode.PARTNERSHIP_REQUIRED, message, TOKEN, 800016)


async def _check_single_partner(call: Call, opened: Opened) -> Fault | None:
    if has_capability(call.principal.cloud, "MANY_PARTNERS_A_CUSTOMER"):
        return None
    others = select(col(Relationship.id)).where(
        col(Relationship.cloud) == call.principal.cloud,
        col(Relationship.customer_id) == opened.customer.id,
        col(Relationship.partner_id) != opened.inviter.id,
        col(Relationship.status) == RelationshipStatus.ACTIVE,
    )
    if (await call.transaction.execute(others.limit(1))).first() is None:
        return None
    message = "In this cloud a company has one partner; yours has one already, whose relationship must end first."
    return Fault(FaultCode.SINGLE_PARTNER_CLOUD, message, TOKEN, 900127)
