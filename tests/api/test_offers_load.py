"""`clientela offers load`: the catalogue of a file, all of it or nothing (docs/offers.md)."""

import json
import re
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from clientela.cli.offers import load
from tests.api.buying import bought, buy, customer_that_may_buy
from tests.api.customers import faults
from tests.api.test_offers import WHOLE
from tests.clients import Api
from tests.spoken import spoken

AGENT = "sales-agent@contoso"
DOCUMENTED = Path(__file__).parents[2] / "docs" / "offers.md"


def offer(**further: Any) -> dict[str, Any]:
    """The offer that the documentation shows, under an id of its own."""
    (shown,) = re.findall(r"```json\n(.*?)```", DOCUMENTED.read_text("utf-8"), re.DOTALL)
    return json.loads(shown)[0] | {"id": str(uuid4())} | further


async def load_these(api: Api, folder: Path, *offers: Any) -> int:
    (folder / "offers.json").write_text(json.dumps(offers))
    return await load(api.settings, folder / "offers.json")


async def named(api: Api, name: str) -> list[dict[str, Any]]:
    found = (await api.ask(AGENT, WHOLE, first=500)).ok()["offers"]["nodes"]
    return [one for one in found if one["name"] == name]


async def test_what_is_loaded_is_sold_and_what_is_withdrawn_is_not(
    api: Api, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    base = offer(name="Loaded base")
    add_on = offer(name="Loaded add-on", addOnOf=base["id"])
    for told in ("2 offers are in the catalogue, 2 new.\n", "2 offers are in the catalogue, 0 new.\n"):
        assert await load_these(api, tmp_path, add_on, base) == 0
        assert capsys.readouterr().out == told
        (shown,) = await named(api, "Loaded add-on")
        assert (shown["addOnOf"], shown["countries"]) == ({"name": "Loaded base"}, ["IT", "US"])
    customer = await customer_that_may_buy(api, AGENT)
    subscription = await bought(api, AGENT, customer["id"], "Loaded base", 300)
    assert faults(await buy(api, AGENT, customer["id"], "Loaded base", 301))
    assert await load_these(api, tmp_path, base | {"countries": [], "name": "Renamed base"}) == 0
    (code,) = {code for code, _, _ in faults(await buy(api, AGENT, customer["id"], "Renamed base"))}
    assert code == "NOT_SUPPORTED"
    held = "query ($id: ID!) { node(id: $id) { ... on ProductSubscription { status } } }"
    assert (await api.ask(AGENT, held, id=subscription["id"])).ok()["node"] == {"status": "ACTIVE"}


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"countries": ["US", "QQ"]}, "offer 2: countries."),
        ({"kind": "SEAT"}, "offer 2: kind: "),
        ({"minimumQuantity": 0}, "offer 2: minimumQuantity: "),
        ({"price": 3}, "offer 2: price: "),
        ({"minimumQuantity": 400}, "offer 2: maximumQuantity is less than minimumQuantity."),
        ({"addOnOf": str(UUID(int=1))}, "offer 2: addOnOf names no offer of GLOBAL that stands alone."),
    ],
)
async def test_a_file_with_a_fault_is_not_loaded(
    api: Api, tmp_path: Path, capsys: pytest.CaptureFixture[str], wrong: dict[str, Any], told: str
):
    before = await api.counts()
    assert await load_these(api, tmp_path, offer(), offer(**wrong)) == 1
    *faults, end = spoken(capsys)
    assert told in "\n".join(faults)
    assert end == "Nothing was loaded."
    assert await api.counts() == before


async def test_what_an_offer_is_never_changes_and_an_id_comes_once(
    api: Api, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    known = offer(name="Settled")
    assert await load_these(api, tmp_path, known) == 0
    capsys.readouterr()
    changed = known | {"kind": "SOFTWARE"}
    assert await load_these(api, tmp_path, changed, changed) == 1
    assert [line.partition(",")[0] for line in spoken(capsys)] == [
        "offer 1: kind",
        "offer 2: its id is another offer's of this file; give it one of its own.",
        "offer 2: kind",
        "Nothing was loaded.",
    ]
    (kept,) = await named(api, "Settled")
    assert kept["kind"] == "LICENSE"


async def test_a_file_that_is_no_list_of_offers_says_so(api: Api, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "offers.json").write_text("{")
    assert await load(api.settings, tmp_path / "offers.json") == 1
    assert "Invalid JSON" in capsys.readouterr().err
