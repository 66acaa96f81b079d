"""Compiled plans answer as the executor does. A document's first run is the executor's, its second the plan's."""

import re
from itertools import permutations
from typing import Any
from uuid import uuid4

import pytest

from tests.api.customers import UPDATE_CONTACT, audited, some_customer
from tests.api.selections import whole
from tests.clients import Answer, Api
from tests.statements import statements_sent

PEOPLE = (
    "sales-agent@litware",
    "helpdesk-agent@litware",
    "user-management-admin@litware",
    "billing-admin@litware",
    "admin-agent@fabrikam",
    "global-admin@tailspin",
    "app@contoso",
    "customer-admin@alpineskihouse",
    "customer-user@wingtiptoys",
    "admin-agent@woodgrove",
)


def fresh(document: str) -> str:
    """The document under a text that no server has seen, so that its first run is the executor's."""
    return f"# {uuid4()}\n{document}"


def comparable(answer: Answer) -> dict[str, Any]:
    """What of an answer must be equal: all but its headers, the order of errors included."""
    return {"status": answer.status, "data": answer.body.get("data"), "errors": answer.errors}


async def both_ways(api: Api, person: str, document: str, **variables: Any) -> tuple[Answer, Answer]:
    """The executor's answer and then the one of the document's second run."""
    text = fresh(document)
    return await api.ask(person, text, **variables), await api.ask(person, text, **variables)


async def assert_planned(api: Api, person: str, document: str, **variables: Any) -> Answer:
    """Both ways answer alike, and the second did run by plan."""
    before = api.planner.ran
    executed, planned = await both_ways(api, person, document, **variables)
    assert comparable(planned) == comparable(executed)
    assert api.planner.ran == before + 1, api.planner.handed_over
    return planned


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize(
    "root", ["customers(first: 3)", "customers(last: 2, orderBy: {field: CREATED_AT, direction: DESC})"]
)
async def test_everything_that_can_be_selected_of_customers(api: Api, person: str, root: str):
    executed, planned = await both_ways(api, person, f"{{ {root} {whole('CustomerConnection', 3)} }}")
    assert comparable(planned) == comparable(executed)


@pytest.mark.parametrize(
    "document",
    [
        "{ __typename }",
        "{ viewer { name roles permissions partner { name region } explain(permission: CUSTOMER_READ) { message } } }",
        "{ customers(first: 5) { totalCount edges { cursor node { id createdAt domains } } pageInfo { endCursor } } }",
        "{ customers(first: 5) { nodes { contact { firstName email } address { city } billingProfile { etag } } } }",
        "{ customers(first: 5) { nodes { relationship { partner { kinds } } agreements(type: null) { method } } } }",
        "{ customers(first: 5) { nodes { activity(first: 2) { totalCount nodes { changes { field newValue } } } } } }",
        "{ customers(first: 2) { nodes { relationship { __typename } agreements { __typename } contact { email } } } }",
        "{ customers(first: 5) { nodes { subscriptions { totalCount nodes { offerName parent { id } } } } } }",
        "{ customers(first: 5) { nodes { subscriptions(filter: {kind: [LICENSE]}) { nodes { reseller { id } } } } } }",
        "{ customers(first: 5) { nodes { purchasePermissions { resource enabled changedAt warnings } } } }",
        "{ customers(first: 5) { nodes { qualifications { kind vettingStatus createdAt } } } }",
        '{ offers(country: "IT") { totalCount nodes { name countries addOnOf { name } } pageInfo { endCursor } } }',
        "{ customers(first: 2) { __typename nodes { __typename } edges { __typename } pageInfo { __typename } } }",
        '{ customers(filter: {search: "al", country: ["IT", "DE"]}) { totalCount nodes { companyName } } }',
        '{ node(id: "x") { id } nodes(ids: ["x"]) { __typename } }',
        "{ activityLog(first: 5) { nodes { occurredAt customer { companyName } } pageInfo { hasNextPage } } }",
        "{ a: customers(first: 1) { nodes { id } } b: customers(last: 1) { nodes { ...Names } } } "
        "fragment Names on Customer { name: companyName ... on Node { id } }",
    ],
)
async def test_what_runs_by_plan(api: Api, document: str):
    """Reads stay on compiled plans: one that falls back unnoticed would be slow unnoticed."""
    (await assert_planned(api, "sales-agent@litware", document)).ok()


async def test_one_customer_and_cursors_by_variables(api: Api):
    document = """query ($n: Int, $after: String) {
      customers(first: $n, after: $after) { nodes { id } pageInfo { endCursor } }
    }"""
    first = (await assert_planned(api, "sales-agent@litware", document, n=2)).ok()["customers"]
    following = await assert_planned(api, "sales-agent@litware", document, n=2, after=first["pageInfo"]["endCursor"])
    assert not {node["id"] for node in first["nodes"]} & {node["id"] for node in following.ok()["customers"]["nodes"]}
    one = "query ($id: ID!) { customer(id: $id) { id companyName viewerCan(permission: CUSTOMER_TAX_READ) } }"
    await assert_planned(api, "sales-agent@litware", one, id=first["nodes"][0]["id"])
    for nobody in ("customer_" + "0" * 32, "nonsense", ""):
        assert (await assert_planned(api, "sales-agent@litware", one, id=nobody)).ok() == {"customer": None}


async def test_what_is_skipped_decides_the_plan(api: Api):
    document = """query ($all: Boolean!, $none: Boolean = false) {
      customers(first: 2) { nodes { id ... @include(if: $all) { country domain @skip(if: $none) } } }
    }"""
    for choice in (True, False):
        for dropped in (True, False):
            await assert_planned(api, "sales-agent@litware", document, all=choice, none=dropped)


async def test_a_denied_field_is_counted_over_the_rows(api: Api):
    """Settled: a guarded field is null with one error and its occurrences, by plan as by the executor."""
    document = "{ customers(first: 7) { nodes { companyProfile { organizationRegistrationNumber } } } }"
    (error,) = (await assert_planned(api, "helpdesk-agent@litware", document)).errors
    assert error["extensions"]["occurrences"] == 7
    selected = "nodes { companyProfile { organizationRegistrationNumber } }"
    nobody = f'{{ customers(filter: {{search: "nobody is called so"}}) {{ {selected} }} }}'
    assert (await assert_planned(api, "helpdesk-agent@litware", nobody)).errors == []


async def test_a_denied_field_below_children_is_counted_where_it_stands(api: Api):
    """One customer stands in many lines of the log, and in some lines there is none."""
    customer = "customer { id companyProfile { organizationRegistrationNumber } activity(first: 1) { nodes { id } } }"
    document = f"{{ activityLog(first: 50) {{ nodes {{ {customer} }} }} }}"
    answer = await assert_planned(api, "helpdesk-agent@litware", document)
    if answer.data["activityLog"] is not None:
        lines = [node for node in answer.data["activityLog"]["nodes"] if node["customer"] is not None]
        assert [error["extensions"]["occurrences"] for error in answer.errors][:1] == [len(lines)]


async def test_objects_of_any_type_by_their_ids(api: Api):
    """`node` and `nodes` with fragments: each type of row by its own statement, in the order of the ids."""
    listed = (
        await api.ask(
            "admin-agent@litware",
            """{ viewer { partner { id } }
                 customers(first: 3) { nodes { id relationship { id } billingProfile { id } } } }""",
        )
    ).ok()
    ids = [listed["viewer"]["partner"]["id"]]
    for customer in listed["customers"]["nodes"]:
        ids += [customer["id"], customer["relationship"]["id"], customer["billingProfile"]["id"], "nonsense", ids[0]]
    document = """query ($ids: [ID!]!, $id: ID!) {
      nodes(ids: $ids) { __typename id ... on Customer { companyName contact { email } relationship { id } }
        ...Named ... on BillingProfile { companyName } ... on Relationship { partner { name } customer { id } } }
      node(id: $id) { ...Named id }
    }
    fragment Named on Partner { name kinds }"""
    for person in ("admin-agent@litware", "helpdesk-agent@litware", "global-admin@contoso", "app@contoso"):
        answer = await assert_planned(api, person, document, ids=ids, id=ids[0])
        assert len(answer.data["nodes"]) == len(ids)
    await both_ways(api, "admin-agent@litware", document, ids=["x"] * 501, id="x")


async def test_the_partners_of_ones_own_company(api: Api):
    """`Viewer.relationships` is a list in pages below one object; null for everybody but a customer's global admin."""
    document = """{ viewer { name customer { companyName }
      relationships(first: 1) { totalCount nodes { since partner { name } } pageInfo { hasNextPage endCursor } } } }"""
    for person in ("customer-admin@alpineskihouse", "customer-user@alpineskihouse", "sales-agent@litware"):
        (await assert_planned(api, person, document)).ok()


async def test_mutations_run_by_plan(api: Api):
    """The command once, its payload by plan, one line in the log: as by the executor."""
    agent, text = "sales-agent@litware", fresh(UPDATE_CONTACT)
    customer = await some_customer(api, agent, "Blue Yonder Airlines")
    before, payloads = api.planner.ran, []
    for number in range(4):
        base = {"customerId": customer["id"], "etag": customer["billingProfile"]["etag"]}
        answer = await api.ask(agent, text, input={**base, "contact": {"firstName": f"Try {number}"}})
        payloads.append(answer.ok()["customerUpdateContact"])
        customer = payloads[-1]["customer"]
        assert len(await audited(api, answer)) == 1
    assert api.planner.ran == before + 3, api.planner.handed_over
    etags = {payload["customer"]["billingProfile"].pop("etag") for payload in payloads}
    assert len(etags) == 4
    assert [payload["customer"]["contact"].pop("firstName") for payload in payloads] == [f"Try {n}" for n in range(4)]
    for payload in payloads:
        assert payload["customer"]["billingProfile"].pop("firstName").startswith("Try ")
        assert payload == payloads[0]


@pytest.mark.parametrize(
    ("person", "change"),
    [
        ("sales-agent@litware", {"dryRun": True}),
        ("sales-agent@litware", {"etag": "stale"}),
        ("sales-agent@litware", {"etag": "", "contact": {"email": "nonsense"}}),
        ("sales-agent@litware", {"customerId": "customer_0"}),
        ("user-management-admin@litware", {}),
        ("customer-admin@alpineskihouse", {}),
        ("app@contoso", {"dryRun": True}),
    ],
)
async def test_mutations_that_keep_nothing_are_told_alike(api: Api, person: str, change: dict[str, Any]):
    """A rehearsal, faults, a denial with its line in the log: by plan as by the executor."""
    customer = await some_customer(api, "sales-agent@litware", "Blue Yonder Airlines")
    base = {"customerId": customer["id"], "etag": customer["billingProfile"]["etag"], "contact": {"firstName": "Dry"}}
    text, answers, written = fresh(UPDATE_CONTACT), [], []
    ran = api.planner.ran
    for _ in range(2):
        before = await api.counts()
        answer = await api.ask(person, text, input={**base, **change})
        after = await api.counts()
        written.append({table: after[table] - before[table] for table in after})
        if payload := answer.data["customerUpdateContact"]:
            (payload["customer"] or {}).get("billingProfile", {}).pop("etag", None)
        answers.append(comparable(answer))
    assert api.planner.ran == ran + 1, api.planner.handed_over
    assert answers[0] == answers[1]
    assert written[0] == written[1]


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ("{ __schema { queryType { name } } }", "introspection"),
        ("{ customers(first: 0) { totalCount } }", "BadUserInput"),
    ],
)
async def test_what_is_handed_over_and_why(api: Api, document: str, reason: str):
    before = dict(api.planner.handed_over)
    executed, planned = await both_ways(api, "helpdesk-agent@litware", document)
    assert comparable(planned) == comparable(executed)
    assert [why for why, times in api.planner.handed_over.items() if times > before.get(why, 0) and reason in why]


async def test_a_long_statement_is_left_to_a_thread(api: Api, monkeypatch: pytest.MonkeyPatch):
    """On SQLite plans run on the event loop; what takes long must not hold up everybody."""
    if api.database.dialect.name != "sqlite":
        return
    document = fresh("{ customers(first: 500) { nodes { companyName domain createdAt } } }")
    executed = await api.ask("sales-agent@litware", document)
    monkeypatch.setattr(api.planner._database._short_reads(), "_longest", -1.0)
    before = api.planner.handed_over["DeadlineError"]
    assert comparable(await api.ask("sales-agent@litware", document)) == comparable(executed)
    assert api.planner.handed_over["DeadlineError"] == before + 1


async def test_a_list_of_1_and_of_50_send_as_many_statements(api: Api):
    """Query counts: one statement for the list and one for each kind of child, however many rows.

    PostgreSQL is asked for the list together with what is short below it.
    """
    document = fresh(
        """query ($n: Int) { customers(first: $n) { totalCount nodes {
          id domains contact { email } relationship { since } activity(first: 2) { nodes { operation } }
        } } }"""
    )
    await api.ask("sales-agent@litware", document, n=1)
    sent = {}
    for size in (1, 50):
        with statements_sent() as seen:
            (await api.ask("sales-agent@litware", document, n=size)).ok()
        sent[size] = [re.findall(r"(?:FROM|JOIN) (\w+)", text)[0] for text, _ in seen]
    assert sent[1] == sent[50]
    # The list with its relationships, its count, and one for each of three other kinds of child.
    assert len(sent[50]) == (3 if api.database.dialect.name == "postgresql" else 5)


@pytest.mark.parametrize("fields", list(permutations(["agreements", "resellers", "activity", "contact"])))
async def test_errors_stand_in_the_order_of_the_document(api: Api, fields: tuple[str, ...]):
    """Whichever way it ran and whatever was read first: a client's snapshot of an answer holds."""
    selected = " ".join(f"{field} {{ __typename }}" for field in fields)
    document = f"{{ customers(first: 2) {{ nodes {{ {selected} companyProfile {{ domain }} }} }} }}"
    for answer in await both_ways(api, "user-management-admin@litware", document):
        denied = [error["path"][-1] for error in answer.errors]
        assert denied == [field for field in fields if field in denied]
        assert len(denied) > 1


async def test_what_a_customers_user_owns_runs_by_plan(api: Api):
    document = """{ viewer { ownedSubscriptions {
      mayPurchase reason subscription { id offerName createdAt }
      offers(first: 2) { totalCount nodes { name countries } }
    } } }"""
    for person in ("customer-user@alpineskihouse", "customer-user@fourthcoffee", "customer-user@wingtiptoys"):
        await assert_planned(api, person, document)
    await assert_planned(api, "admin-agent@litware", document)
