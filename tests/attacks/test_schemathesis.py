"""Schemathesis over the whole schema: documents that fit it and documents that do not, sent to a server process."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import pytest_asyncio
import schemathesis
from graphql import ValueNode
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.generation import GenerationMode
from schemathesis.graphql import nodes

from models import metadata
from tests.api.hostile import TEXTS
from tests.api.selections import served
from tests.api.test_plans import PEOPLE
from tests.attacks.victim import Victim

DOCUMENTS = 200 if settings.get_current_profile_name() == "fuzz" else 6
"""Of each root field, as many that fit the schema and as many that do not."""

ROOTS = [f"{root}.{name}" for root in ("Query", "Mutation") for name in served().type_map[root].fields]
IDS = """{
  viewer { partner { id } customer { id } }
  customers(first: 9) { nodes { id subscriptions(first: 2) { nodes { id } } resellers { nodes { id } } } }
  offers(country: "IT") { nodes { id } }
}"""
TABLES = "|".join(name for name in metadata.tables if "_" in name)
LEAKS = re.compile(
    r"(?i:sqlite|postgres|asyncpg|sqlalchemy|strawberry|pydantic|orjson|starlette|traceback|site-packages|\.py\b)|"
    rf"\b(?i:select .+ from|insert into|update .+ set)\b|\b(?:{TABLES})\b",
)
"""Our libraries, files, statements and tables. A name of one word, as `customer`, is one of the API, too."""

JUDGES = "response_schema_conformance", "negative_data_rejection"
"""Of Schemathesis's own checks, those that know what a denial is."""


@pytest_asyncio.fixture(scope="module")
async def schema(victim: Victim) -> Any:
    """The schema as Schemathesis reads it: by introspection, at the server."""
    load_all_checks()
    token = await victim.server.token(PEOPLE[0])
    return schemathesis.graphql.from_url(f"{victim.server.url}/graphql", headers={"Authorization": f"Bearer {token}"})


@pytest_asyncio.fixture(scope="module")
async def scalars(victim: Victim) -> None:
    """What stands for values of our scalars: some that hold, ids of things that are there, and some made to hurt."""
    ids = set()
    for person in PEOPLE:
        ids |= set(re.findall(r'"id":"(\w+)"', (await victim.asks(person, IDS)).text))
    for name, values in {
        "ID": sorted(ids),
        "CountryCode": ["IT", "US"],
        "CultureCode": ["it-IT", "en-US"],
        "DomainName": ["generated.example", "wingtiptoys.onmicrosoft.com"],
        "EmailAddress": ["ada@example.com"],
        "URL": ["https://example.com/"],
        "DateTime": ["2026-11-01T00:00:00Z"],
        "UUID": ["00000000-0000-0000-0000-000000000001"],
        "JSON": ["{}"],
        "String": ["Ada", "W/1"],
    }.items():
        schemathesis.graphql.scalar(name, values_of(values))


def values_of(good: list[str]) -> st.SearchStrategy[ValueNode]:
    return (st.sampled_from(good) | st.sampled_from(TEXTS) | st.text(max_size=20)).map(nodes.String)


def told(body: dict[str, Any], document: str) -> Iterator[str]:
    """Messages of an answer, without words that the document itself had."""
    for error in body.get("errors", []):
        yield " ".join(word for word in error["message"].split() if word.strip("'\"`.,") not in document)


@pytest.mark.parametrize("root", ROOTS)
@pytest.mark.parametrize("mode", GenerationMode)
@given(data=st.data())
@settings(max_examples=DOCUMENTS, suppress_health_check=list(HealthCheck))
async def test_nothing_falls_over_and_no_message_tells_what_we_are_made_of(
    victim: Victim, schema: Any, scalars: None, root: str, mode: GenerationMode, data: st.DataObject
):
    case = data.draw(schema.find_operation_by_label(root).as_strategy(mode))
    response = await victim.asks(data.draw(st.sampled_from(PEOPLE)), case.body)
    assert response.status_code in (200, 400), response.text
    assert "INTERNAL" not in response.text
    assert [message for message in told(response.json(), case.body) if LEAKS.search(message)] == []
    case.validate_response(response, checks=CHECKS.get_by_names(JUDGES))
