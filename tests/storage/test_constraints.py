"""What the rules refuse, the database refuses too, whoever writes to it (issue 2, B)."""

from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from clientela.database import make_engine
from clientela.demo.organisations import organisation
from tests.worlds import World

SKI = "alpineskihouse.onmicrosoft.com"
OF_SKI = f"(select id from customer where domain = '{SKI}')"


@pytest_asyncio.fixture(scope="module")
async def database(world: World) -> AsyncIterator[AsyncEngine]:
    """The demo world; nothing written here stays."""
    async with world.copy() as settings:
        engine = make_engine(settings)
        yield engine
        await engine.dispose()


class Refused(Exception):  # noqa: N818 - what the test wants
    """Carries the database's words."""


async def write(database: AsyncEngine, statement: str) -> int:
    """Runs a statement and rolls it back; says how many rows it would have changed."""
    async with database.connect() as connection:
        try:
            return (await connection.execute(text(statement))).rowcount
        except (IntegrityError, DBAPIError) as error:
            raise Refused(str(error.orig)) from None


def copy_of(table: str, where: str, **changed: str) -> str:
    """A statement that adds a copy of a row with some columns changed."""
    columns = {
        "customer": "cloud id company_name domain country organization_registration_number account_verification "
        "created_at",
        "customer_domain": "name cloud customer_id is_initial",
        "customer_user": "cloud customer_id id sign_in_name display_name is_global_admin is_enabled password_hash "
        "must_change_password created_at",
        "relationship": "cloud partner_id customer_id id relationship_to_partner role status origin delegated_admin "
        "via_provider_id associated_reseller_id since ended_at end_reason list_name list_name_key customer_country "
        "customer_created_at",
        "billing_profile": "cloud partner_id customer_id id company_name email culture language address_line1 "
        "address_country address_first_name address_last_name etag updated_at",
        "agreement": "id cloud customer_id partner_id type method template_id agreed_on contact_first_name "
        "contact_last_name contact_email contact_key recorded_by created_at",
        "partnership": "id cloud provider_id reseller_id status provider_name_key reseller_name_key requested_at "
        "requested_by accepted_at ended_at",
        "relationship_request": "cloud inviter_id id kind status provider_id includes_delegated_admin target_email "
        "open_key created_at created_by created_by_id sent_at expires_at customer_id",
        "activity_record": "id cloud partner_id occurred_at operation resource_type status actor actor_id actor_kind "
        "actor_roles actor_mfa correlation_id changes",
        "product_subscription": "cloud partner_id customer_id id offer_id quantity status reseller_id parent_id etag "
        "created_at status_changed_at",
        "role_assignment": "cloud partner_id user_id role",
        "partner": "cloud id name kinds program_status country domain is_sandbox partner_agreement_signed created_at",
    }[table].split()
    values = ", ".join(changed.get(column, column) for column in columns)
    return f"insert into {table} ({', '.join(columns)}) select {values} from {table} where {where} limit 1"


def new_id(database: AsyncEngine, value: UUID | None = None) -> str:
    key = value or uuid4()
    return f"'{key.hex}'" if database.dialect.name == "sqlite" else f"'{key}'::uuid"


def of(database: AsyncEngine, name: str) -> str:
    return new_id(database, organisation(name).id)


async def test_a_domain_is_unique_in_the_whole_system(database: AsyncEngine):
    """customers.md 1.5."""
    whose = f"name = '{SKI}'"
    other = "(select id from customer where domain <> name and country = 'IT' limit 1)"
    with pytest.raises(Refused, match=r"pk_customer_domain|customer_domain.name"):
        await write(database, copy_of("customer_domain", whose, customer_id=other, is_initial="false"))
    with pytest.raises(Refused, match=r"uq_customer_domain|customer.domain"):
        await write(database, copy_of("customer", f"domain = '{SKI}'", id=new_id(database)))


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("customer_domain", "name", "'AlpineSkiHouse.onmicrosoft.com'"),
        ("customer", "domain", "'ALPINESKIHOUSE.onmicrosoft.com'"),
        ("customer_user", "sign_in_name", "'Admin@alpineskihouse.onmicrosoft.com'"),
        ("partner_user", "sign_in_name", "'Sales-Agent@litware.onmicrosoft.com'"),
    ],
)
async def test_upper_case_cannot_be_stored_so_ignoring_case_is_unique(
    database: AsyncEngine, table: str, column: str, value: str
):
    with pytest.raises(Refused, match="_folded"):
        await write(database, f"update {table} set {column} = {value} where {column} = lower({value})")
    assert await write(database, f"update {table} set {column} = {column} where {column} = lower({value})") == 1


async def test_a_partner_and_a_customer_have_one_relationship(database: AsyncEngine):
    where = f"customer_id = {OF_SKI}"
    with pytest.raises(Refused, match=r"pk_relationship|relationship.partner_id"):
        await write(database, copy_of("relationship", where, id=new_id(database)))
    ended = {"status": "'ended'", "ended_at": "since", "delegated_admin": "false"}
    with pytest.raises(Refused, match=r"pk_relationship|relationship.partner_id"):
        await write(database, copy_of("relationship", where, id=new_id(database), **ended))
    assert (
        await write(database, copy_of("relationship", where, id=new_id(database), partner_id=of(database, "contoso")))
        == 1
    )


async def test_one_billing_profile_a_partner_and_customer(database: AsyncEngine):
    """customers.md 1.3."""
    with pytest.raises(Refused, match=r"pk_billing_profile|billing_profile.partner_id"):
        await write(database, copy_of("billing_profile", f"customer_id = {OF_SKI}", id=new_id(database)))


FOREIGN = {
    "a relationship of no partner": ("relationship", {"partner_id": "?"}),
    "a relationship with no customer": ("relationship", {"customer_id": "?"}),
    "a relationship through no provider": ("relationship", {"partner_id": "contoso", "via_provider_id": "?"}),
    "a relationship for no reseller": ("relationship", {"partner_id": "contoso", "associated_reseller_id": "?"}),
    "a domain of no customer": ("customer_domain", {"name": "'free.onmicrosoft.com'", "customer_id": "?"}),
    "a billing profile without a relationship": ("billing_profile", {"partner_id": "contoso"}),
    "an agreement of no customer": ("agreement", {"customer_id": "?"}),
    "a line in the log of no partner": ("activity_record", {"partner_id": "?"}),
    "a role of no user": ("role_assignment", {"user_id": "?"}),
    "a relationship across clouds": ("relationship", {"cloud": "'us_gov'"}),
    "a relationship with another cloud's partner": ("relationship", {"partner_id": "woodgrove"}),
    "a billing profile in another cloud": ("billing_profile", {"cloud": "'us_gov'"}),
    "an agreement in another cloud": ("agreement", {"cloud": "'us_gov'", "partner_id": "woodgrove"}),
    "a partnership across clouds": ("partnership", {"reseller_id": "woodgrove"}),
    "a request of another cloud's partner": ("relationship_request", {"inviter_id": "woodgrove"}),
}


@pytest.mark.parametrize(("table", "changed"), FOREIGN.values(), ids=FOREIGN.keys())
async def test_what_refers_to_nothing_is_refused(database: AsyncEngine, table: str, changed: dict[str, str]):
    """On SQLite too, which does not look unless told; cloud and id together make a tenant (permissions.md 5.2)."""
    known = {"?": new_id(database), "contoso": of(database, "contoso"), "woodgrove": of(database, "woodgrove")}
    values = {column: known.get(value, value) for column, value in changed.items()}
    identity = {} if table in ("customer_domain", "role_assignment") else {"id": new_id(database)}
    with pytest.raises(Refused, match=r"foreign key|FOREIGN KEY"):
        await write(database, copy_of(table, "cloud = 'global'", **{**identity, **values}))


RULES = {
    "ended without a time": ("relationship", "status = 'ended', delegated_admin = false", "ended_at"),
    "a time without an end": ("relationship", "ended_at = since", "ended_at"),
    "I4: admin privileges left behind": (
        "relationship",
        "status = 'ended', ended_at = since, delegated_admin = true, role = 'transacting'",
        "no_privileges_left",
    ),
    "a partner that is its own customer": ("relationship", "partner_id = customer_id", "not_itself"),
    "an unknown status": ("relationship", "status = 'paused', delegated_admin = false", "status"),
    "an unknown role of a relationship": ("relationship", "role = 'owner'", "role"),
    "an unknown origin": ("relationship", "origin = 'imported'", "origin"),
    "an upper-case enum": ("relationship", "status = 'ACTIVE', delegated_admin = false", "status"),
    "an unknown verification": ("customer", "account_verification = 'maybe'", "account_verification"),
    "a country of three letters": ("customer", "country = 'ITA'", "country"),
    "an unknown program status": ("partner", "program_status = 'retired'", "program_status"),
    "an unknown cloud": ("activity_record", "cloud = 'mars'", "cloud"),
    "an unknown kind of actor": ("activity_record", "actor_kind = 'robot'", "actor_kind"),
    "an unknown status of a line": ("activity_record", "status = 'maybe'", "status"),
    "an unknown role of a user": ("role_assignment", "role = 'owner'", "role"),
    "an attestation by nobody": ("agreement", "partner_id = null", "attested_by"),
    "a direct acceptance by a partner": ("agreement", "method = 'direct_acceptance'", "attested_by"),
    "an unknown agreement": ("agreement", "type = 'handshake'", "type"),
    "a partnership with oneself": ("partnership", "reseller_id = provider_id", "two_partners"),
    "a request with a provider that its kind has not": ("relationship_request", "provider_id = inviter_id", "provider"),
    "a request that was sent at no time": ("relationship_request", "status = 'sent', sent_at = null", "sent_at"),
    "an acceptance by nobody": (
        "relationship_request",
        "status = 'accepted', customer_id = null, open_key = null",
        "d",
    ),
    "a request that is over and holds its place": (
        "relationship_request",
        "status = 'cancelled', open_key = 'x'",
        "open_key",
    ),
    "an unknown status of a partnership": (
        "partnership",
        "status = 'loose', reseller_id = null, accepted_at = null",
        "status",
    ),
    "a partnership with nobody": ("partnership", "reseller_id = null, accepted_at = null", "reseller_when_accepted"),
    "an open invitation that was accepted": ("partnership", "status = 'requested'", "reseller_when_accepted"),
    "a partnership that holds the place of an open one": ("partnership", "open_key = 'x'", "open_key"),
}


@pytest.mark.parametrize(("table", "values", "constraint"), RULES.values(), ids=RULES.keys())
async def test_what_breaks_a_rule_is_refused(database: AsyncEngine, table: str, values: str, constraint: str):
    with pytest.raises(Refused, match=f"ck_{table}_{constraint}"):
        await write(database, f"update {table} set {values} where cloud = 'global'")


async def test_a_relationship_can_end(database: AsyncEngine):
    ending = "update relationship set status = 'ended', ended_at = since, delegated_admin = false"
    assert await write(database, f"{ending} where customer_id = {OF_SKI}") == 1


async def test_a_pair_has_one_live_partnership_and_any_history(database: AsyncEngine):
    """relationships.md R3.5."""
    with pytest.raises(Refused, match=r"uq_partnership_live_pair|partnership.provider_id"):
        await write(database, copy_of("partnership", "status = 'active'", id=new_id(database)))
    ended = copy_of("partnership", "status = 'active'", id=new_id(database), status="'ended'")
    assert await write(database, ended) == 1


async def test_the_same_contact_is_attested_once(database: AsyncEngine):
    """customers.md: 600061."""
    with pytest.raises(Refused, match=r"uq_agreement_attestation|agreement.contact_key"):
        await write(database, copy_of("agreement", "cloud = 'global'", id=new_id(database)))
    other = copy_of("agreement", "cloud = 'global'", id=new_id(database), contact_key="'somebody else'")
    assert await write(database, other) == 1


async def test_a_customer_has_one_initial_domain(database: AsyncEngine):
    with pytest.raises(Refused, match=r"uq_customer_domain_initial|customer_domain.cloud"):
        await write(database, copy_of("customer_domain", f"name = '{SKI}'", name="'second.onmicrosoft.com'"))


async def test_a_partner_that_serves_customers_cannot_be_deleted(database: AsyncEngine):
    with pytest.raises(Refused, match=r"foreign key|FOREIGN KEY"):
        await write(database, "delete from partner where program_status = 'active'")


async def test_the_log_outlives_its_customer(database: AsyncEngine):
    """permissions.md 6.1: lines are never altered."""
    async with database.connect() as connection:
        lines = text("select count(*) from activity_record")
        before = (await connection.execute(lines)).scalar_one()
        gone = await connection.execute(text(f"delete from customer where domain = '{SKI}'"))
        assert (gone.rowcount, (await connection.execute(lines)).scalar_one()) == (1, before)
        for table in ("relationship", "relationship_domain", "billing_profile", "customer_domain", "customer_user"):
            orphans = f"select count(*) from {table} where customer_id not in (select id from customer)"
            assert (await connection.execute(text(orphans))).scalar_one() == 0, table


SOLD = "product_subscription"


async def test_an_add_on_and_its_base_are_of_one_partner_and_customer(database: AsyncEngine):
    """customers.md 6.1; the key of a parent holds both."""
    foreign = (
        f"(select p.id from {SOLD} p where p.customer_id <> {SOLD}.customer_id and p.cloud = {SOLD}.cloud limit 1)"
    )
    with pytest.raises(Refused, match=r"fk_product_subscription_parent|FOREIGN KEY"):
        await write(database, copy_of(SOLD, "cloud = 'global'", id=new_id(database), parent_id=foreign))
    own = copy_of(SOLD, "cloud = 'global'", id=new_id(database), parent_id="id")
    assert await write(database, own) == 1


async def test_a_provider_is_never_its_own_reseller_of_record(database: AsyncEngine):
    """customers.md 6.2 (2072)."""
    with pytest.raises(Refused, match="ck_product_subscription_reseller"):
        await write(database, copy_of(SOLD, "cloud = 'global'", id=new_id(database), reseller_id="partner_id"))


async def test_nothing_is_sold_without_a_relationship_or_from_another_clouds_catalogue(database: AsyncEngine):
    """permissions.md 5.2: nothing crosses; R1.15: a subscription has one owning partner that serves the customer."""
    stranger = of(database, "northwind")
    with pytest.raises(Refused, match=r"fk_product_subscription_relationship|FOREIGN KEY"):
        await write(database, copy_of(SOLD, "cloud = 'global'", id=new_id(database), partner_id=stranger))
    abroad = "(select id from offer where cloud = 'china' limit 1)"
    with pytest.raises(Refused, match=r"fk_product_subscription_cloud_offer_id_offer|FOREIGN KEY"):
        await write(database, copy_of(SOLD, "cloud = 'global'", id=new_id(database), offer_id=abroad))


async def test_a_purchase_is_of_something(database: AsyncEngine):
    with pytest.raises(Refused, match="ck_product_subscription_quantity"):
        await write(database, copy_of(SOLD, "cloud = 'global'", id=new_id(database), quantity="0"))
