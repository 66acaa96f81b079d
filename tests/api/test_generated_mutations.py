"""Sameness of what is written: by plan and by the executor, each on a copy of one world, mutations leave the same rows.

Each generated document runs twice on both copies: its first run is the executor's, its second the plan's where there is
a planner. What chance made (keys, etags, passwords, tokens) is told by its place alone; the clock stands still.
"""

import base64
import binascii
import re
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from random import Random
from typing import Any
from uuid import uuid4

import httpx
import orjson
import pytest_asyncio
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from clientela.clock import utc_now
from tests.api.arguments import AGREEMENT, CONTACT
from tests.api.customers import profile
from tests.api.hostile import TEXTS
from tests.api.operations import DRAWN, Operation, Pool, mutation
from tests.api.partnerships import token_of
from tests.clients import TABLES, Api, door, serve_in_process, without_planner
from tests.worlds import World

DOCUMENTS = 500 if settings.get_current_profile_name() == "fuzz" else 60
PEOPLE = (
    *("admin-agent@litware", "admin-agent@fabrikam", "global-admin@contoso", "admin-agent@proseware") * 2,
    "customer-admin@alpineskihouse",
    "helpdesk-agent@litware",
)
ETAG = "@etag@"
"""Stands for the etag that the thing that is changed has now: each copy has its own."""

CHANCE = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])"
    r"|\$argon2id\$[^\"]*|[A-Za-z0-9_.-]{40,}|(?<=\")[A-Za-z0-9!#$%&*+=?@_-]{20}(?=\")"
)
HELD = """{
  customers(first: 100) { nodes { id resellers { nodes { id } } subscriptions(first: 3) { nodes { id } } } }
  offers(country: "IT") { nodes { id } }
}"""
LINKS = """{ relationshipRequests { nodes { id link } } }""", """{ partnerships { nodes { id link } } }"""
NAMES = {
    "customerId": "customer_",
    "subscriptionId": "productsubscription_",
    "parentId": "productsubscription_",
    "offerId": "offer_",
    "partnerId": "partner_",
    "providerId": "partner_",
    "resellerId": "partner_",
    "associatedResellerId": "partner_",
    "partnershipId": "partnership_",
    "relationshipRequestId": "relationshiprequest_",
}
"""Arguments that are ids, and the ids that they may be."""

BASE = {"customerId": DRAWN, "dryRun": DRAWN}
STATUS = {"subscriptionId": DRAWN, "etag": ETAG}
DOMAINS = [f"generated{number}" for number in range(1_000)]
FORMS: dict[str, list[dict[str, Any]]] = {
    "BillingProfileInput": [profile(country) for country in ("IT", "US", "BR")],
    "AgreementInput": [AGREEMENT],
    "CustomerCreateInput": [{"domain": DRAWN, "billingProfile": profile(country)} for country in ("IT", "US")],
    "CustomerUpdateBillingProfileInput": [BASE | {"etag": ETAG, "billingProfile": profile("IT", firstName="Ada")}],
    "CustomerUpdateContactInput": [
        BASE | {"etag": ETAG, "contact": {"firstName": "Ada"}},
        BASE | {"etag": "stale", "contact": CONTACT},
    ],
    "CustomerAttestAgreementInput": [{"customerId": DRAWN, "agreement": AGREEMENT}],
    "ProductSubscriptionSetStatusInput": [STATUS],
    "ProductSubscriptionCreateInput": [BASE | {"offerId": DRAWN, "quantity": 1}],
    "RelationshipRequestCreateInput": [
        {"kind": "DIRECT", "includesDelegatedAdmin": DRAWN, "targetEmail": "a@example.com"}
    ],
}


@dataclass
class Side:
    """One of the copies.

    Attributes:
        api: Its server.
        http: The door at which it is asked.
    """

    api: Api
    http: httpx.AsyncClient

    async def ask(self, person: str, text: str, operation: Operation, which: int) -> tuple[int, str]:
        """Status and body of the answer."""
        body = {"query": text, "operationName": operation.name, "variables": operation.variables[which]}
        sent = orjson.dumps(body).decode()
        if ETAG in sent:
            sent = sent.replace(ETAG, await self._etag(person, sent))
        token = await self.api.token(person)
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        response = await self.http.post("/graphql", content=sent.encode(), headers=headers)
        return response.status_code, response.text

    async def _etag(self, person: str, sent: str) -> str:
        for id in re.findall(r"(?:customer|productsubscription)_[0-9a-f]{32}", sent):  # noqa: A001
            document = """query ($id: ID!) { node(id: $id) {
              ... on Customer { billingProfile { etag } } ... on ProductSubscription { etag }
            } }"""
            found = (await self.api.ask(person, document, id=id)).data["node"] or {}
            if etag := found.get("etag") or (found.get("billingProfile") or {}).get("etag"):
                return str(etag)
        return "none"

    async def rows(self) -> set[str]:
        """Every row of every table as text."""
        return {
            table + orjson.dumps(list(row), default=str).decode()
            for table in TABLES
            for row in await self.api.rows(f"select * from {table}")
        }


@dataclass
class Copies:
    """Two servers on two copies of one world.

    Attributes:
        planning: Runs by plan what comes again.
        executing: Runs everything by the executor.
        pools: What exists in both, by who comes up with it.
        before: The rows that both had in the beginning.
        known: The keys and other texts of chance in them.
    """

    planning: Side
    executing: Side
    pools: dict[str, Pool]
    before: set[str]
    known: frozenset[str]

    async def changed(self, side: Side) -> tuple[list[str], list[str]]:
        """The rows that a copy has lost and got since the beginning, without what chance made."""
        now = await side.rows()
        lost, got = self.before - now, now - self.before
        return sorted(lost), sorted(self.told(row, numbered=False) for row in got)

    def told(self, text: str, *, numbered: bool = True) -> str:
        """A text without what chance made, told apart by the order in which it comes up."""
        seen: dict[str, str] = {}

        def name(match: re.Match[str]) -> str:
            found = match[0]
            if found in self.known:
                return found
            inner = _decoded(found)
            if inner is not None:
                return f"cursor {self.told(inner, numbered=False)}"
            return seen.setdefault(found.replace("-", ""), f"?{len(seen)}" if numbered else "?")

        return CHANCE.sub(name, text)


def _decoded(text: str) -> str | None:
    try:
        decoded = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None
    return decoded if decoded.startswith("[") else None


async def _pools(api: Api) -> dict[str, Pool]:
    """What each person may come up with: mostly what it sees, and something of everybody's."""
    ids: dict[str, set[str]] = {person: set() for person in PEOPLE}
    tokens = set[str]()

    def collect(found: Any, person: str) -> None:
        if isinstance(found, dict):
            ids[person].update([found["id"]] if "id" in found else [])
            tokens.update([token_of(found["link"])] if found.get("link") else [])
        for inner in found.values() if isinstance(found, dict) else found if isinstance(found, list) else ():
            collect(inner, person)

    for person in ids:
        for document in (HELD, *LINKS):
            answer = await api.ask(person, document)
            assert "data" in answer.body, answer.body
            collect(answer.body["data"], person)
    always = FORMS | {"token": sorted(tokens), "domain": DOMAINS, "String": TEXTS, "etag": [ETAG]}
    of_all = {prefix: _named(prefix, set().union(*ids.values())) for prefix in NAMES.values()}
    return {
        person: always | {name: [*_named(prefix, own), *of_all[prefix][:2]] for name, prefix in NAMES.items()}
        for person, own in ids.items()
    }


def _named(prefix: str, ids: set[str]) -> list[str]:
    return [found for found in sorted(ids) if found.startswith(prefix)]


def _of_chance(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(found for text in texts for found in CHANCE.findall(text))


@pytest_asyncio.fixture(scope="module")
async def copies(world: World) -> AsyncIterator[Copies]:
    """Two servers whose clocks stand still.

    In the end most mutations must have run by plan, some must have written, and both copies must hold the same rows.
    """
    async with (
        world.copy() as one,
        world.copy() as other,
        serve_in_process(one) as planning,
        serve_in_process(other) as executing,
        door(without_planner(executing)) as http,
    ):
        planning.clock.fixed = executing.clock.fixed = utc_now()
        sides = Side(planning, planning.http), Side(executing, http)
        before = await sides[0].rows()
        known = _of_chance(before) | {found.replace("-", "") for found in _of_chance(before)}
        found = Copies(*sides, await _pools(planning), before, known)
        ran = planning.planner.ran
        yield found
        assert planning.planner.ran - ran > DOCUMENTS // 3, planning.planner.handed_over
        lost, got = await found.changed(sides[0])
        assert got
        assert (lost, got) == await found.changed(sides[1])


@given(seed=st.integers(0, 2**63))
@settings(
    max_examples=DOCUMENTS,
    # What a document did stays: a case cannot be tried again and made smaller.
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
async def test_any_mutation_by_anybody(copies: Copies, seed: int):
    random = Random(seed)
    person = random.choice(PEOPLE)
    operation = mutation(random, copies.pools[person])
    text = f"{operation.document}\n# {uuid4()}"
    for which in (0, 1):
        planned = await copies.planning.ask(person, text, operation, which)
        executed = await copies.executing.ask(person, text, operation, which)
        assert "INTERNAL" not in planned[1], planned
        assert (planned[0], copies.told(planned[1])) == (executed[0], copies.told(executed[1])), (person, which)
        assert await copies.planning.api.counts() == await copies.executing.api.counts(), (person, which)
