"""One of two partners at work, its answers under names that are the same in every world."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, select
from sqlmodel import col

from clientela.demo.organisations import Organisation
from models import (
    ActivityRecord,
    Agreement,
    BillingProfile,
    ProductSubscription,
    PurchasePermission,
    Relationship,
    RelationshipDomain,
)
from tests.access.bodies import body_of
from tests.access.pairs import Pair
from tests.clients import Api

OWN = (
    Relationship,
    RelationshipDomain,
    BillingProfile,
    Agreement,
    ProductSubscription,
    PurchasePermission,
    ActivityRecord,
)
EXPORT = """mutation ($input: CustomerExportInput!) {
  customerExport(input: $input) { export { url columns } userErrors { code } }
}"""
# Ids and etags with and without hyphens, cursors, signed tickets.
FRESH = re.compile(
    r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}|(?<=\")[0-9a-f]{16}(?=\")|eyJ[\w.-]*"
    r"|(?<=\"cursor\":\")[\w-]+|(?<=\"startCursor\":\")[\w-]+|(?<=\"endCursor\":\")[\w-]+"
)
# Steps are seconds; an hour ago, so that no step lies in the future.
BEGINNING = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)


class World:
    """A pair of partners and what a test has asked of it so far.

    Attributes:
        pair: The partners.
        ids: By side, the customers that it has seen, the shared one first.
    """

    def __init__(self, api: Api, pair: Pair) -> None:
        self.pair = pair
        self.ids: dict[str, list[UUID]] = {side: [pair.shared] for side in pair.partners}
        self._api = api
        self._link = ""
        self._steps = dict.fromkeys(pair.partners, 0)
        self._fresh: dict[str, dict[str, str]] = {side: {} for side in pair.partners}

    async def play(self, side: str, document: str, role: str = "admin-agent", **variables: Any) -> str:
        """One call of one partner at a time of its own; its answer with stable names."""
        who = f"{role}@{self.pair.partners[side].name}"
        self._api.clock.fixed = None
        await self._api.token(who)
        self._steps[side] += 1
        self._api.clock.fixed = BEGINNING + timedelta(seconds=self._steps[side])
        text = (await body_of(self._api, who, document, **variables)).decode()
        if document is EXPORT:
            self._link = orjson.loads(text)["data"]["customerExport"]["export"]["url"]
        for found in re.findall(r'"customer_([0-9a-f]{32})"', text):
            if UUID(found) not in self.ids[side]:
                self.ids[side].append(UUID(found))
        return self._stable(side, text)

    async def export(self, side: str, **narrowing: Any) -> str:
        """The list as a file."""
        await self.play(side, EXPORT, input={"filter": narrowing})
        response = await self._api.http.get(self._link)
        assert response.status_code == 200
        return self._stable(side, response.text)

    async def etag(self, side: str, customer_id: UUID) -> str:
        """The present etag of a partner's billing profile; there is none of another's customer."""
        profile = _of(BillingProfile, self.pair.partners[side]), col(BillingProfile.customer_id) == customer_id
        async with self._api.database.connect() as connection:
            found = await connection.execute(select(col(BillingProfile.etag)).where(*profile))
            return found.scalar() or "none"

    async def rows_of(self, side: str) -> list[str]:
        """Everything that is stored of one partner, to the byte."""
        rows = []
        async with self._api.database.connect() as connection:
            for model in OWN:
                mine = select(model.__table__).where(_of(model, self.pair.partners[side]))
                rows += sorted(map(repr, (await connection.execute(mine)).all()))
        return rows

    def _stable(self, side: str, text: str) -> str:
        names = self._fresh[side]
        text = FRESH.sub(lambda match: names.setdefault(match[0].replace("-", ""), f"<{len(names)}>"), text)
        for name, partner in self.pair.partners.items():
            text = text.replace(partner.name, name).replace(partner.display_name, name)
        return text.replace(self.pair.tag, "pair")


def _of(model: Any, partner: Organisation) -> ColumnElement[bool]:
    return col(model.partner_id) == partner.id
