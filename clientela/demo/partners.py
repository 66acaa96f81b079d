"""A partner of the demo world as rows, with its people."""

from datetime import datetime

from clientela.demo.batches import Batch
from clientela.demo.organisations import Organisation, Person
from models import Partner, PartnerApp, PartnerUser, RoleAssignment
from policy.vocabulary import ProgramStatus


def add_partner(batch: Batch, organisation: Organisation, created_at: datetime) -> None:
    """Adds an active partner with everybody who can sign in there.

    Args:
        batch: Takes the rows.
        organisation: The partner.
        created_at: When it joined.
    """
    batch.add(
        Partner,
        cloud=organisation.cloud,
        id=organisation.id,
        name=organisation.display_name,
        kinds=[organisation.kind.value],
        program_status=ProgramStatus.ACTIVE,
        country=organisation.country,
        domain=organisation.domain,
        mpn_id=organisation.mpn_id,
        is_sandbox=organisation.is_sandbox,
        partner_agreement_signed=True,
        created_at=created_at,
    )
    for person in organisation.people:
        if person.is_app:
            _add_app(batch, person, created_at)
        else:
            _add_user(batch, person, created_at)


def _add_app(batch: Batch, app: Person, created_at: datetime) -> None:
    batch.add(
        PartnerApp,
        cloud=app.cloud,
        partner_id=app.tenant_id,
        id=app.id,
        name=app.title,
        is_enabled=True,
        created_at=created_at,
    )


def _add_user(batch: Batch, person: Person, created_at: datetime) -> None:
    batch.add(
        PartnerUser,
        cloud=person.cloud,
        partner_id=person.tenant_id,
        id=person.id,
        sign_in_name=person.sign_in_name,
        display_name=person.title,
        is_enabled=True,
        created_at=created_at,
    )
    for role in person.roles:
        batch.add(RoleAssignment, cloud=person.cloud, partner_id=person.tenant_id, user_id=person.id, role=role)
