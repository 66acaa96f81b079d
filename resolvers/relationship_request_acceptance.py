"""A customer accepts a request (R2.13-R2.17): everything that follows from it is written together, or nothing is."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, update
from sqlmodel import col

from models import Relationship, RelationshipRequest
from models.relationship import RelationshipRole
from models.relationship_request import RelationshipRequestKind, RelationshipRequestStatus
from policy.decisions import require_customer_admin
from policy.vocabulary import Cloud
from resolvers.audit import Change, change, record
from resolvers.call import Call
from resolvers.direct_acceptance import AcceptanceForm, accept_directly, check_acceptance
from resolvers.faults import Fault, FaultCode
from resolvers.outcome import Outcome, stopped
from resolvers.relationship_grant import Granted, Terms, grant_relationship
from resolvers.relationship_request_checks import TOKEN, Opened, check_parties, check_state, open_request


@dataclass(frozen=True, slots=True)
class Decided:
    """What a customer decided.

    Attributes:
        opened: The request as it was before.
        status: As it is now.
        relationship_ids: The relationships that it led to; none where it was declined.
    """

    opened: Opened
    status: RelationshipRequestStatus
    relationship_ids: tuple[UUID, ...] = ()


def unknown_link() -> Fault:
    """The fault of a token that opens nothing; never says why."""
    message = "This link opens no invitation to your company. Open the link from the mail again, unchanged."
    return Fault(FaultCode.NOT_FOUND, message, TOKEN, 1000)


async def accept_request(call: Call, token: str, agreement: AcceptanceForm | None) -> Outcome[Decided]:
    """Lets the partners in that the request names.

    Args:
        call: The call of a customer's user.
        token: From the link.
        agreement: Acceptance of the customer agreement, where the customer gave one.

    Returns:
        The relationships; again where this company accepted before, and nothing is written then. Else the first
        that stands in the way: NOT_FOUND, EXPIRED, INVALID_STATE, REGION_MISMATCH, NOT_A_CUSTOMER_TENANT,
        PROGRAM_NOT_ACTIVE, PARTNER_AGREEMENT_REQUIRED, PARTNERSHIP_REQUIRED, SINGLE_PARTNER_CLOUD,
        AGREEMENT_REQUIRED, INVALID, NOT_SUPPORTED.

    Raises:
        Denied: The caller is no global admin of its company.
    """
    opened = await open_request(call, token, to_decide=True)
    if opened is None:
        return stopped(unknown_link())
    replayed = opened.decided_by_caller and opened.request.status is RelationshipRequestStatus.ACCEPTED
    fault = None if replayed else check_state(opened)
    if fault is not None:
        return stopped(fault)
    require_customer_admin(call.principal)
    if replayed:
        ids = await _resulting(call, opened)
        return Outcome(Decided(opened, RelationshipRequestStatus.ACCEPTED, ids))
    in_global_cloud = call.principal.cloud is Cloud.GLOBAL
    fault = await check_parties(call, opened) or check_acceptance(
        agreement, due=opened.agreement_due, supported=in_global_cloud
    )
    if fault is not None:
        return stopped(fault)
    return Outcome(await _accept(call, opened, agreement))


async def _accept(call: Call, opened: Opened, agreement: AcceptanceForm | None) -> Decided:
    granted = [await grant_relationship(call, opened.customer, terms) for terms in _terms(opened)]
    await _bind(call, opened)
    concerned = [given for given in granted if given.changes or given.partner_id == opened.inviter.id]
    agreed: list[Change] = []
    if agreement is not None and agreement.accepted:
        agreed = await accept_directly(call, logged_by_caller=[given.partner_id for given in concerned])
    for given in concerned:
        own = [_status_change(opened)] if given.partner_id == opened.inviter.id else []
        await _record(call, opened, given, [*own, *agreed])
    ids = tuple(given.relationship_id for given in granted)
    return Decided(opened, RelationshipRequestStatus.ACCEPTED, ids)


def _terms(opened: Opened) -> list[Terms]:
    admin = opened.request.includes_delegated_admin
    inviter = opened.inviter.id
    match opened.request.kind:
        case RelationshipRequestKind.DIRECT | RelationshipRequestKind.PROVIDER:
            return [Terms(inviter, RelationshipRole.TRANSACTING, admin)]
        case RelationshipRequestKind.RESELLER_ONLY:
            return [Terms(inviter, RelationshipRole.MANAGING, admin)]
        case RelationshipRequestKind.RESELLER_WITH_PROVIDER:
            provider = opened.request.provider_id
            if provider is None:
                raise ValueError("the database lets no such request be without its provider")
            return [
                Terms(inviter, RelationshipRole.MANAGING, admin, via_provider_id=provider),
                Terms(provider, RelationshipRole.TRANSACTING, admin, associated_reseller_id=inviter),
            ]


async def _bind(call: Call, opened: Opened) -> None:
    accepted = (
        update(RelationshipRequest)
        .where(col(RelationshipRequest.id) == opened.request.id)
        .values(
            status=RelationshipRequestStatus.ACCEPTED,
            open_key=None,
            customer_id=opened.customer.id,
            decided_at=call.now,
            decided_by=call.principal.name,
        )
    )
    await call.transaction.execute(accepted)


def _status_change(opened: Opened) -> Change:
    accepted = RelationshipRequestStatus.ACCEPTED.name
    return change("relationshipRequest.status", opened.request.status.name, accepted)


async def _record(call: Call, opened: Opened, given: Granted, further: list[Change]) -> None:
    await record(
        call,
        "accept_relationship_request",
        "partner_customer_relationship",
        customer_id=opened.customer.id,
        customer_name=given.list_name,
        changes=[*further, *given.changes],
        partner_id=given.partner_id,
    )


async def _resulting(call: Call, opened: Opened) -> tuple[UUID, ...]:
    theirs = select(col(Relationship.id)).where(
        col(Relationship.cloud) == call.principal.cloud,
        col(Relationship.customer_id) == opened.customer.id,
        col(Relationship.partner_id).in_([partner.id for partner in opened.partners]),
    )
    return tuple((await call.transaction.execute(theirs)).scalars())
