"""The activity log as its partner reads it: which lines, of which time, with which values left out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, false, select
from sqlmodel import col

from models import ActivityRecord
from models.activity import ActivityStatus
from policy.vocabulary import Permission, PrincipalKind
from resolvers.global_ids import ObjectKind, prefixed
from resolvers.naming import fold
from resolvers.refusals import Refusal
from resolvers.visibility import Rows, is_partner, viewer_cloud, viewer_tenant

READABLE_DAYS = 90
DEFAULT_DAYS = 30


class ActivityRow(NamedTuple):
    """One line of the log."""

    id: UUID
    occurred_at: datetime
    operation: str
    resource_type: str
    status: ActivityStatus
    actor: str
    actor_roles: list[str]
    customer_id: UUID | None
    customer_name: str | None
    correlation_id: str
    changes: list[dict[str, Any]]

    @prefixed(ObjectKind.ACTIVITY_RECORD)
    def global_id(self) -> UUID:
        """The line's id."""
        return self.id


class Change(NamedTuple):
    """What changed, as one viewer may know it."""

    field: str
    old_value: Any
    new_value: Any
    redacted: bool


@dataclass(frozen=True, slots=True)
class ActivityFilter:
    """What a line must match; None or empty narrows nothing.

    Attributes:
        since: Not earlier than this; 30 days before the end when left out.
        until: Not later than this; now when left out.
        customer_id: The customer it is about.
        nothing: Whether the filter named an object that does not exist, so that no line matches.
        customer_name_contains: Part of the customer's name as it was then.
        resource_types: One of these, ignoring case.
        operations: One of these, ignoring case.
    """

    since: datetime | None = None
    until: datetime | None = None
    customer_id: UUID | None = None
    nothing: bool = False
    customer_name_contains: str | None = None
    resource_types: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()

    @property
    def names_customer(self) -> bool:
        """Whether it narrows by a customer, which needs the permission to read customers."""
        return self.customer_id is not None or self.nothing or bool(self.customer_name_contains)


@cache
def visible_activity(kind: PrincipalKind) -> Rows:
    """The partner's own log, whatever became of the customer since; customers' users see none."""
    lines: Rows = select(*(col(getattr(ActivityRecord, label)).label(label) for label in ActivityRow._fields)).where(
        col(ActivityRecord.cloud) == viewer_cloud, col(ActivityRecord.partner_id) == viewer_tenant
    )
    return lines if is_partner(kind) else lines.where(false())


def narrow_activity(chosen: ActivityFilter, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """A filter as conditions on the rows of `visible_activity` (permissions.md 6.1).

    Raises:
        Refusal: AUDIT_RANGE_TOO_OLD for a start more than 90 days back, BAD_USER_INPUT for a start after the end.
    """
    conditions = [*_between(chosen, now)]
    if chosen.nothing:
        conditions.append(false())
    if chosen.customer_id is not None:
        conditions.append(col(ActivityRecord.customer_id) == chosen.customer_id)
    if part := fold((chosen.customer_name_contains or "").strip()):
        conditions.append(col(ActivityRecord.customer_name_key).contains(part, autoescape=True))
    if chosen.resource_types:
        conditions.append(col(ActivityRecord.resource_type).in_([kind.lower() for kind in chosen.resource_types]))
    if chosen.operations:
        conditions.append(col(ActivityRecord.operation).in_([name.lower() for name in chosen.operations]))
    return tuple(conditions)


def _between(chosen: ActivityFilter, now: datetime) -> Iterable[ColumnElement[bool]]:
    earliest = datetime.combine(now.astimezone(UTC).date() - timedelta(days=READABLE_DAYS), time(), UTC)
    end = chosen.until or now
    if min(chosen.since or end, end) < earliest:
        raise Refusal(
            "AUDIT_RANGE_TOO_OLD",
            f"The activity log reaches back {READABLE_DAYS} days. Start at {earliest:%Y-%m-%dT%H:%M:%SZ} or later.",
        )
    since = chosen.since or max(end - timedelta(days=DEFAULT_DAYS), earliest)
    if since > end:
        raise Refusal("BAD_USER_INPUT", "`since` lies after `until`. Swap them, or leave `until` out for now.")
    yield col(ActivityRecord.occurred_at) >= since
    if chosen.until is not None:
        yield col(ActivityRecord.occurred_at) <= chosen.until


# Any one of the permissions opens a value: each of them shows it in the customer, too (permissions.md 0, field
# behaviour). A field that is not listed is never shown.
READABLE_WITH: dict[str, frozenset[Permission]] = {
    "domain": frozenset({Permission.CUSTOMER_READ}),
    "country": frozenset({Permission.CUSTOMER_READ}),
    "companyName": frozenset({Permission.CUSTOMER_READ}),
    "associatedReseller": frozenset({Permission.CUSTOMER_READ}),
    "filter": frozenset({Permission.CUSTOMER_READ}),
    "companyProfile.organizationRegistrationNumber": frozenset({Permission.CUSTOMER_TAX_READ}),
    "billingProfile.companyName": frozenset({Permission.CUSTOMER_READ, Permission.CUSTOMER_BILLING_READ}),
    "billingProfile.culture": frozenset({Permission.CUSTOMER_BILLING_READ}),
    "billingProfile.language": frozenset({Permission.CUSTOMER_BILLING_READ, Permission.CUSTOMER_CONTACT_READ}),
    "billingProfile": frozenset({Permission.CUSTOMER_BILLING_READ, Permission.CUSTOMER_CONTACT_READ}),
    "agreement": frozenset({Permission.AGREEMENT_ATTEST}),
    "relationship": frozenset({Permission.CUSTOMER_READ}),
    "relationshipRequest": frozenset({Permission.RELATIONSHIP_READ}),
    "partnership": frozenset({Permission.PARTNERSHIP_READ}),
    "qualification": frozenset({Permission.QUALIFICATION_READ}),
    "purchasePermission": frozenset({Permission.SELFSERVE_READ}),
    "subscription.owner": frozenset({Permission.CUSTOMER_USER_READ}),
    "subscription": frozenset({Permission.SUBSCRIPTION_READ}),
}


def readable_changes(changes: list[dict[str, Any]], held: frozenset[Permission]) -> list[Change]:
    """A line's changes without the values that the viewer may not read.

    Args:
        changes: As stored: `{"field": …, "old": …, "new": …}` each.
        held: The viewer's permissions.
    """
    return [
        Change(change["field"], change.get("old"), change.get("new"), redacted=False)
        if held & _opened_by(change["field"])
        else Change(change["field"], None, None, redacted=True)
        for change in changes
    ]


def _opened_by(field: str) -> frozenset[Permission]:
    whole, _, _ = field.partition(".")
    return READABLE_WITH.get(field) or READABLE_WITH.get(whole, frozenset())
