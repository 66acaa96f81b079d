"""Customers by the dozen, put behind the API's back: hashing a password for each would take a while."""

from dataclasses import replace
from datetime import timedelta
from random import Random

from clientela.clock import utc_now
from clientela.demo.batches import Batch, write
from clientela.demo.companies import make_companies
from clientela.demo.customers import Terms, add_relationship, add_tenant, make_tenant
from clientela.demo.history import add_attestation, add_creation
from clientela.demo.organisations import organisation
from models.relationship import RelationshipRole
from policy.vocabulary import Role
from tests.api.customers import prefix
from tests.clients import Api


async def fill_up(api: Api, name: str, customers: int, reseller: str | None = None) -> None:
    """Gives a partner customers of last week, each with a line in the log, an agreement and a second domain.

    Args:
        api: Whose database.
        name: The partner, e.g. `fabrikam`.
        customers: How many.
        reseller: For whom a provider created them, e.g. `tailspin`.
    """
    partner, rng, batch = organisation(name), Random(1), Batch()
    beside = organisation(reseller).id if reseller else None
    actor = partner.person(Role.SALES_AGENT)
    for company, number in zip(make_companies(["US"], rng), range(customers), strict=False):
        own = prefix()
        at = utc_now() - timedelta(days=7) + timedelta(minutes=number)
        tenant = make_tenant(partner.cloud, replace(company, prefix=own, custom_domain=f"{own}.example"), at, rng)
        profile = company.profile
        add_tenant(batch, tenant, rng)
        add_relationship(batch, tenant, partner.id, profile, terms=Terms(at, associated_reseller_id=beside), rng=rng)
        add_creation(batch, tenant, partner.id, actor, rng)
        add_attestation(batch, tenant, actor, rng)
        if beside:
            managing = Terms(at, role=RelationshipRole.MANAGING, via_provider_id=partner.id)
            add_relationship(batch, tenant, beside, profile, terms=managing, rng=rng)
    async with api.database.execution_options(writes=True).begin() as connection:
        await write(connection, batch)
