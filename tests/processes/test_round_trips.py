"""How often a request waits for the database: what need not be waited for travels with what must be."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import make_url

from tests.clients import Api, serve_in_process
from tests.faults.cutting import Proxy, proxied
from tests.worlds import World

pytestmark = pytest.mark.parametrize("world", ["postgresql"], indirect=True)
AGENT = "admin-agent@litware"
RUNS = 6
FIND = f"{{ customers(first: {RUNS}) {{ nodes {{ id billingProfile {{ etag }} }} }} }}"
UPDATE = """mutation ($input: CustomerUpdateContactInput!) {
  customerUpdateContact(input: $input) { customer { selected } userErrors { message } }
}"""

BELOW = """{ customers(first: 2) {
  nodes { id domains relationship { role partner { name } } agreements { type agreedOn } qualifications { kind } }
} }"""


@pytest.mark.parametrize(
    ("selected", "rehearsal", "waits"),
    [("companyName", False, 2), ("companyName createdAt", False, 3), ("companyName", True, 3)],
    ids=["plain columns", "an instant, which Python may not know", "a rehearsal"],
)
async def test_a_write_waits_for_what_it_looks_at_and_for_its_end(
    world: World, selected: str, rehearsal: bool, waits: int
):
    """Begin and the row, locked; update, its line of the log and the payload; the end, unless it goes along."""
    document = UPDATE.replace("selected", selected)
    async with served_through_proxy(world) as (api, proxy):
        forms = []
        for node in (await api.ask(AGENT, FIND)).ok()["customers"]["nodes"]:
            form = {"customerId": node["id"], "etag": node["billingProfile"]["etag"]}
            forms.append({"input": form | {"contact": {"firstName": "Ada"}, "dryRun": rehearsal}})
        assert await fewest(api, proxy, document, forms) == (waits, waits)


async def test_a_page_comes_with_the_rows_below_it(world: World):
    """Lists and objects below each row, whatever their number."""
    async with served_through_proxy(world) as (api, proxy):
        assert await fewest(api, proxy, BELOW, [{}] * RUNS) == (1, 1)


@asynccontextmanager
async def served_through_proxy(world: World) -> AsyncIterator[tuple[Api, Proxy]]:
    """A server on a copy of the world, and what counts its way to the database."""
    async with world.copy() as settings:
        assert settings.database_url is not None
        url = make_url(settings.database_url.get_secret_value())
        with proxied(url.host or "127.0.0.1", url.port or 5432) as proxy:
            through = url.set(host="127.0.0.1", port=proxy.port).render_as_string(hide_password=False)
            changed = settings.model_copy(update={"database_url": SecretStr(through)})
            async with serve_in_process(changed) as api:
                yield api, proxy


async def fewest(api: Api, proxy: Proxy, document: str, asked: Sequence[dict[str, Any]]) -> tuple[int, int]:
    """How many turns, and how many pieces, an operation that comes again takes at the least."""
    turns, pieces = [], []
    for variables in asked:
        turned, sent = proxy.turns, proxy.pieces
        (await api.ask(AGENT, document, **variables)).ok()
        turns.append(proxy.turns - turned)
        pieces.append(proxy.pieces - sent)
    # The first runs prepare statements; a caller may be looked up again at any time.
    return min(turns), min(pieces)
