"""Fields that are given up because a sibling's error took their parent with it."""

import pytest

from tests.clients import Api

LIST = "customers(first: 3) { totalCount nodes { id domains contact { email } } }"
TOO_MANY = "nodes(ids: $ids) { id }"


@pytest.mark.parametrize("selection", [f"{LIST} {TOO_MANY}", f"{TOO_MANY} {LIST}"])
async def test_a_field_given_up_with_its_parent_neither_breaks_nor_keeps_a_connection(selection: str, api: Api):
    """`nodes` is not null, so its error ends the query while statements of its sibling run or wait."""
    document = f"query ($ids: [ID!]!) {{ {selection} }}"
    for _ in range(2 * api.settings.database_pool_size):
        answer = await api.ask("sales-agent@contoso", document, ids=["customer_x"] * 501)
        assert (answer.status, answer.body["data"], answer.codes) == (200, None, ["BAD_USER_INPUT"])
    assert (await api.ask("sales-agent@contoso", f"{{ {LIST} }}")).ok()
