"""Invitations of the demo world, in every state that one can be in, and what became of those that were accepted."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from uuid import UUID, uuid5

from clientela.demo.batches import Batch
from clientela.demo.customers import uuid7
from clientela.demo.organisations import organisation
from models import Partnership, RelationshipRequest
from models.partnership import PartnershipStatus
from models.relationship_request import RelationshipRequestKind, RelationshipRequestStatus
from policy.vocabulary import Role
from resolvers.naming import fold
from resolvers.relationship_request_creation import RequestForm, open_key

OPEN_FOR = timedelta(days=90)


def add_partnerships(batch: Batch, founded: datetime, now: datetime) -> None:
    """Adds fabrikam's partnerships: tailspin's lives, northwind's ended, and two invitations wait.

    Args:
        batch: Takes the rows.
        founded: When the partners came to be.
        now: Invitations are dated back from here; the older one is overdue.
    """
    accepted_at = founded + timedelta(days=30)
    _add_partnership(batch, PartnershipStatus.ACTIVE, founded, reseller="tailspin", accepted_at=accepted_at)
    ended_at = accepted_at + timedelta(days=400)
    _add_partnership(
        batch, PartnershipStatus.ENDED, founded, reseller="northwind", accepted_at=accepted_at, ended_at=ended_at
    )
    for days, email in ((7, "partners@wideworld.example"), (100, "sales@coho.example")):
        _add_partnership(batch, PartnershipStatus.REQUESTED, now - timedelta(days=days), email=email)


def _add_partnership(
    batch: Batch,
    status: PartnershipStatus,
    requested_at: datetime,
    *,
    reseller: str | None = None,
    email: str | None = None,
    accepted_at: datetime | None = None,
    ended_at: datetime | None = None,
) -> None:
    provider = organisation("fabrikam")
    other = organisation(reseller) if reseller else None
    author = provider.person(Role.ADMIN_AGENT).sign_in_name
    batch.add(
        Partnership,
        id=uuid5(other.id if other else provider.id, email or provider.name),
        cloud=provider.cloud,
        provider_id=provider.id,
        reseller_id=other.id if other else None,
        status=status,
        provider_name_key=fold(provider.display_name),
        reseller_name_key=fold(other.display_name) if other else "",
        target_email=email,
        open_key=fold(email) if email else None,
        requested_at=requested_at,
        requested_by=author,
        expires_at=requested_at + OPEN_FOR,
        accepted_at=accepted_at,
        accepted_by=other.person(Role.GLOBAL_ADMIN).sign_in_name if other else None,
        ended_at=ended_at,
        ended_by=author if ended_at else None,
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """A request to a customer.

    Attributes:
        partner: Short name of the inviter.
        kind: Which relationships an acceptance makes.
        status: Where it stands; EXPIRED is left to whoever reads.
        days_ago: When it was drafted, and sent where it was.
        email: Whom the mail is for.
        admin: Whether it asks for admin privileges.
        provider: Short name of the provider that it invites with.
        reason: Why it was declined.
    """

    partner: str
    kind: RelationshipRequestKind
    status: RelationshipRequestStatus
    days_ago: float
    email: str | None = None
    admin: bool = True
    provider: str | None = None
    reason: str | None = None


_DIRECT, _SENT = RelationshipRequestKind.DIRECT, RelationshipRequestStatus.SENT
ASKED = (
    Asked("litware", _DIRECT, RelationshipRequestStatus.DRAFT, 0.1, "anna.bianchi@trattoriacalvi.example"),
    Asked("litware", _DIRECT, _SENT, 3, "m.keller@kellerbau.example", admin=False),
    Asked("litware", _DIRECT, _SENT, 120, "office@oldharbour.example"),
    Asked("litware", _DIRECT, RelationshipRequestStatus.CANCELLED, 20, "wrong@address.example"),
    Asked("contoso", _DIRECT, _SENT, 10),
    Asked("adatum", _DIRECT, RelationshipRequestStatus.ACCEPTED, 200, admin=False),
    Asked("adatum", _DIRECT, RelationshipRequestStatus.DECLINED, 40, reason="Without admin privileges, please."),
    Asked("fabrikam", RelationshipRequestKind.PROVIDER, _SENT, 5, "owner@riverbakery.example"),
    Asked("tailspin", RelationshipRequestKind.RESELLER_WITH_PROVIDER, _SENT, 2, provider="fabrikam"),
    Asked("tailspin", RelationshipRequestKind.RESELLER_ONLY, RelationshipRequestStatus.DRAFT, 1, admin=False),
    Asked("woodgrove", _DIRECT, _SENT, 4),
)


def add_requests(batch: Batch, decided_by: UUID, now: datetime) -> None:
    """Adds the requests of all partners.

    Args:
        batch: Takes the rows.
        decided_by: The customer that accepted the accepted and declined the declined one.
        now: Requests are dated back from here.
    """
    rng = Random("requests")  # noqa: S311 - not cryptography: the same world every time
    for asked in ASKED:
        _add_request(batch, asked, decided_by, now, rng)


def _add_request(batch: Batch, asked: Asked, decided_by: UUID, now: datetime, rng: Random) -> None:
    inviter, at = organisation(asked.partner), now - timedelta(days=asked.days_ago)
    author = inviter.person(Role.ADMIN_AGENT)
    status = asked.status
    decided = status in (RelationshipRequestStatus.ACCEPTED, RelationshipRequestStatus.DECLINED)
    sent = decided or status is _SENT
    provider = organisation(asked.provider).id if asked.provider else None
    form = RequestForm(asked.kind, asked.admin, provider, provider is not None, None, asked.email)
    waiting = status in (RelationshipRequestStatus.DRAFT, _SENT)
    batch.add(
        RelationshipRequest,
        cloud=inviter.cloud,
        inviter_id=inviter.id,
        id=uuid7(at, rng),
        kind=asked.kind,
        status=status,
        provider_id=provider,
        includes_delegated_admin=asked.admin,
        target_email=asked.email,
        open_key=open_key(form) if waiting else None,
        created_at=at,
        created_by=author.sign_in_name,
        created_by_id=author.id,
        sent_at=at if sent else None,
        expires_at=at + OPEN_FOR if sent else None,
        decided_at=at + timedelta(days=1) if decided else None,
        decline_reason=asked.reason,
        customer_id=decided_by if decided else None,
    )
