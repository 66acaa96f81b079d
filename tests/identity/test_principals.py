"""From sound claims to a principal: people, applications, scopes, MFA, tenants and clouds."""

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from clientela.demo.organisations import find_person
from tests.clients import Answer
from tests.identity.conftest import GOV_URL, TENANT_PATTERN, Guarded, claims_of, tenant_of

CUSTOMERS = "{ customers(first: 1) { nodes { companyName contact { email } } } }"
MINE = "{ viewer { kind name permissions } }"


def app_claims(guarded: Guarded, **changed: Any) -> dict[str, Any]:
    """Claims of app@contoso, which names its client by `azp` and has neither user nor MFA."""
    own = str(person_id("app@contoso"))
    claims = claims_of("app@contoso", guarded.issuer, oid=None, amr=None, sub=own, azp=own)
    return {**claims, **changed}


def person_id(name: str) -> UUID:
    person = find_person(name)
    assert person is not None
    return person.id


async def viewer(guarded: Guarded, claims: dict[str, Any]) -> dict[str, Any]:
    return (await guarded.bear(guarded.issuer.token(claims), MINE)).ok()["viewer"]


async def test_roles_come_from_the_database_never_from_a_users_token(guarded: Guarded):
    """conventions.md, Identity."""
    claims = claims_of("helpdesk-agent@litware", guarded.issuer, roles=["GLOBAL_ADMIN", "customer:tax:read"])
    held = (await viewer(guarded, claims))["permissions"]
    assert "CUSTOMER_READ" in held
    assert "CUSTOMER_TAX_READ" not in held


async def test_a_user_is_found_by_oid_or_by_sub(guarded: Guarded):
    person = person_id("sales-agent@litware")
    by_subject = claims_of("sales-agent@litware", guarded.issuer, oid=None, sub=str(person))
    by_object = claims_of("sales-agent@litware", guarded.issuer)
    assert await viewer(guarded, by_subject) == await viewer(guarded, by_object)


async def test_an_issuer_that_names_users_by_any_text(guarded: Guarded):
    """The same text of the same issuer is the same user, whatever another issuer calls by it."""
    issuer = guarded.issuer
    known_as = uuid5(NAMESPACE_URL, f"{issuer.url}#auth0|anna")
    async with guarded.api.database.execution_options(writes=True).begin() as connection:
        await connection.exec_driver_sql(
            "insert into partner_user (cloud, partner_id, id, sign_in_name, display_name, is_enabled, created_at) "
            f"values ('global', '{_key(guarded, tenant_of('litware'))}', '{_key(guarded, known_as)}', "
            "'anna@litware.example', 'Anna', true, '2026-01-01')"
        )
    claims = claims_of("sales-agent@litware", issuer, oid=None, sub="auth0|anna")
    assert (await viewer(guarded, claims))["name"] == "anna@litware.example"
    elsewhere = {**claims, "iss": TENANT_PATTERN.replace("{tid}", claims["tid"])}
    assert (await guarded.bear(issuer.token(elsewhere), MINE)).status == 401


async def test_an_application_is_known_by_idtyp_or_by_being_its_own_subject(guarded: Guarded):
    own = str(person_id("app@contoso"))
    by_subject = await viewer(guarded, app_claims(guarded))
    by_type = await viewer(guarded, app_claims(guarded, idtyp="app", sub="pairwise"))
    by_older_claim = await viewer(guarded, {**app_claims(guarded, idtyp="app", appid=own), "azp": None})
    assert by_subject == by_type == by_older_claim
    assert (by_subject["kind"], by_subject["permissions"]) == ("PARTNER_APP", [])


async def test_an_application_holds_what_its_roles_claim_names_and_apps_may(guarded: Guarded):
    """permissions.md 0, step 2: CUSTOMER_PRECHECK's neighbours yes, what needs a person never."""
    claims = app_claims(guarded, roles=["customer:read", "customer:export", "openid", "no:such"])
    answer = await guarded.bear(guarded.issuer.token(claims), CUSTOMERS)
    assert answer.data["customers"]["nodes"][0]["companyName"]
    assert answer.codes == ["FIELD_FORBIDDEN"]
    held = (await viewer(guarded, claims))["permissions"]
    assert "CUSTOMER_READ" in held
    assert set(held) <= {"CUSTOMER_READ", "CUSTOMER_EXPORT"}


async def test_an_application_needs_no_mfa_and_a_user_cannot_pass_for_one(guarded: Guarded):
    """permissions.md 0, step 3."""
    user = str(person_id("no-mfa@contoso"))
    posing = claims_of("no-mfa@contoso", guarded.issuer, amr=["pwd"], idtyp="app", azp=user)
    assert (await guarded.bear(guarded.issuer.token(posing), MINE)).codes == ["UNAUTHENTICATED"]
    assert (await viewer(guarded, app_claims(guarded)))["kind"] == "PARTNER_APP"


async def test_scopes_narrow_a_user_and_never_widen_one(guarded: Guarded):
    everything = (await viewer(guarded, claims_of("sales-agent@litware", guarded.issuer)))["permissions"]
    assert "CUSTOMER_CONTACT_READ" in everything
    claims = claims_of("sales-agent@litware", guarded.issuer, scp="openid customer:read customer_user:write")
    assert (await viewer(guarded, claims))["permissions"] == ["CUSTOMER_READ"]
    answer = await guarded.bear(guarded.issuer.token(claims), CUSTOMERS)
    assert answer.data["customers"]["nodes"][0]["contact"] is None
    assert (answer.codes, answer.errors[0]["extensions"]["permission"]) == (
        ["FIELD_FORBIDDEN"],
        "CUSTOMER_CONTACT_READ",
    )
    assert "scope" in answer.errors[0]["message"]


async def test_scopes_of_other_services_narrow_nothing(guarded: Guarded):
    plain = await viewer(guarded, claims_of("sales-agent@litware", guarded.issuer))
    for claim in ("scp", "scope"):
        assert (
            await viewer(guarded, claims_of("sales-agent@litware", guarded.issuer, **{claim: "openid User.Read"}))
            == plain
        )


async def test_a_user_without_mfa_is_told_so(guarded: Guarded):
    """Settled: a user's token without MFA; RFC 9470."""
    for amr in (None, ["pwd"], "pwd", [], ["pwd", 1]):
        claims = claims_of("global-admin@litware", guarded.issuer, amr=amr)
        answer = await guarded.bear(guarded.issuer.token(claims), MINE)
        assert (answer.status, answer.codes) == (401, ["MFA_REQUIRED"])
        assert 'error="insufficient_user_authentication"' in answer.headers["WWW-Authenticate"]
        assert "data" not in answer.body
    await viewer(guarded, claims_of("global-admin@litware", guarded.issuer, amr="pwd mfa"))


async def until_it_is(guarded: Guarded, token: str, wanted: Callable[[Answer], bool]) -> None:
    """Comes back when the answer is as wanted: within a second of what another connection committed.

    On SQLite that is the next request, on PostgreSQL the one after its notification came.
    """
    async with asyncio.timeout(5):
        while not wanted(await guarded.bear(token, "{ viewer { roles } }")):
            # Lets the server's listener have its turn.
            await guarded.api.rows("select 1")


async def test_a_disabled_user_is_refused_within_a_second(guarded: Guarded):
    token = guarded.issuer.token(claims_of("billing-admin@litware", guarded.issuer))
    (await guarded.bear(token)).ok()
    user = _key(guarded, person_id("billing-admin@litware"))
    for enabled, status in (("false", 401), ("true", 200)):
        async with guarded.api.database.execution_options(writes=True).begin() as connection:
            await connection.exec_driver_sql(f"update partner_user set is_enabled = {enabled} where id = '{user}'")
        await until_it_is(guarded, token, lambda answer, status=status: answer.status == status)


async def test_a_disabled_application_is_refused_within_a_second(guarded: Guarded):
    token = guarded.issuer.token(app_claims(guarded))
    (await guarded.bear(token)).ok()
    for enabled, status in (("false", 401), ("true", 200)):
        async with guarded.api.database.execution_options(writes=True).begin() as connection:
            await connection.exec_driver_sql(f"update partner_app set is_enabled = {enabled}")
        await until_it_is(guarded, token, lambda answer, status=status: answer.status == status)


async def test_a_role_taken_away_is_gone_within_a_second(guarded: Guarded):
    token = guarded.issuer.token(claims_of("account-admin@litware", guarded.issuer))
    before = (await guarded.bear(token, "{ viewer { roles } }")).ok()["viewer"]["roles"]
    user = _key(guarded, person_id("account-admin@litware"))
    async with guarded.api.database.execution_options(writes=True).begin() as connection:
        await connection.exec_driver_sql(f"delete from role_assignment where user_id = '{user}'")
    assert before == ["ACCOUNT_ADMIN"]
    await until_it_is(guarded, token, lambda answer: answer.ok()["viewer"]["roles"] == [])


async def test_the_tenant_in_the_issuers_url_is_the_tokens_tenant(guarded: Guarded):
    """As Entra ID writes it: one entry of the settings, an `iss` a tenant."""
    own = {"iss": TENANT_PATTERN.replace("{tid}", str(tenant_of("litware")))}
    assert (await viewer(guarded, claims_of("sales-agent@litware", guarded.issuer, **own)))["kind"] == "PARTNER_USER"
    other = {"iss": TENANT_PATTERN.replace("{tid}", str(tenant_of("contoso")))}
    for changed in (other, {"iss": TENANT_PATTERN}, {**other, "tid": None}):
        claims = claims_of("sales-agent@litware", guarded.issuer, **changed)
        assert (await guarded.bear(guarded.issuer.token(claims), MINE)).status == 401


async def test_an_issuer_reaches_the_tenants_of_its_cloud_only(guarded: Guarded):
    """permissions.md 5.2: the issuer decides the cloud, a token cannot claim another."""
    gov = claims_of("sales-agent@woodgrove", guarded.issuer, iss=GOV_URL)
    answer = await guarded.bear(guarded.issuer.token(gov), "{ viewer { cloud } customers { nodes { cloud } } }")
    clouds = {node["cloud"] for node in answer.ok()["customers"]["nodes"]}
    assert (answer.data["viewer"]["cloud"], clouds) == ("US_GOV", {"US_GOV"})
    for name, url in (("sales-agent@litware", GOV_URL), ("sales-agent@woodgrove", guarded.issuer.url)):
        claims = claims_of(name, guarded.issuer, iss=url, cloud="us_gov")
        assert (await guarded.bear(guarded.issuer.token(claims), MINE)).status == 401


async def test_a_customers_user_signs_in_for_its_own_company(guarded: Guarded):
    ((tenant, user),) = await guarded.api.rows(
        "select c.id, u.id from customer c join customer_user u on u.customer_id = c.id "
        "where c.domain = 'alpineskihouse.onmicrosoft.com' and u.is_global_admin"
    )
    claims = claims_of("sales-agent@litware", guarded.issuer, tid=str(UUID(str(tenant))), oid=str(UUID(str(user))))
    found = await viewer(guarded, claims)
    assert (found["kind"], found["permissions"]) == ("CUSTOMER_USER", [])


async def test_production_serves_no_development_tokens(guarded: Guarded):
    assert (await guarded.api.http.get("/development/people")).status_code == 404
    assert (await guarded.api.http.post("/development/token", json={"as": "global-admin@litware"})).status_code == 404
    claims = claims_of("global-admin@litware", guarded.issuer, iss="urn:clientela:development:global")
    assert (await guarded.bear(guarded.issuer.token(claims), MINE)).status == 401


def _key(guarded: Guarded, key: UUID) -> str:
    """A UUID as the database stores it."""
    return key.hex if guarded.api.database.dialect.name == "sqlite" else str(key)
