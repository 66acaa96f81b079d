"""An export link: its asker's own, short-lived, its right checked again when followed (settled: export link)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import httpx
import pytest
from sqlalchemy import text

from clientela.demo.organisations import find_person
from tests.api.exporting import EXPORT, export, path_of
from tests.clients import Api

OWNER = "admin-agent@contoso"


@pytest.fixture
def now(api: Api) -> Iterator[datetime]:
    """The server's clock stands still."""
    api.clock.fixed = datetime.now(UTC).replace(microsecond=0)
    yield api.clock.fixed
    api.clock.fixed = None


async def follow(api: Api, url: str, bearer: str | None = None) -> httpx.Response:
    headers = {"Authorization": bearer} if bearer else {}
    return await api.http.get(path_of(url), headers=headers)


async def test_its_asker_follows_it_with_or_without_a_token(api: Api):
    """A browser that follows a link sends no token."""
    made = await export(api, OWNER, {"search": "wing"})
    assert urlsplit(made["url"]).scheme == "http"
    assert (await follow(api, made["url"])).status_code == 200
    assert (await follow(api, made["url"], f"Bearer {await api.token(OWNER)}")).status_code == 200


@pytest.mark.parametrize(
    "other", ["global-admin@contoso", "admin-agent@adatum", "helpdesk-agent@contoso", "app@contoso", "no-mfa@contoso"]
)
async def test_anothers_token_is_refused(api: Api, other: str):
    """Even a colleague's who may export as well."""
    made = await export(api, OWNER)
    refused = await follow(api, made["url"], f"Bearer {await api.token(other)}")
    assert refused.status_code == 403
    assert "Wingtip" not in refused.text


@pytest.mark.parametrize("broken", ["Bearer x", "Bearer", "Basic YTpi", "x"])
async def test_a_broken_token_is_refused_not_overlooked(api: Api, broken: str):
    made = await export(api, OWNER)
    assert (await follow(api, made["url"], broken)).status_code == 403


async def test_it_ends_after_five_minutes(api: Api, now: datetime):
    """Five minutes by the server's clock; what it says is what it does."""
    made = await export(api, OWNER)
    expires_at = datetime.fromisoformat(made["expiresAt"])
    assert expires_at == now + timedelta(minutes=5)
    api.clock.fixed = expires_at - timedelta(seconds=1)
    assert (await follow(api, made["url"])).status_code == 200
    api.clock.fixed = expires_at + timedelta(seconds=1)
    refused = await follow(api, made["url"])
    assert refused.status_code == 403
    assert "expired" in refused.json()["errors"][0]["message"]


async def test_no_changed_link_is_followed(api: Api):
    """Signed: neither the claims nor the signature can be altered, nor a bearer token put in its place."""
    made = await export(api, OWNER, {"search": "wing"})
    base, _, ticket = made["url"].partition("ticket=")
    head, claims, signature = ticket.split(".")
    other = (await export(api, "admin-agent@adatum"))["url"].partition("ticket=")[2].split(".")
    none = "eyJhbGciOiJub25lIn0"
    forged = [
        "",
        "x",
        "..",
        f"{head}.{claims}",
        f"{head}.{claims}.",
        f"{none}.{claims}.",
        f"{head}.{other[1]}.{signature}",
        f"{head}.{claims}.{other[2]}",
        f"{head}.{claims[:-2]}.{signature}",
        f"{head}.{claims}.{signature[::-1]}",
        await api.token(OWNER),
        ticket + "é",
        "%00",
    ]
    for changed in forged:
        response = await follow(api, f"{base}ticket={changed}")
        assert response.status_code == 403, changed
    assert (await api.http.get(urlsplit(made["url"]).path)).status_code == 403
    assert (await follow(api, made["url"])).status_code == 200


async def test_the_right_is_checked_again_when_it_is_followed(fresh_api: Api):
    """A role that was taken away, or a user who was disabled, takes the link with it; so does the partner's data."""
    person = find_person(OWNER)
    assert person is not None
    made = await export(fresh_api, OWNER)
    assert (await follow(fresh_api, made["url"])).status_code == 200
    user = {"id": person.id.hex if fresh_api.database.dialect.name == "sqlite" else person.id}
    changes = (
        ("update role_assignment set role = 'sales_agent' where user_id = :id", 403),
        ("update role_assignment set role = 'admin_agent' where user_id = :id", 200),
        ("update partner_user set is_enabled = false where id = :id", 403),
    )
    for statement, status in changes:
        async with fresh_api.database.execution_options(writes=True).begin() as connection:
            await connection.execute(text(statement), user)
        assert (await follow(fresh_api, made["url"])).status_code == status


async def test_who_may_not_export_gets_no_link(api: Api):
    """customers.md 1.10: export is admin agent's and global admin's."""
    answer = await api.ask("sales-agent@contoso", EXPORT)
    assert (answer.data["customerExport"], answer.codes) == (None, ["FORBIDDEN"])
    answer = await api.ask("app@contoso", EXPORT)
    assert (answer.data["customerExport"], answer.codes) == (None, ["APP_ONLY_NOT_SUPPORTED"])


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
async def test_a_link_is_only_read(api: Api, method: str):
    made = await export(api, OWNER)
    assert (await api.http.request(method, path_of(made["url"]))).status_code == 405
