"""Faults of an input, as payloads show them."""

from typing import TypeVar

import strawberry

from resolvers.faults import Fault, FaultCode
from resolvers.outcome import Outcome
from schema import access
from schema.access import PUBLIC
from schema.context import Info

DoneT = TypeVar("DoneT")
USER_ERRORS = "Every fault of the input at once; empty where it was done."


@strawberry.type(
    description=(
        "A fault of the input or of the state of the data, addressed to the person who filled in the form. "
        "Denials and server faults are top-level errors instead."
    )
)
class UserError:
    """A fault."""

    code: FaultCode = access.field(PUBLIC, "What is wrong, for programs.")
    message: str = access.field(PUBLIC, "One sentence that a person can act on.")
    field: list[str] | None = access.field(
        PUBLIC,
        'Path of the input field, e.g. `["input", "billingProfile", "address", "postalCode"]`. '
        "Null where no single field is at fault.",
    )
    vendor_code: int | None = access.field(
        PUBLIC, "The number that the vendor's documentation gives this fault, where it has one."
    )
    related_ids: list[strawberry.ID] = access.field(
        PUBLIC, "Objects that stand in the way, e.g. the subscriptions that are still active."
    )


def finish(info: Info, outcome: Outcome[DoneT], *, dry_run: bool = False) -> tuple[DoneT | None, list[Fault]]:
    """What a payload shows of a command, and whether its unit of work stays.

    Args:
        info: The operation; nothing of its unit is kept where there are faults or it was a rehearsal.
        outcome: What the command answered.
        dry_run: Whether the caller only wanted to see the outcome.

    Returns:
        What was done, None where there are faults; and the faults.
    """
    info.context.unit.keep = not outcome.faults and not dry_run
    return outcome.done, list(outcome.faults)
