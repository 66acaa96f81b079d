"""The access matrix of reading: every guarded field, asked for by every kind of principal."""

import pytest

from tests.access.fields import ROWS, guarded_fields, variables_of
from tests.access.outcomes import Step, expected, observed
from tests.access.planting import Planted
from tests.access.reference import CALLERS, Caller, grants
from tests.clients import Api

# Mutations have a matrix of their own, subscriptions are opened over sockets in tests/streams.
ELSEWHERE = ("Mutation.", "Subscription.")
READ = {coordinate: needed for coordinate, needed in guarded_fields().items() if not coordinate.startswith(ELSEWHERE)}


def test_every_guarded_field_has_a_row_with_the_permission_of_the_contract():
    assert {coordinate: row.steps[-1].permission for coordinate, row in ROWS.items()} == READ


@pytest.mark.parametrize("coordinate", READ)
async def test_a_guarded_field_is_given_to_those_who_hold_its_permission_and_to_nobody_else(
    coordinate: str, api: Api, planted: dict[str, Planted]
):
    """Issue 2 F, permissions.md 0 and 2, I1, I8: code, permission, roles, path; data absent; nothing written."""
    row = ROWS[coordinate]
    wanted, seen, shown = {}, {}, {}
    names = {caller: _name(caller, planted) for caller in CALLERS}
    for name in names.values():
        if name is not None:
            await api.token(name)
    before = await api.counts()
    for caller, name in names.items():
        own = planted[caller.partner]
        answer = await api.ask(name, row.document, **variables_of(row, own.id))
        wanted[caller.name] = expected(caller, row.steps)
        seen[caller.name] = observed(answer, row.steps[-1].path)
        if row.secret is not None:
            told = {secret for secret in own.secrets.values() if secret in str(answer.body)}
            shown[caller.name] = own.secrets[row.secret] in told
            assert told <= {own.secrets[row.secret]}
    assert seen == wanted
    if row.secret is not None:
        assert shown == {name: outcome.shown for name, outcome in wanted.items()}
    assert await api.counts() == before


@pytest.mark.parametrize("coordinate", [name for name in READ if name.startswith(("Customer.", "CompanyProfile."))])
@pytest.mark.parametrize("who", ["customer-admin", "customer-user"])
async def test_customers_people_get_no_guarded_field_of_their_own_company(
    coordinate: str, who: str, api: Api, planted: dict[str, Planted]
):
    """permissions.md 3: partners' data stays out of sight, the global admin's included."""
    own = planted["contoso"]
    row = ROWS[coordinate]
    document = row.document.replace("query ($id: ID!) { customer(id: $id) {", "{ viewer { customer {") + " }"
    step = Step(row.steps[-1].permission, ("viewer", *row.steps[-1].path))
    answer = await api.ask(f"{who}@{own.domain}", document)
    assert answer.data["viewer"]["customer"]["tenantId"] == str(own.tenant_id)
    caller = Caller(who, kind="customer")
    assert observed(answer, step.path) == expected(caller, (step,))
    assert not any(secret in str(answer.body) for secret in own.secrets.values())


def test_the_callers_hold_and_lack_each_permission_that_guards_something():
    """A row that everybody or nobody passes would show nothing."""
    roles = {role for caller in CALLERS for role in caller.roles}
    assert len(roles) == 12
    for permission in set(guarded_fields().values()):
        assert roles & grants()[permission].keys()
        assert roles - grants()[permission].keys()


def _name(caller: Caller, planted: dict[str, Planted]) -> str | None:
    if caller.kind == "customer":
        return f"{caller.name}@{planted[caller.partner].domain}"
    return caller.name
