"""Drafting a request to a customer: everything that can be known before the customer is (relationships.md 2.2)."""

from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import Update, select
from sqlmodel import col
from uuid_utils.compat import uuid7

from models import Partnership, RelationshipRequest
from models.partnership import PartnershipStatus
from models.relationship_request import RelationshipRequestKind, RelationshipRequestStatus
from policy.decisions import Denied, decide, has_capability
from policy.principal import Principal
from policy.vocabulary import DenialCode, PartnerKind, Permission, ProgramStatus
from resolvers.audit import Change, change, record
from resolvers.call import Call
from resolvers.expiry import request_expiry
from resolvers.faults import Fault, FaultCode
from resolvers.naming import check_email, fold
from resolvers.outcome import Outcome, stopped

# Who may ask for what (relationships.md 1.4), and where (permissions.md 5.1, 5.2: in China providers make all
# invitations, the US Government cloud has no indirect model, and only GLOBAL has invitations for two at once).
SENDERS = {
    RelationshipRequestKind.DIRECT: PartnerKind.DIRECT_BILL,
    RelationshipRequestKind.PROVIDER: PartnerKind.INDIRECT_PROVIDER,
    RelationshipRequestKind.RESELLER_ONLY: PartnerKind.INDIRECT_RESELLER,
    RelationshipRequestKind.RESELLER_WITH_PROVIDER: PartnerKind.INDIRECT_RESELLER,
}
INPUT_KIND = ("input", "kind")
INPUT_PROVIDER = ("input", "providerId")


@dataclass(frozen=True, slots=True)
class RequestForm:
    """A request to draft.

    Attributes:
        kind: Which relationships an acceptance makes.
        includes_delegated_admin: Whether it asks for admin privileges.
        provider_id: The provider that a reseller invites with; None for none.
        names_provider: Whether the input named a provider, be it one that does not exist.
        target_customer_id: The only tenant that may accept; None for any.
        target_email: Whom the mail is for; None leaves that open.
    """

    kind: RelationshipRequestKind
    includes_delegated_admin: bool
    provider_id: UUID | None
    names_provider: bool
    target_customer_id: UUID | None
    target_email: str | None


@dataclass(frozen=True, slots=True)
class RequestOf:
    """The request that a command was about."""

    request_id: UUID


async def create_request(call: Call, form: RequestForm) -> Outcome[RequestOf]:
    """Drafts a request.

    Args:
        call: The call; its principal holds RELATIONSHIP_REQUEST.
        form: What was filled in.

    Returns:
        The draft; the same open request where there is one (R2.14), and nothing is written then. Else every fault
        of the form: NOT_SUPPORTED, INVALID, ADMIN_PRIVILEGES_REQUIRED, REQUIRED, PARTNERSHIP_REQUIRED,
        PROGRAM_NOT_ACTIVE.

    Raises:
        Denied: It asks for admin privileges, which need RELATIONSHIP_REQUEST_ADMIN; or the partner is suspended, or
            restricted and no reseller (R1.3).
    """
    require_for_admin(call.principal, includes_delegated_admin=form.includes_delegated_admin)
    _require_new_business(call.principal, form.kind)
    checked, faults = _check_form(call.principal, form)
    if form.provider_id is not None and form.kind is RelationshipRequestKind.RESELLER_WITH_PROVIDER:
        faults += await _check_partnership(call, form.provider_id)
    if faults:
        return stopped(*faults)
    request = _draft(call, checked)
    if request.open_key is not None:
        await call.transaction.execute(_overdue(call, request.open_key))
    if not await call.add_unless_taken(request):
        return Outcome(RequestOf(await _open_one(call, request.open_key or "")))
    await record(call, "create_relationship_request", "relationship_request", changes=_as_logged(checked))
    return Outcome(RequestOf(request.id))


def require_for_admin(principal: Principal, *, includes_delegated_admin: bool) -> None:
    """What concerns a request with admin privileges needs RELATIONSHIP_REQUEST_ADMIN, too (permissions.md 2).

    Raises:
        Denied: The principal lacks it.
    """
    decision = decide(principal.standing, Permission.RELATIONSHIP_REQUEST_ADMIN)
    if includes_delegated_admin and not decision.granted:
        raise Denied(decision)


def _require_new_business(principal: Principal, kind: RelationshipRequestKind) -> None:
    status = principal.standing.program_status
    # R1.3: a restricted direct-bill partner that is a reseller, too, may go on inviting as a reseller.
    restricted = status is ProgramStatus.RESTRICTED and SENDERS[kind] is not PartnerKind.INDIRECT_RESELLER
    if status is ProgramStatus.SUSPENDED or restricted:
        message = (
            "Invitations are closed to a suspended or restricted partner until its program status is ACTIVE again."
        )
        decision = decide(principal.standing, Permission.RELATIONSHIP_REQUEST)
        raise Denied(replace(decision, granted=False, code=DenialCode.PARTNER_SUSPENDED, message=message))


def _check_form(principal: Principal, form: RequestForm) -> tuple[RequestForm, list[Fault]]:
    faults = [*_check_kind(principal, form), *_check_program(principal)]
    if not form.includes_delegated_admin and not has_capability(principal.cloud, "REQUESTS_WITHOUT_ADMIN_PRIVILEGES"):
        message = "In this cloud a request always asks for admin privileges; set `includesDelegatedAdmin` to true."
        field = ("input", "includesDelegatedAdmin")
        faults.append(Fault(FaultCode.ADMIN_PRIVILEGES_REQUIRED, message, field, 900127))
    with_provider = form.kind is RelationshipRequestKind.RESELLER_WITH_PROVIDER
    if with_provider and not form.names_provider:
        message = "Name the provider that orders for the customer, or choose RESELLER_ONLY."
        faults.append(Fault(FaultCode.REQUIRED, message, INPUT_PROVIDER, 3000))
    elif with_provider and form.provider_id is None:
        faults.append(_no_partnership())
    elif form.names_provider and not with_provider:
        message = "Only a request of the kind RESELLER_WITH_PROVIDER names a provider; leave it out."
        faults.append(Fault(FaultCode.INVALID, message, INPUT_PROVIDER, 3000))
    if form.target_customer_id == principal.tenant_id:
        message = "A company is not its own customer; name another tenant, or none."
        faults.append(Fault(FaultCode.INVALID, message, ("input", "targetCustomerTenantId"), 3000))
    email = form.target_email
    if email:
        email, email_faults = check_email(email, ("input", "targetEmail"))
        faults += email_faults
    return replace(form, target_email=email or None), faults


def _check_kind(principal: Principal, form: RequestForm) -> list[Fault]:
    if principal.is_sandbox:
        message = "A sandbox invites nobody; add a customer with `customerCreate` instead."
        return [Fault(FaultCode.NOT_SUPPORTED, message, None, 900127)]
    if not has_capability(principal.cloud, f"REQUESTS_{form.kind.name}"):
        message = f"Requests of the kind {form.kind.name} do not exist in this cloud; choose another kind."
        return [Fault(FaultCode.NOT_SUPPORTED, message, INPUT_KIND, 900127)]
    needed = SENDERS[form.kind]
    if needed in principal.standing.partner_kinds:
        return []
    own = [kind.name for kind, sender in SENDERS.items() if sender in principal.standing.partner_kinds]
    way_out = f"choose {' or '.join(own)}" if own else "your company's kind invites nobody"
    message = f"Only a partner of the kind {needed.name} makes requests of the kind {form.kind.name}; {way_out}."
    return [Fault(FaultCode.INVALID, message, INPUT_KIND, 3000)]


def _check_program(principal: Principal) -> list[Fault]:
    if principal.standing.program_status in (ProgramStatus.ACTIVE, ProgramStatus.RESTRICTED):
        return []
    message = "Your company's reseller program is not active yet; customers can be invited once it is."
    return [Fault(FaultCode.PROGRAM_NOT_ACTIVE, message, None, 800039)]


async def _check_partnership(call: Call, provider_id: UUID) -> list[Fault]:
    live = select(col(Partnership.id)).where(
        col(Partnership.cloud) == call.principal.cloud,
        col(Partnership.provider_id) == provider_id,
        col(Partnership.reseller_id) == call.principal.tenant_id,
        col(Partnership.status) == PartnershipStatus.ACTIVE,
    )
    return [] if (await call.transaction.execute(live)).first() is not None else [_no_partnership()]


def _no_partnership() -> Fault:
    message = "You have no active partnership with this provider; accept its invitation first, or name another."
    return Fault(FaultCode.PARTNERSHIP_REQUIRED, message, INPUT_PROVIDER, 800016)


def _draft(call: Call, form: RequestForm) -> RelationshipRequest:
    principal = call.principal
    return RelationshipRequest(
        cloud=principal.cloud,
        inviter_id=principal.tenant_id,
        id=uuid7(),
        kind=form.kind,
        status=RelationshipRequestStatus.DRAFT,
        provider_id=form.provider_id,
        includes_delegated_admin=form.includes_delegated_admin,
        target_customer_id=form.target_customer_id,
        target_email=form.target_email,
        open_key=open_key(form),
        created_at=call.now,
        created_by=principal.name,
        created_by_id=principal.actor_id,
    )


def open_key(form: RequestForm) -> str | None:
    """What two open requests of one partner may not have both (R2.14); None where there is no target.

    Args:
        form: A checked form.
    """
    if form.target_customer_id is None and form.target_email is None:
        return None
    parts = (form.kind, form.provider_id, form.includes_delegated_admin, form.target_customer_id)
    return "|".join((*map(str, parts), fold(form.target_email or "")))


def _overdue(call: Call, open_key: str) -> Update:
    # An overdue request holds its place until it is written down that it expired.
    return request_expiry.write_down(
        col(RelationshipRequest.cloud) == call.principal.cloud,
        col(RelationshipRequest.inviter_id) == call.principal.tenant_id,
        col(RelationshipRequest.open_key) == open_key,
        now=call.now,
    )


async def _open_one(call: Call, open_key: str) -> UUID:
    same = select(col(RelationshipRequest.id)).where(
        col(RelationshipRequest.cloud) == call.principal.cloud,
        col(RelationshipRequest.inviter_id) == call.principal.tenant_id,
        col(RelationshipRequest.open_key) == open_key,
    )
    found: UUID = (await call.transaction.execute(same)).scalar_one()
    return found


def _as_logged(form: RequestForm) -> list[Change]:
    target = str(form.target_customer_id) if form.target_customer_id else None
    changes = [
        change("relationshipRequest.kind", None, form.kind.name),
        change("relationshipRequest.includesDelegatedAdmin", None, form.includes_delegated_admin),
        change("relationshipRequest.targetCustomerTenantId", None, target),
        change("relationshipRequest.targetEmail", None, form.target_email),
    ]
    return [entry for entry in changes if entry["new"] is not None]
