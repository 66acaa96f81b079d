"""Where the page for invited customers is: under a path of the operator's, or nowhere where a front end has it."""

from pathlib import Path

import httpx
import pytest
from pydantic import ValidationError
from starlette.applications import Starlette

from clientela.invitation_page import invitation_routes
from clientela.settings import IssuerSettings, Settings
from policy.vocabulary import Cloud


async def get(path: str, **settings: object) -> httpx.Response:
    app = Starlette(routes=invitation_routes(Settings(_env_file=None, data_dir=Path(), **settings)))  # type: ignore[arg-type,call-arg]
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        return await client.get(path)


async def test_the_path_is_the_operators():
    page = await get("/join/us", customer_page="/join/us")
    assert 'src="/join/us/customer.js"' in page.text
    assert (await get("/join/us/page.js", customer_page="/join/us")).headers["content-type"].startswith("text/java")
    assert (await get("/invitation", customer_page="/join/us")).status_code == 404


async def test_one_page_may_lie_under_the_other():
    """Neither takes the other's address for a file of its own."""
    paths = {"customer_page": "/join", "reseller_page": "/join/resellers"}
    for path, script in (("/join", "customer.js"), ("/join/resellers", "reseller.js")):
        assert f'src="{path}/{script}"' in (await get(path, **paths)).text
        assert (await get(f"{path}/{script}", **paths)).status_code == 200


def test_two_pages_at_one_path_are_refused():
    with pytest.raises(ValidationError, match="different pages"):
        Settings(_env_file=None, data_dir=Path(), customer_page="/join", reseller_page="/join")  # type: ignore[call-arg]


async def test_each_page_may_be_a_front_ends():
    """The other one stays."""
    elsewhere = {"customer_page": "https://front.example/invitation"}
    assert (await get("/partnership", **elsewhere)).status_code == 200
    assert (await get("/partnership", reseller_page="https://front.example/partnership")).status_code == 404


@pytest.mark.parametrize("path", ["/invitation", "/invitation/page.js", "/invitation/config.json"])
async def test_a_front_end_of_the_deployments_own_has_it_instead(path: str):
    assert (await get(path, customer_page="https://front.example/invitation")).status_code == 404


async def test_only_issuers_with_a_client_sign_people_in_and_only_they_may_be_reached():
    issuers = [
        IssuerSettings(url="https://apps.example", audience="a"),
        IssuerSettings(
            url="https://login.example",
            audience="a",
            cloud=Cloud.US_GOV,
            client_id="page",
            authorization_url="https://login.example/authorize",
            token_url="https://tokens.example/v2/token",
            scope="openid a/.default",
        ),
    ]
    answer = await get("/invitation/config.json", issuers=issuers)
    assert answer.json() == {
        "development": False,
        "issuers": [
            {
                "cloud": "US_GOV",
                "clientId": "page",
                "authorizationUrl": "https://login.example/authorize",
                "tokenUrl": "https://tokens.example/v2/token",
                "scope": "openid a/.default",
            }
        ],
    }
    assert "connect-src 'self' https://tokens.example;" in answer.headers["content-security-policy"]
