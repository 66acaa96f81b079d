"""Whether a domain can still be had. Informative: creating a customer decides it anew (customers.md 1.5)."""

from typing import NamedTuple

from sqlalchemy import select
from sqlmodel import col

from models import CustomerDomain
from policy.principal import Principal
from resolvers.call import Transaction
from resolvers.countries.domains import check_domain, suggest_domains


class DomainAvailability(NamedTuple):
    """The answer for one domain; suggestions only where it cannot be had."""

    domain: str
    available: bool
    reason: str | None
    suggestions: list[str]


async def domain_availability(reads: Transaction, principal: Principal, text: str) -> DomainAvailability:
    """Whether a customer could be created with the domain, as far as the domain goes.

    Args:
        reads: Where to look.
        principal: Who asks; decides the cloud's suffix.
        text: Prefix or whole domain.
    """
    domain, faults = check_domain(text, principal.cloud.value, principal.is_sandbox, ("domain",))
    candidates = suggest_domains(text, principal.cloud.value)
    taken = await _taken(reads, [domain, *candidates])
    if not faults and domain not in taken:
        return DomainAvailability(domain, available=True, reason=None, suggestions=[])
    reason = faults[0].message if faults else f"The domain {domain} is taken."
    free = [candidate for candidate in candidates if candidate not in taken]
    return DomainAvailability(domain, available=False, reason=reason, suggestions=free)


async def _taken(reads: Transaction, domains: list[str]) -> set[str]:
    asked = [domain for domain in domains if "\0" not in domain]
    found = await reads.execute(select(col(CustomerDomain.name)).where(col(CustomerDomain.name).in_(asked)))
    return set(found.scalars())
