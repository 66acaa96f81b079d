"""Purchase permissions as a state machine: whatever anybody does in any order, a model foretells it (I8, I10, I11)."""

import asyncio
from contextlib import redirect_stderr
from uuid import UUID

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, run_state_machine_as_test

from tests.access.overheard import Overheard
from tests.access.own_purchases import AGENT, EVERYBODY, OwnPurchases
from tests.api.test_purchase_permissions import READ
from tests.clients import Api

FUZZING = settings.get_current_profile_name() == "fuzz"


class Purchases(OwnPurchases):
    """Each history begins with these two lives, in either order: step by step it rarely comes to them."""

    @initialize(conditions=st.permutations(["permission", "owner", "plan"]), dry_first=st.booleans())
    def one_condition_after_the_other_fails(self, conditions: list[str], dry_first: bool):
        """I8, I10: all hold, then one does not, and its loss and its return are said twice and rehearsed before."""
        if not self.active:
            self.the_plan_is_suspended_or_reactivated(stale=False)
        self._set("permission", holds=True)
        self._set("owner", holds=True)
        for condition in conditions:
            for holds in (False, True):
                self._set(condition, holds=holds)
                for who in ("admin", "user"):
                    self.buys_for_its_company(who, dry=dry_first)
                    self.buys_for_its_company(who, dry=not dry_first)

    def _set(self, condition: str, *, holds: bool) -> None:
        match condition:
            case "permission":
                for dry in (True, False, False):
                    self.turns_the_permission(AGENT, enabled=holds, dry=dry)
            case "owner":
                for _ in range(2):
                    self.changes_owners("admin", assigns=holds, by="admin")
            case _:
                self.the_plan_is_suspended_or_reactivated(stale=True)
                self.the_plan_is_suspended_or_reactivated(stale=False)

    @initialize(admin=st.booleans())
    def it_ends_and_comes_back(self, admin: bool):
        """I11: not with the plan or a reservation active, and then without the permission, which needs a plan."""
        if not self.active:
            self.the_plan_is_suspended_or_reactivated(stale=False)
        self.changes_owners("admin", assigns=True, by="admin")
        self.turns_the_permission(AGENT, enabled=True, dry=False)
        self.buys_for_its_company("admin", dry=False)
        self.the_relationship_ends_and_comes_back(permits=True, tidies_up=False, admin=admin)
        self.what_is_stored_is_what_the_model_says()
        self.the_plan_is_suspended_or_reactivated(stale=False)
        self.the_relationship_ends_and_comes_back(permits=False, tidies_up=False, admin=admin)
        self.the_relationship_ends_and_comes_back(permits=False, tidies_up=True, admin=admin)
        for who in EVERYBODY:
            self.turns_the_permission(who, enabled=True, dry=False)

    @invariant(check_during_init=True)
    def what_is_stored_is_what_the_model_says(self):
        tenant = UUID(self.customer["tenantId"])
        key = tenant.hex if self._api.database.dialect.name == "sqlite" else tenant
        stored = self.run(self._api.rows("select enabled from purchase_permission where customer_id = :key", key=key))
        assert [bool(row.enabled) for row in stored] == ([self.enabled] if self.was_on else [])
        owners = self.run(self._api.rows("select user_id from subscription_owner where customer_id = :key", key=key))
        assert len(owners) == len(self.owners)
        (shown,) = self.run(self._api.ask(AGENT, READ, id=self.customer["id"])).ok()["customer"]["purchasePermissions"]
        assert shown["enabled"] is self.enabled
        assert (shown["warnings"] == []) is (self.active and bool(self.owners))
        kinds = [one["status"] for one in self.sold() if one["kind"] == "RESERVATION"]
        assert (len(kinds), kinds.count("ACTIVE")) == (self.reservations, self.open_reservations)

    @invariant(check_during_init=True)
    def no_secret_is_told_twice(self):
        """permissions.md I9: in no answer but the one, in no row and no line of the log."""
        assert self.overheard.kinds() >= {"bearer token", "password"}
        assert self.run(self.overheard.misplaced()) == []


async def test_whatever_anybody_does_the_model_foretells(api: Api, overheard: Overheard):
    """permissions.md 9: I8-I11; permissions.md 4, 8.16-8.21."""
    loop = asyncio.get_running_loop()
    bounds = settings(
        max_examples=150 if FUZZING else 3,
        stateful_step_count=40 if FUZZING else 14,
        database=None,
        # A history is shown as it was played: to look for a shorter one takes more minutes than to read it.
        phases=[Phase.generate],
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    with redirect_stderr(overheard.log):
        await asyncio.to_thread(run_state_machine_as_test, lambda: Purchases(api, loop, overheard), settings=bounds)
    assert min(overheard.searched.values()) > 10_000
