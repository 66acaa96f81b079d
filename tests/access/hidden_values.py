"""Other values written over a partner's hidden ones, as no call of the API could."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select, update
from sqlmodel import SQLModel, col

from models import ActivityRecord, Agreement, BillingProfile, Customer, ProductSubscription, Relationship
from tests.clients import Api

TAX, BILLING, AGREEMENT, SOLD, LISTED, LEGAL = "tax", "billing", "agreement", "sold", "listed", "legal"
ALL = (TAX, BILLING, AGREEMENT, SOLD, LISTED, LEGAL)
BILLED = ("first_name", "last_name", "email", "culture", "etag", "address_line1", "address_city", "address_last_name")
LOGGED = {
    TAX: ("companyProfile.",),
    BILLING: tuple(f"billingProfile.{name}" for name in ("firstName", "lastName", "email", "culture", "address")),
    AGREEMENT: ("agreement.",),
    SOLD: ("subscription.",),
    LISTED: ("billingProfile.companyName",),
    LEGAL: ("companyName",),
}


async def change_hidden(api: Api, customer_id: UUID, partner_id: UUID, kinds: tuple[str, ...], mark: str) -> None:
    """Makes `mark` of every value of these kinds: the tenant's own, this partner's, and both in this partner's log."""
    await _change_log(api, customer_id, partner_id, tuple(name for kind in kinds for name in LOGGED[kind]), mark)
    tenant = [col(Customer.id) == customer_id]
    if TAX in kinds:
        await _set(api, Customer, tenant, organization_registration_number=mark)
    if LEGAL in kinds:
        await _set(api, Customer, tenant, company_name=mark)
    if BILLING in kinds:
        await _set(api, BillingProfile, _of(BillingProfile, customer_id, partner_id), **dict.fromkeys(BILLED, mark))
    if AGREEMENT in kinds:
        contact = {"contact_email": mark, "contact_last_name": mark}
        await _set(api, Agreement, _of(Agreement, customer_id, partner_id), **contact)
    if SOLD in kinds:
        sold = {"friendly_name": mark, "etag": mark}
        await _set(api, ProductSubscription, _of(ProductSubscription, customer_id, partner_id), **sold)
    if LISTED in kinds:
        names = {"list_name": mark, "list_name_key": mark}
        await _set(api, Relationship, _of(Relationship, customer_id, partner_id), **names)
        names = {"customer_name": mark, "customer_name_key": mark}
        await _set(api, ActivityRecord, _of(ActivityRecord, customer_id, partner_id), **names)
        await _set(api, BillingProfile, _of(BillingProfile, customer_id, partner_id), company_name=mark)


async def _change_log(api: Api, customer_id: UUID, partner_id: UUID, fields: tuple[str, ...], mark: str) -> None:
    mine = _of(ActivityRecord, customer_id, partner_id)
    async with api.database.execution_options(writes=True).begin() as connection:
        lines = await connection.execute(select(col(ActivityRecord.id), col(ActivityRecord.changes)).where(*mine))
        for key, changes in lines.all():
            told = [
                entry | {"old": mark, "new": mark} if entry["field"].startswith(fields) else entry for entry in changes
            ]
            await connection.execute(update(ActivityRecord).where(col(ActivityRecord.id) == key).values(changes=told))


def _of(model: Any, customer_id: UUID, partner_id: UUID) -> list[ColumnElement[bool]]:
    return [col(model.customer_id) == customer_id, col(model.partner_id) == partner_id]


async def _set(api: Api, model: type[SQLModel], where: list[ColumnElement[bool]], **values: str) -> None:
    async with api.database.execution_options(writes=True).begin() as connection:
        assert (await connection.execute(update(model).where(*where).values(**values))).rowcount > 0
