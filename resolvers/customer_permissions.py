"""Whether a permission can be used on one customer, its condition evaluated as far as the customer decides it."""

from policy.decisions import decide
from policy.principal import Principal
from policy.vocabulary import Permission
from resolvers.customers import CustomerRow

NEEDS_DELEGATED_ADMIN = frozenset({"C2", "C3"})


def may_on_customer(principal: Principal, permission: Permission, customer: CustomerRow) -> bool:
    """Whether the principal may use the permission on the customer now.

    C2 and C3 need delegated admin privileges. What the other conditions ask of a request, a ticket, a deal or a
    user is theirs to decide when it comes; C4 is decided with the permission itself.

    Args:
        principal: Who asks.
        permission: What it would do.
        customer: A customer that it sees.
    """
    decision = decide(principal.standing, permission)
    if not decision.granted:
        return False
    if permission is Permission.CUSTOMER_SANDBOX_DELETE and not principal.is_sandbox:
        return False
    return decision.condition not in NEEDS_DELEGATED_ADMIN or bool(customer.delegated_admin)
