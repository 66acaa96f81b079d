"""The explorer's ready-made tabs: every document is one of this schema, and whom its comment names gets an answer."""

import json
from pathlib import Path
from typing import Any

import pytest
from graphql import parse, validate

from tests.api.selections import served
from tests.clients import Api

TOUR = Path(__file__).parents[2] / "graphiql" / "src" / "tour"
DOCUMENTS = sorted(TOUR.glob("*.graphql"))


def test_there_are_tabs():
    assert len(DOCUMENTS) > 15
    assert {file.stem for file in TOUR.glob("*.json")} < {file.stem for file in DOCUMENTS}


@pytest.mark.parametrize("file", DOCUMENTS, ids=lambda file: file.stem)
def test_a_tab_is_a_document_of_this_schema(file: Path):
    assert validate(served(), parse(file.read_text("utf-8"))) == []
    if (variables := file.with_suffix(".json")).exists():
        assert isinstance(json.loads(variables.read_text("utf-8")), dict)


async def shown(api: Api, tab: str, person: str) -> Any:
    return (await api.ask(person, (TOUR / f"{tab}.graphql").read_text("utf-8"))).ok()


async def test_the_tab_of_partnerships(api: Api):
    """The provider's resellers with a link to follow; the reseller's side has no link."""
    found = (await shown(api, "19-partnerships", "admin-agent@fabrikam"))["partnerships"]
    assert {row["status"] for row in found["nodes"]} == {"ACTIVE", "ENDED", "REQUESTED", "EXPIRED"}
    assert [row["status"] for row in found["nodes"] if row["link"]] == ["REQUESTED"]
    (side,) = (await shown(api, "19-partnerships", "admin-agent@tailspin"))["partnerships"]["nodes"]
    assert (side["provider"]["name"], side["link"]) == ("Fabrikam, Inc.", None)
    assert side["sharedCustomers"]["totalCount"] > 0


async def test_the_tab_of_what_a_company_buys(api: Api):
    """An Owner sees what it may buy under, its admin what there is."""
    owner = (await shown(api, "17-buy-for-your-company", "customer-user@alpineskihouse"))["viewer"]
    assert ([row["mayPurchase"] for row in owner["ownedSubscriptions"]], owner["subscriptions"]) == ([True], None)
    admin = (await shown(api, "17-buy-for-your-company", "customer-admin@alpineskihouse"))["viewer"]
    assert owner["ownedSubscriptions"][0]["subscription"]["id"] in {
        row["id"] for row in admin["subscriptions"]["nodes"]
    }
