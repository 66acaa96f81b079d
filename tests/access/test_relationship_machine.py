"""Partners and customers at it in any order, with time passing: what must always hold (relationships.md 10)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import redirect_stderr
from typing import Any
from uuid import UUID

import pytest_asyncio
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import invariant, run_state_machine_as_test

from clientela.demo.organisations import organisation
from resolvers.countries.rules import home_region
from tests.access.market import cloud_of
from tests.access.market_lives import Lives
from tests.access.market_sight import CUSTOMERS, ENROLLED, cloud_of_customer
from tests.access.overheard import Overheard
from tests.access.resetting import keep
from tests.clients import Api, serve_in_process
from tests.mail.relay import relay
from tests.mail.sending import with_relay
from tests.worlds import World

SELLING = {"direct_bill", "indirect_provider"}
FUZZING = settings.get_current_profile_name() == "fuzz"


class Market(Lives):
    """All that may happen, and what is stored whatever happened."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.ids_of_pairs: dict[Any, Any] = {}
        self.versions: dict[Any, Any] = {}

    @invariant(check_during_init=True)
    def relationships_are_sound(self):
        """I1, I2, I3, I4, I11; permissions.md 5.2: in the US Government cloud one partner a customer."""
        rows = self.sight.relationships
        assert len({(row.partner_id, row.customer_id) for row in rows}) == len(rows)
        for row in rows:
            partner, customer = self.pair(row)
            assert partner is not None
            assert cloud_of(partner) is cloud_of_customer(customer)
            if row.status == "active":
                assert home_region(organisation(partner).country) == home_region(row.customer_country)
            assert row.status == "active" or row.role == "managing" or not row.delegated_admin
            assert self.ids_of_pairs.setdefault(self.pair(row), row.id) == row.id
        assert {row.id for row in rows if self.pair(row)[1] == ENROLLED and row.status == "active"} <= {
            row.id for row in self.first_sight.relationships if row.status == "active"
        }
        federal = [row.customer_id for row in rows if row.cloud == "us_gov" and row.status == "active"]
        assert len(set(federal)) == len(federal)

    @invariant(check_during_init=True)
    def what_is_sold_is_what_was_bought(self):
        """I5, I10, I11; permissions.md I11: who sold may sell, nothing comes back or outlives its relationship."""
        assert {UUID(str(row.id)): row.status for row in self.sight.sold} == self.bought
        for row in self.sight.sold:
            assert any(kind in row.kinds for kind in SELLING)
            assert row.program_status == "active"
            assert row.status != "active" or self.pair(row) in self.live()
        assert {self.pair(row) for row in self.sight.permissions if row.enabled} == self.permitted
        assert self.permitted <= self.live()

    @invariant(check_during_init=True)
    def a_version_stands_for_one_content(self):
        """I23: an etag that comes again comes with what it came with before."""
        for row in (*self.sight.sold, *self.sight.profiles):
            assert self.versions.setdefault((row.id, row.etag), tuple(row)) == tuple(row)

    @invariant(check_during_init=True)
    def nobody_gains_a_role(self):
        """permissions.md I12: no mutation of the contract gives a partner's user a role, and none does unasked."""
        assert self.sight.counts["role_assignment"] == self.first_sight.counts["role_assignment"]

    @invariant(check_during_init=True)
    def no_secret_is_told_twice(self):
        """permissions.md I9: passwords in no answer but one, links in none of others', neither in a row or the log."""
        assert self.run(self.overheard.misplaced()) == []


@pytest_asyncio.fixture(scope="module")
async def api(world: World) -> AsyncIterator[Api]:
    """A server whose mail stays in the outbox: its relay does not encrypt, so it is told nothing."""
    async with (
        world.copy() as settings,
        relay() as smtp,
        serve_in_process(with_relay(settings, smtp.port, smtp_security="starttls")) as server,
    ):
        yield server


async def test_a_market_in_any_order_keeps_its_invariants(api: Api, overheard: Overheard):
    """relationships.md 10: I1-I14, I21, I23; permissions.md 9: I8, I9, I11, I12."""
    loop, kept = asyncio.get_running_loop(), await keep(api, CUSTOMERS)
    bounds = settings(
        max_examples=150 if FUZZING else 2,
        stateful_step_count=40 if FUZZING else 10,
        database=None,
        # A history is shown as it was played: to look for a shorter one takes more minutes than to read it.
        phases=[Phase.generate],
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    try:
        with redirect_stderr(overheard.log):
            await asyncio.to_thread(
                run_state_machine_as_test, lambda: Market(api, loop, kept, overheard), settings=bounds
            )
    finally:
        api.clock.fixed = None
    assert min(overheard.searched.values()) > 10_000
