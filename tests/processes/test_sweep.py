"""`clientela sweep`: what expired is written down, and whoever reads sees no difference; what is over is deleted."""

import signal
import sys
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update
from sqlmodel import col

from clientela.cli.sweep import sweep
from clientela.clock import utc_now
from models import ProductSubscription
from tests.api import partnerships
from tests.api.buying import OFFICE, bought, customer_that_may_buy, held, set_status
from tests.api.customers import faults
from tests.api.relationship_requests import drafted, form, invited, listed
from tests.clients import Api
from tests.processes.server import HOME
from tests.processes.test_mail_crash import run

AGENT = "admin-agent@adatum"
SELLER = "sales-agent@contoso"
NOTHING_ELSE = "0 suspended subscriptions were deleted.\n0 answers were forgotten.\n"
KILLED_BEFORE_ITS_COMMIT = """
import asyncio, os, signal, sys
from pathlib import Path
from sqlalchemy import Engine, event
from clientela.cli.sweep import sweep
from tests.worlds import settings_for

event.listen(Engine, "commit", lambda _: os.kill(os.getpid(), signal.SIGKILL))
asyncio.run(sweep(settings_for(sys.argv[1], Path(sys.argv[2]))))
"""


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
    for told in (
        f"2 invitations have expired.\n{NOTHING_ELSE}",
        f"0 invitations have expired.\n{NOTHING_ELSE}",
    ):
        await sweep(fresh_api.settings)
        assert capsys.readouterr().out == told
        after = await listed(fresh_api, AGENT), await partnerships.listed(fresh_api, partnerships.PROVIDER)
        assert after == before
    for table in ("relationship_request", "partnership"):
        overdue = f"select status, open_key from {table} where target_email = 'late@example.com'"
        assert await fresh_api.rows(overdue) == [("expired", None)]


async def suspended(api: Api, days: int) -> dict[str, Any]:
    """A subscription that was suspended so many days ago."""
    customer = await customer_that_may_buy(api, SELLER)
    found = await bought(api, SELLER, customer["id"], OFFICE)
    await set_status(api, SELLER, "Suspend", found)
    since = update(ProductSubscription).values(status_changed_at=utc_now() - timedelta(days=days))
    async with api.database.execution_options(writes=True).begin() as connection:
        await connection.execute(since.where(col(ProductSubscription.id) == UUID(found["id"].partition("_")[2])))
    return customer


async def test_a_sweep_deletes_for_good_what_was_suspended_too_long(fresh_api: Api, capsys: pytest.CaptureFixture[str]):
    """customers.md 6.1: after 90 days; its etag of before is stale. Killed in the middle, a sweep leaves nothing."""
    await sweep(fresh_api.settings)
    late, early = await suspended(fresh_api, days=91), await suspended(fresh_api, days=89)
    await fresh_api.token(AGENT)
    fresh_api.clock.fixed = utc_now() - timedelta(days=91)
    await invited(fresh_api, AGENT, form(targetEmail="late@example.com"))
    fresh_api.clock.fixed = None
    (before,) = await held(fresh_api, SELLER, late["id"])
    assert fresh_api.settings.database_url is not None
    url = fresh_api.settings.database_url.get_secret_value()
    words = sys.executable, "-c", KILLED_BEFORE_ITS_COMMIT, url, str(fresh_api.settings.data_dir)
    assert await run(*words, cwd=HOME) == -signal.SIGKILL
    assert await held(fresh_api, SELLER, late["id"]) == [before]
    capsys.readouterr()
    await sweep(fresh_api.settings)
    told = "1 invitation has expired.\n1 suspended subscription was deleted.\n0 answers were forgotten.\n"
    assert capsys.readouterr().out == told
    (gone,), (kept,) = [await held(fresh_api, SELLER, customer["id"]) for customer in (late, early)]
    assert (gone["status"], kept["status"]) == ("DELETED", "SUSPENDED")
    assert gone["etag"] != before["etag"]
    assert faults(await set_status(fresh_api, SELLER, "Reactivate", gone)) == {
        ("INVALID_STATE", "subscriptionId", 2011)
    }
    assert faults(await set_status(fresh_api, SELLER, "Reactivate", kept)) == set()
