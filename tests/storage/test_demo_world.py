"""The demo world: complete, by the rules, and made once."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import phonenumbers
import pytest
import sqlalchemy as sa
from sqlalchemy import Engine, create_engine
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import Session, col, select

from clientela.database import make_engine
from clientela.demo.organisations import ORGANISATIONS, all_people, find_person, organisation
from clientela.demo.world import fill_demo_world
from clientela.migration import migrate
from clientela.settings import Settings
from models import (
    ActivityRecord,
    Agreement,
    BillingProfile,
    Customer,
    CustomerDomain,
    CustomerUser,
    Partner,
    PartnerApp,
    Partnership,
    PartnerUser,
    Relationship,
    RelationshipDomain,
    RelationshipRequest,
    RoleAssignment,
    metadata,
)
from models.partnership import PartnershipStatus
from models.relationship import RelationshipRole, RelationshipStatus, RelationshipToPartner
from models.relationship_request import RelationshipRequestKind, RelationshipRequestStatus
from policy.vocabulary import Cloud, PartnerKind, ProgramStatus, Role
from resolvers.countries.domains import check_domain
from resolvers.countries.profiles import check_billing_profile
from resolvers.countries.registration import check_registration_number
from resolvers.countries.rules import region_of
from resolvers.expiry import partnership_expiry, request_expiry
from resolvers.forms import AddressForm, BillingProfileForm
from resolvers.naming import fold

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
EUROPE = {
    *("IT", "DE", "FR", "ES", "NL", "BE", "AT", "PT", "IE", "SE", "NO"),
    *("DK", "FI", "PL", "CZ", "HU", "RO", "BG", "GR", "CH", "GB"),
}


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    folder = tmp_path_factory.mktemp("world")

    async def fill() -> None:
        engine = make_engine(Settings(data_dir=folder))
        await migrate(engine)
        assert await fill_demo_world(engine, NOW)
        await engine.dispose()

    asyncio.run(fill())
    reading = create_engine(f"sqlite:///{folder / 'clientela.sqlite3'}")
    yield reading
    reading.dispose()


@pytest.fixture
def session(filled: Engine) -> Iterator[Session]:
    with Session(filled) as session:
        yield session


def relationships(session: Session, partner: str) -> list[Relationship]:
    of_partner = col(Relationship.partner_id) == organisation(partner).id
    return list(session.exec(select(Relationship).where(of_partner)))


def form_of(row: BillingProfile) -> BillingProfileForm:
    address = AddressForm(
        **{
            field: getattr(row, f"address_{field}")
            for field in AddressForm.__dataclass_fields__
            if field[:7] != "address"
        },
        address_line1=row.address_line1,
        address_line2=row.address_line2,
    )
    own = {field: getattr(row, field) for field in BillingProfileForm.__dataclass_fields__ if field != "address"}
    return BillingProfileForm(**own, address=address)


def test_partners_are_active_in_their_cloud(session: Session) -> None:
    rows = {(row.cloud, row.id): row for row in session.exec(select(Partner))}
    assert len(rows) == len(ORGANISATIONS) == 11
    for entry in ORGANISATIONS:
        row = rows[entry.cloud, entry.id]
        assert row.program_status is ProgramStatus.ACTIVE
        assert row.kinds == [entry.kind.value]
        assert (row.mpn_id or "").isdigit()
        assert row.is_sandbox == (entry.name == "proseware")
    clouds = {entry.name: entry.cloud for entry in ORGANISATIONS if entry.cloud is not Cloud.GLOBAL}
    assert clouds == {
        "woodgrove": Cloud.US_GOV,
        "lamna": Cloud.US_GOV,
        "tailwind": Cloud.GERMANY,
        "relecloud": Cloud.CHINA,
    }
    assert organisation("fabrikam").kind is PartnerKind.INDIRECT_PROVIDER
    assert organisation("tailspin").kind is organisation("northwind").kind is PartnerKind.INDIRECT_RESELLER


def test_every_person_is_a_user_with_exactly_its_roles(session: Session) -> None:
    users = {row.id: row for row in session.exec(select(PartnerUser))}
    roles = Counter((row.user_id, row.role) for row in session.exec(select(RoleAssignment)))
    people = [person for person in all_people() if not person.is_app]
    assert users.keys() == {person.id for person in people}
    assert roles == Counter((person.id, role) for person in people for role in person.roles)
    for person in people:
        assert users[person.id].sign_in_name == person.sign_in_name
        assert (users[person.id].cloud, users[person.id].partner_id) == (person.cloud, person.tenant_id)
    (app,) = session.exec(select(PartnerApp))
    assert find_person("app@contoso") in all_people()
    assert app.id == getattr(find_person("app@contoso"), "id", None)


def test_people_go_by_role_and_organisation() -> None:
    assert [person.name for person in all_people()][:2] == ["global-admin@litware", "admin-agent@litware"]
    for name in ("litware", "contoso"):
        held = {role for person in organisation(name).people if len(person.roles) == 1 for role in person.roles}
        assert held == set(Role)
    for entry in ORGANISATIONS:
        for role in ("global-admin", "admin-agent", "sales-agent", "helpdesk-agent"):
            person = find_person(f"{role}@{entry.name}")
            assert person is not None
            assert person.tenant_id == entry.id
    sales = find_person("sales-agent@litware")
    assert sales is not None
    assert (sales.title, sales.sign_in_name) == ("Sales agent", "sales-agent@litware.onmicrosoft.com")
    no_mfa = find_person("no-mfa@contoso")
    assert no_mfa is not None
    assert (no_mfa.roles, no_mfa.mfa) == ((Role.GLOBAL_ADMIN, Role.ADMIN_AGENT), False)
    assert find_person("sales-agent@seed-007") is not None
    assert find_person("billing-admin@adatum") is None
    assert find_person("sales-agent@nowhere") is None
    assert find_person("sales-agent") is None


def test_ids_never_change() -> None:
    assert str(organisation("litware").id) == "1368c8c7-23f0-5ee7-9883-76c411c1eebf"
    assert str(find_person("sales-agent@litware").id) == "1c59b036-39cb-548a-aa80-1a51ee6559dc"
    assert str(organisation("woodgrove").id) == "b577dd50-6c4f-5da6-ab64-e47cc47f5863"


def test_customers_are_where_they_belong(session: Session) -> None:
    counts = {entry.name: len(relationships(session, entry.name)) for entry in ORGANISATIONS}
    assert counts.pop("contoso") >= 1200
    assert counts.pop("litware") >= 1200
    small = {"adatum": 12, "fabrikam": 20, "tailspin": 8, "northwind": 0, "proseware": 5}
    assert counts == small | dict.fromkeys(("woodgrove", "lamna", "tailwind", "relecloud"), 10)
    assert {row.customer_country for row in relationships(session, "litware")} == EUROPE
    assert {region_of(country) for country in EUROPE} == {region_of("IT")}
    states = session.exec(
        select(BillingProfile.address_state).where(col(BillingProfile.partner_id) == organisation("contoso").id)
    )
    assert len(set(states)) > 40


def test_contoso_and_adatum_share_a_customer(session: Session) -> None:
    by_customer = {row.customer_id: row for row in relationships(session, "contoso")}
    shared = [row for row in relationships(session, "adatum") if row.customer_id in by_customer]
    assert len(shared) == 1
    assert shared[0].list_name != by_customer[shared[0].customer_id].list_name
    profiles = session.exec(select(BillingProfile).where(col(BillingProfile.customer_id) == shared[0].customer_id))
    assert {row.company_name for row in profiles} == {"Adventure Works", "Adventure Works Cycles"}


def test_tailspin_manages_what_fabrikam_created_for_it(session: Session) -> None:
    provider, reseller = organisation("fabrikam").id, organisation("tailspin").id
    created = {row.customer_id for row in relationships(session, "fabrikam") if row.associated_reseller_id == reseller}
    managed = relationships(session, "tailspin")
    assert {row.customer_id for row in managed} == created
    assert {(row.via_provider_id, row.role) for row in managed} == {(provider, RelationshipRole.MANAGING)}
    (live,) = session.exec(select(Partnership).where(col(Partnership.status) == PartnershipStatus.ACTIVE))
    assert (live.provider_id, live.reseller_id, live.ended_at) == (provider, reseller, None)


def test_invitations_stand_in_every_state(session: Session) -> None:
    requests = session.exec(select(RelationshipRequest)).all()
    stored = {row.status for row in requests}
    assert stored == set(RelationshipRequestStatus) - {RelationshipRequestStatus.EXPIRED}
    assert {row.kind for row in requests} == set(RelationshipRequestKind)
    overdue = [row for row in requests if request_expiry.is_overdue(row, NOW)]
    assert len(overdue) == 1
    assert any(partnership_expiry.is_overdue(row, NOW) for row in session.exec(select(Partnership)))
    held = [row.open_key for row in requests if row.open_key]
    assert len(held) == len(set(held)) == 4
    ended = session.exec(select(Relationship).where(col(Relationship.status) == RelationshipStatus.ENDED)).all()
    assert [(row.delegated_admin, row.relationship_to_partner) for row in ended] == [
        (False, RelationshipToPartner.NONE)
    ]


def test_every_customer_passes_the_rules(session: Session) -> None:
    for row in session.exec(select(BillingProfile)):
        form = form_of(row)
        assert check_billing_profile(form, ("billingProfile",)) == (form, [])
        assert form.address.phone_number is not None
        parsed = phonenumbers.parse(form.address.phone_number, form.address.country)
        assert phonenumbers.is_valid_number(parsed), form
    for customer in session.exec(select(Customer)):
        number = customer.organization_registration_number
        assert check_registration_number(number, customer.country, ("number",)) == (number, [])
        assert check_domain(customer.domain, customer.cloud, False, ("domain",)) == (customer.domain, [])
        assert customer.id.version == 7
        assert customer.id.int >> 80 == int(customer.created_at.timestamp() * 1000)


def test_many_at_litware_have_a_registration_number(session: Session) -> None:
    ids = {row.customer_id for row in relationships(session, "litware")}
    numbered = [row for row in session.exec(select(Customer)) if row.organization_registration_number]
    assert len([row for row in numbered if row.id in ids]) > 600
    assert {row.country for row in numbered} == EUROPE
    ski = session.exec(select(Customer).where(col(Customer.domain) == "alpineskihouse.onmicrosoft.com")).one()
    assert ski.company_name == "Alpine Ski House S.r.l."
    assert ski.organization_registration_number == "64262120997"


def test_every_customer_is_whole(session: Session) -> None:
    customers = {row.id: row for row in session.exec(select(Customer))}
    assert max(row.created_at for row in customers.values()) <= NOW
    assert min(row.created_at for row in customers.values()) > NOW - timedelta(days=3 * 366)
    users = Counter((row.customer_id, row.is_global_admin) for row in session.exec(select(CustomerUser)))
    assert users == Counter((customer, admin) for customer in customers for admin in (True, False))
    domains = session.exec(select(CustomerDomain)).all()
    assert {row.name for row in domains if row.is_initial} == {row.domain for row in customers.values()}
    assert 0.05 < len([row for row in domains if not row.is_initial]) / len(customers) < 0.2
    names = {row.name: row.customer_id for row in domains}
    filed = Counter((row.partner_id, row.name) for row in session.exec(select(RelationshipDomain)))
    served = session.exec(select(Relationship)).all()
    per_customer = Counter(names.values())
    assert sum(filed.values()) == sum(per_customer[row.customer_id] for row in served)
    profiles = {(row.partner_id, row.customer_id): row for row in session.exec(select(BillingProfile))}
    assert profiles.keys() == {(row.partner_id, row.customer_id) for row in served}
    for row in served:
        assert row.list_name == profiles[row.partner_id, row.customer_id].company_name
        assert row.list_name_key == fold(row.list_name)
        assert row.customer_created_at == customers[row.customer_id].created_at


def test_the_log_has_something_to_show(session: Session) -> None:
    records = session.exec(select(ActivityRecord)).all()
    added = Counter(row.customer_id for row in records if row.operation == "add_customer")
    assert added.keys() == set(session.exec(select(Customer.id)))
    changed = [row for row in records if row.operation == "update_customer_billing_profile"]
    lately = [row for row in changed if NOW - timedelta(days=30) <= row.occurred_at <= NOW]
    assert len([row for row in lately if row.partner_id == organisation("litware").id]) > 100
    assert all(change["old"] != change["new"] for row in changed for change in row.changes)
    actors = {person.sign_in_name: person for person in all_people()}
    for row in records:
        actor = actors[row.actor]
        assert (row.actor_id, row.actor_roles) == (actor.id, [role.value for role in actor.roles])


def test_attestations_exist_in_the_global_cloud_only(session: Session) -> None:
    clouds = Counter(session.exec(select(Agreement.cloud)))
    assert clouds.keys() == {Cloud.GLOBAL}
    assert 1200 < clouds[Cloud.GLOBAL] < len(session.exec(select(Customer.id)).all())


async def count_rows(engine: AsyncEngine) -> dict[str, int]:
    async with engine.connect() as connection:
        return {
            table.name: (await connection.execute(sa.select(sa.func.count()).select_from(table))).scalar_one()
            for table in metadata.sorted_tables
        }


async def test_it_is_the_same_on_both_databases_and_filled_once(filled: Engine, engine: AsyncEngine) -> None:
    assert await fill_demo_world(engine, NOW)
    first = await count_rows(engine)
    assert not await fill_demo_world(engine, NOW + timedelta(days=1))
    with filled.connect() as connection:
        expected = {
            table.name: connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
            for table in metadata.sorted_tables
        }
    assert first == await count_rows(engine) == expected
    assert expected["customer"] > 2400
