"""Limits as a client meets them: one error that names the limit, its value and the way out; costs on request."""

import json
import re
from typing import Any

import pytest

from clientela.limit_settings import LimitSettings
from tests.api.posting import AGENT, JSON_TYPE, RESPONSE_TYPE, post, set_to
from tests.clients import Answer, Api
from tests.test_security import ROOT, functions
from tests.worlds import World

LISTS = "query ($n: Int!) { customers(first: $n) { nodes { subscriptions(first: $n) { nodes { id } } } } }"


SHORT = "{ viewer { name } }"
NOBODY = "customer_" + "0" * 32
WRITE = f'mutation {{ customerDelete(input: {{customerId: "{NOBODY}"}}) {{ userErrors {{ code }} }} }}'
DEEP = "{ customers { nodes { relationship { since } } } }"
APPLICATION = "app@contoso"

EXCEEDED: dict[str, tuple[int, str, str]] = {
    "max_document_characters": (1_000, f"{SHORT} #" + "x" * 1_000, AGENT),
    "max_tokens": (500, "{ " + "a " * 501 + "}", AGENT),
    "max_operations": (1, "query A { __typename } query B { __typename }", AGENT),
    "max_depth": (3, DEEP, AGENT),
    "max_introspection_depth": (0, "{ __schema { types { name } } }", AGENT),
    "max_root_fields": (1, "{ __typename viewer { name } }", AGENT),
    "max_fields": (100, "{ viewer { " + "name " * 100 + "} }", AGENT),
    "max_aliases": (0, "{ a: __typename }", AGENT),
    "max_directives": (0, "{ __typename @skip(if: false) }", AGENT),
    "max_fragment_spreads": (10, "{ " + "...A " * 11 + "} fragment A on Query { __typename }", AGENT),
    "max_cost": (3_000, "{ customers(first: 500) { nodes { subscriptions(first: 9) { nodes { id } } } } }", AGENT),
    "max_body_bytes": (1_024, SHORT + " " * 1_024, AGENT),
    "rate_user_points": (5, "{ customers(first: 9) { nodes { id } } }", AGENT),
    "rate_user_mutations": (1, WRITE, AGENT),
    "rate_application_points": (5, "{ customers(first: 9) { nodes { id } } }", APPLICATION),
    "rate_application_mutations": (1, WRITE, APPLICATION),
    "rate_address_points": (5, "{ customers(first: 9) { nodes { id } } }", AGENT),
    "rate_address_mutations": (1, WRITE, AGENT),
    "rate_address_sign_ins": (1, SHORT, "nobody"),
}
"""For each limit that a request to `/graphql` can exceed: a small one, a document that does, and who sends it."""

ELSEWHERE = {
    "max_batch": "tests/api/test_limits.py::test_a_batch_that_is_too_long_is_told_so",
    "header_seconds": "tests/attacks/test_heads.py::test_half_a_head_and_silence_are_given_up_while_others_are_served",
    "max_header_bytes": "tests/attacks/test_heads.py::test_a_head_that_is_too_large_is_refused_before_it_is_over",
    "body_seconds": "tests/attacks/test_requests.py::test_a_body_of_a_byte_at_a_time_is_given_up",
    "max_connections": "tests/streams/test_limits.py"
    "::test_a_process_that_is_full_sends_further_clients_away_and_answers_requests",
    "max_subscriptions_of_one": "tests/streams/test_limits.py"
    "::test_a_caller_has_so_many_subscriptions_in_all_and_gets_places_back",
    "max_operations_of_socket": "tests/streams/test_limits.py::test_a_socket_runs_so_many_operations_at_a_time",
    "stream_greeting_seconds": "tests/streams/test_limits.py::test_silence_closes_a_socket_unless_something_runs_on_it",
    "stream_idle_seconds": "tests/streams/test_limits.py::test_silence_closes_a_socket_unless_something_runs_on_it",
    "max_waiting_events": "tests/streams/test_slow_readers.py"
    "::test_who_is_overtaken_is_told_and_gets_the_rest_by_asking_again",
    **dict.fromkeys(
        ("request_seconds", "statement_seconds", "lock_seconds", "queue_length", "queue_seconds"),
        "tests/api/test_deadlines.py::test_the_error_says_which_limit_it_was_and_its_value",
    ),
}
"""Those that need a real socket or a lock to be exceeded: the test that looks at their errors."""

NOBODY_LISTENS = {"keep_alive_seconds", "stream_send_seconds", "stream_ping_seconds", "idle_transaction_seconds"}
"""Those at whose end nobody waits for an answer, or nobody reads one."""

CODES = {"DOCUMENT_TOO_COMPLEX", "COST_EXCEEDED", "PAYLOAD_TOO_LARGE", "RATE_LIMITED"}
WAYS_OUT = r"(Ask for|Send) (less|smaller)|Try again in \d+ seconds"

NO_LIMITS = {"redis_url", "redis_prefix", "trusted_proxies"}


def test_no_limit_is_left_out():
    """`clientela doctor` and the README list every setting: tests/processes/test_command_line.py, test_documents.py."""
    assert {*LimitSettings.model_fields} - NO_LIMITS == EXCEEDED.keys() - {
        "max_body_bytes"
    } | ELSEWHERE.keys() | NOBODY_LISTENS
    for test in ELSEWHERE.values():
        file, _, name = test.partition("::")
        assert name in functions(ROOT / file)


@pytest.mark.parametrize("setting", EXCEEDED)
async def test_an_error_names_the_limit_its_value_and_the_way_out(world: World, setting: str):
    value, document, person = EXCEEDED[setting]
    async with set_to(world, **{setting: value}) as api:
        token = person if person == "nobody" else await api.token(person)
        headers = {"Authorization": f"Bearer {token}", "Accept": RESPONSE_TYPE}
        for _ in range(4):
            answer = (await api.http.post("/graphql", json={"query": document}, headers=headers)).json()
            if "errors" in answer and answer["errors"][0]["extensions"]["code"] in CODES:
                break
        else:
            raise AssertionError(f"nothing refuses what is beyond {setting}")
    (error,) = answer["errors"]
    named = error["extensions"].get("limit") or error["message"].partition("(CLIENTELA_")[2].partition(")")[0].lower()
    assert named
    assert setting.removeprefix("max_").removeprefix("document_") == named.removeprefix("max_")
    assert str(value) in error["message"]
    assert re.search(WAYS_OUT, error["message"])


async def test_a_batch_that_is_too_long_is_told_so(world: World):
    async with set_to(world, max_batch=1) as api:
        (error,) = (await post(api, json.dumps([{"query": SHORT}] * 2).encode())).json()["errors"]
    assert error["message"] == "Send 1 to 1 operations in a batch (CLIENTELA_MAX_BATCH); these are 2."


async def ask(api: Api, query: str, accept: str = RESPONSE_TYPE, **body: Any) -> Answer:
    headers = {"Authorization": f"Bearer {await api.token(AGENT)}", "Accept": accept}
    response = await api.http.post("/graphql", json={"query": query, **body}, headers=headers)
    return Answer(response.status_code, response.headers, response.json())


@pytest.mark.parametrize(("accept", "status"), [(RESPONSE_TYPE, 400), (JSON_TYPE, 200)])
async def test_a_document_that_is_too_complex_is_refused_like_one_that_is_not_valid(api: Api, accept: str, status: int):
    answer = await ask(api, "{ " + " ".join(f"a{n}: __typename" for n in range(1000)) + " }", accept)
    assert answer.status == status
    assert answer.body == {
        "errors": [
            {
                "message": "At most 50 fields at the root of an operation are allowed, this document asks for 1000. "
                "Ask for less at once, or in several requests.",
                "extensions": {
                    "code": "DOCUMENT_TOO_COMPLEX",
                    "limit": "root_fields",
                    "allowed": 50,
                    "requested": 1000,
                },
            }
        ]
    }


@pytest.mark.parametrize("text", ["{ " + "a " * 5001 + "}", "{ viewer { name } } #" + "x" * 100_000])
async def test_a_long_text_is_not_even_parsed(api: Api, text: str):
    answer = await ask(api, text)
    assert (answer.status, answer.codes) == (400, ["DOCUMENT_TOO_COMPLEX"])
    assert answer.errors[0]["extensions"]["limit"] in ("tokens", "characters")


async def test_the_same_document_is_refused_or_run_by_its_page_sizes(api: Api):
    """Cost is a function of the variables: what a plan was made for is refused with larger pages."""
    for _ in range(2):
        assert (await ask(api, LISTS, variables={"n": 5})).errors == []
        answer = await ask(api, LISTS, variables={"n": 500})
        assert (answer.status, answer.codes) == (400, ["COST_EXCEEDED"])
        asked = {"code": "COST_EXCEEDED", "limit": "cost", "allowed": 50_000, "requested": 1 + 500 * (1 + 1 + 500)}
        assert answer.errors[0]["extensions"] == asked
        assert "smaller pages" in answer.errors[0]["message"]


async def test_an_answer_tells_its_cost_on_request_only(api: Api):
    text = "query ($n: Int!) { customers(first: $n) { nodes { id billingProfile { id } } } }"
    for _ in range(2):
        answer = await ask(api, text, variables={"n": 30}, extensions={"cost": True})
        customers = answer.ok()["customers"]["nodes"]
        cost = answer.body["extensions"]["cost"]
        assert cost["requested"] == 1 + 30 * 2
        assert cost["actual"] == 1 + len(customers) + sum(row["billingProfile"] is not None for row in customers)
        assert "extensions" not in (await ask(api, text, variables={"n": 30})).body
