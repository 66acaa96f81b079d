"""Writing the activity log: one line a successful mutation and partner whose data changed, in its transaction."""

from collections.abc import Iterable
from functools import cache
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from models import ActivityRecord
from models.activity import ActivityStatus
from policy.vocabulary import Role
from resolvers.call import Call
from resolvers.naming import fold

Change = dict[str, Any]


def change(field: str, old: object, new: object) -> Change:
    """One changed value, under the name that the contract gives its field, e.g. `billingProfile.address.city`."""
    return {"field": field, "old": old, "new": new}


def changes_between(fields: Iterable[str], before: Iterable[object], after: Iterable[object]) -> list[Change]:
    """The values that differ between two states given as values of the same fields."""
    return [change(field, old, new) for field, old, new in zip(fields, before, after, strict=True) if old != new]


async def record(
    call: Call,
    operation: str,
    resource_type: str,
    *,
    customer_id: UUID | None = None,
    customer_name: str | None = None,
    changes: Iterable[Change] = (),
    partner_id: UUID | None = None,
    status: ActivityStatus = ActivityStatus.SUCCEEDED,
) -> None:
    """Writes one line.

    Args:
        call: The call that changed something.
        operation: The vendor's name of it, e.g. `add_customer` (permissions.md 6.1).
        resource_type: Likewise, e.g. `customer`.
        customer_id: The customer it is about.
        customer_name: The customer's name as it is now; the line keeps it.
        changes: What changed; never a password, token or other secret (R1).
        partner_id: Whose log; the caller's own when left out.
        status: How it ended.
    """
    principal = call.principal
    values = {
        "id": uuid7(),
        "cloud": principal.cloud,
        "partner_id": partner_id or principal.tenant_id,
        "occurred_at": call.now,
        "operation": operation,
        "resource_type": resource_type,
        "status": status,
        "actor": principal.name,
        "actor_id": principal.actor_id,
        "actor_kind": principal.kind,
        "actor_roles": _names(principal.standing.roles),
        "actor_mfa": principal.mfa,
        "customer_id": customer_id,
        "customer_name": customer_name,
        "customer_name_key": fold(customer_name) if customer_name is not None else None,
        "correlation_id": call.correlation_id,
        "changes": list(changes),
    }
    await call.append(ActivityRecord, values)


@cache
def _names(roles: frozenset[Role]) -> tuple[str, ...]:
    return tuple(sorted(role.value for role in roles))


async def record_denial(call: Call) -> None:
    """Writes the line of a mutation that was denied: who and when, no values (settled: audit rows)."""
    await record(call, "access_denied", "customer", status=ActivityStatus.FAILED)
