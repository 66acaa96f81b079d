"""The access matrix of writing: every mutation, called by every kind of principal."""

import pytest

from tests.access.fields import guarded_fields
from tests.access.logbook import Line, content_of, denied_line, difference, newest_lines
from tests.access.mutations import ABOUT_NO_CUSTOMER, MUTATIONS, effect_of
from tests.access.outcomes import Step, expected, observed
from tests.access.planting import Planted
from tests.access.reference import CALLERS, Caller
from tests.clients import Api

GUARDED = {name.partition(".")[2]: needed for name, needed in guarded_fields().items() if name.startswith("Mutation.")}


def test_every_mutation_has_a_row_with_the_permission_of_the_contract():
    assert {name: row.permission for name, row in MUTATIONS.items()} == GUARDED


@pytest.mark.parametrize("caller", CALLERS, ids=lambda caller: caller.name or "nobody")
@pytest.mark.parametrize("name", GUARDED)
async def test_a_mutation_is_done_for_those_who_may_and_leaves_nothing_but_its_line_for_others(
    name: str, caller: Caller, api: Api, planted: dict[str, Planted]
):
    """Issue 2 F, permissions.md 0 and 2, I8, settled question "audit rows"."""
    row, own = MUTATIONS[name], planted[caller.partner]
    who = f"{caller.name}@{own.domain}" if caller.kind == "customer" else caller.name
    form = await row.form(api, own, caller)
    if who is not None:
        await api.token(who)
    counts, content = await api.counts(), await content_of(api, own.tenant_id)
    answer = await api.ask(who, row.document, input=form)
    outcome = expected(caller, (Step(row.permission, (name,), row.sides),))
    assert observed(answer, (name,)) == outcome
    left = difference(counts, await api.counts())
    lines = left.pop("activity_record", 0)
    if outcome.shown:
        effect = effect_of(name, caller)
        codes = [fault["code"] for fault in answer.data[name]["userErrors"]]
        assert codes == list(effect.codes)
        assert (left, lines) == (effect.rows, 0 if effect.operation is None else effect.logs)
        if effect.operation is not None:
            written = await newest_lines(api, effect.logs)
            assert len({line.partner_id for line in written}) == effect.logs
            _check_line(written, effect.operation, caller)
        return
    assert left == {}
    assert await content_of(api, own.tenant_id) == content
    assert lines == caller.has_log
    if caller.has_log:
        assert await newest_lines(api, 1) == [denied_line(str(caller.name))]


def _check_line(written: list[Line], operation: str, caller: Caller) -> None:
    blank = denied_line(str(caller.name))
    (line,) = [line for line in written if line.partner_id == blank.partner_id]
    assert line[:3] == blank[:3]
    assert (line.operation, line.status) == (operation, "succeeded")
    assert (line.customer_id is None) == (operation in ABOUT_NO_CUSTOMER)
