"""Words for what the schema and the commands raise."""

from execution.errors import OCCURRENCES, Wording
from policy.decisions import VENDOR_CODES, Denied
from policy.vocabulary import DenialCode
from resolvers.refusals import Refusal


def translate(error: Exception, *, on_field: bool) -> Wording | None:
    """An exception as a client gets it; None for one that is a fault of ours.

    Args:
        error: What a guard, a resolver or a command raised.
        on_field: Whether it hit a field of an object, not a root field: a missing permission is FIELD_FORBIDDEN there.
    """
    if isinstance(error, Refusal):
        return Wording(str(error), {"code": error.code})
    if not isinstance(error, Denied):
        return None
    decision = error.decision
    code = decision.code or DenialCode.FORBIDDEN
    if code is DenialCode.FORBIDDEN and on_field:
        code = DenialCode.FIELD_FORBIDDEN
    extensions = {
        "code": code.name,
        "roles": [role.name for role in decision.granted_by],
        OCCURRENCES: 1,
    }
    if decision.permission is not None:
        extensions["permission"] = decision.permission.name
    if code in VENDOR_CODES:
        extensions["vendorCode"] = VENDOR_CODES[code]
    return Wording(decision.message, extensions)
