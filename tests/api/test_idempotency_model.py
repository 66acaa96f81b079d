"""Random sequences of keyed requests against a model: what each key is worth is known beforehand."""

import asyncio
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api import relationship_requests as requests
from tests.api.keyed import REPLAYED, new_key, send
from tests.clients import Api

AGENT = "admin-agent@litware"
INVITE = """mutation ($input: RelationshipRequestCreateInput!) {
  made: relationshipRequestCreate(input: $input) { relationshipRequest { id link } userErrors { code } }
}"""
# A request is a form: two that are sound, and one at fault.
FORMS = ("sound", "other", "at fault")
steps = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(FORMS)), min_size=4, max_size=15)


@dataclass
class Model:
    """What the keys stand for.

    Attributes:
        done: By key, the request that was done under it and its answer.
    """

    done: dict[str, tuple[str, Any]] = field(default_factory=dict)

    def expected(self, key: str, request: str) -> str:
        """How the request ends under the key."""
        if key in self.done:
            return "replayed" if self.done[key][0] == request else "reused"
        return "INVALID" if request == "at fault" else "done"


def outcome(answer: Any) -> str:
    """How a request ended."""
    body = answer.json()
    if "errors" in body:
        assert [error["extensions"]["code"] for error in body["errors"]] == ["IDEMPOTENCY_KEY_REUSED"]
        return "reused"
    if answer.headers.get(REPLAYED) == "true":
        return "replayed"
    faults = body["data"]["made"]["userErrors"]
    return str(faults[0]["code"]) if faults else "done"


async def test_any_sequence_ends_as_the_model_says(api: Api):
    loop = asyncio.get_running_loop()

    async def play(sequence: list[tuple[str, str]]) -> None:
        model, keys = Model(), {name: new_key() for name in "abc"}
        sound = {name: requests.form(targetEmail=f"{uuid4().hex}@example.com") for name in ("sound", "other")}
        forms = {**sound, "at fault": requests.form(targetEmail="nobody")}
        for key, request in sequence:
            expected = model.expected(key, request)
            answer = await send(api, AGENT, keys[key], INVITE, input=forms[request])
            assert outcome(answer) == expected, (key, request)
            made = answer.json()["data"]["made"]
            if expected == "done":
                model.done[key] = (request, made)
            elif expected == "replayed":
                assert made == model.done[key][1]

    @settings(max_examples=15, database=None, suppress_health_check=[HealthCheck.too_slow])
    @given(steps)
    def all_of_them(sequence: list[tuple[str, str]]) -> None:
        asyncio.run_coroutine_threadsafe(play(sequence), loop).result(60)

    await asyncio.to_thread(all_of_them)
