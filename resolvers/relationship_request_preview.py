"""What an invited customer sees of a request before it decides."""

from dataclasses import dataclass
from datetime import datetime

from models.agreement import AgreementType
from models.relationship_request import RelationshipRequestStatus
from resolvers.agreements import AgreementTemplate, agreement_templates
from resolvers.call import Call
from resolvers.faults import Fault, FaultCode
from resolvers.partners import PartnerRow, row_of_partner
from resolvers.relationship_request_acceptance import Decided
from resolvers.relationship_request_checks import Opened, check_parties, check_state, open_request


@dataclass(frozen=True, slots=True)
class Preview:
    """A request as the customer sees it; the partners are not yet among those that it sees elsewhere."""

    inviter: PartnerRow
    provider: PartnerRow | None
    includes_delegated_admin: bool
    status: RelationshipRequestStatus
    expires_at: datetime | None
    agreement_required: bool
    agreement_template: AgreementTemplate | None
    problems: tuple[Fault, ...]


async def preview_request(call: Call, token: str) -> Preview | None:
    """The request behind a link, with what would stop the caller from accepting it now.

    Args:
        call: The call; only a customer's user sees anything.
        token: From the link.

    Returns:
        The request; None for a token that opens nothing for the caller.
    """
    opened = await open_request(call, token, to_decide=False)
    if opened is None:
        return None
    return _preview(opened, opened.request.status, await _problems(call, opened))


def preview_of(decided: Decided) -> Preview:
    """A request that was just decided."""
    return _preview(decided.opened, decided.status, ())


async def _problems(call: Call, opened: Opened) -> tuple[Fault, ...]:
    if opened.decided_by_caller and opened.request.status is RelationshipRequestStatus.ACCEPTED:
        return ()
    fault = check_state(opened)
    if fault is not None:
        return (fault,)
    problems = []
    if not call.principal.is_customer_admin:
        message = "Only a global admin of your company can accept or decline; pass the link on to one."
        problems.append(Fault(FaultCode.INVALID, message))
    fault = await check_parties(call, opened)
    return (*problems, *([fault] if fault is not None else ()))


def _preview(opened: Opened, status: RelationshipRequestStatus, problems: tuple[Fault, ...]) -> Preview:
    due = opened.agreement_due and status is RelationshipRequestStatus.SENT
    templates = agreement_templates(opened.customer.country, AgreementType.MICROSOFT_CUSTOMER_AGREEMENT)
    return Preview(
        inviter=row_of_partner(opened.inviter),
        provider=row_of_partner(opened.provider) if opened.provider is not None else None,
        includes_delegated_admin=opened.request.includes_delegated_admin,
        status=status,
        expires_at=opened.request.expires_at,
        agreement_required=due,
        agreement_template=templates[0] if due else None,
        problems=problems,
    )
