"""`clientela sweep`: what expired is written down, and whoever reads sees no difference."""

from datetime import timedelta

import pytest

from clientela.cli.sweep import sweep
from clientela.clock import utc_now
from tests.api import partnerships
from tests.api.relationship_requests import drafted, form, invited, listed
from tests.clients import Api

AGENT = "admin-agent@adatum"


async def test_a_sweep_writes_down_what_everybody_reads_already(fresh_api: Api, capsys: pytest.CaptureFixture[str]):
    """R2.10, R3.5: lazy on read, plus a sweep."""
    for person in (AGENT, partnerships.PROVIDER):
        await fresh_api.token(person)
    await sweep(fresh_api.settings)
    capsys.readouterr()
    fresh_api.clock.fixed = utc_now() - timedelta(days=91)
    await invited(fresh_api, AGENT, form(targetEmail="late@example.com"))
    await drafted(fresh_api, AGENT, form(targetEmail="draft@example.com"))
    await partnerships.requested(fresh_api, targetEmail="late@example.com")
    fresh_api.clock.fixed = None
    await invited(fresh_api, AGENT, form(targetEmail="early@example.com"))
    before = await listed(fresh_api, AGENT), await partnerships.listed(fresh_api, partnerships.PROVIDER)
    for told in ("2 invitations have expired.\n", "0 invitations have expired.\n"):
        await sweep(fresh_api.settings)
        assert capsys.readouterr().out == told
        after = await listed(fresh_api, AGENT), await partnerships.listed(fresh_api, partnerships.PROVIDER)
        assert after == before
    for table in ("relationship_request", "partnership"):
        overdue = f"select status, open_key from {table} where target_email = 'late@example.com'"
        assert await fresh_api.rows(overdue) == [("expired", None)]
