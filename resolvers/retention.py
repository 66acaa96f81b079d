"""What was suspended can come back for a while; then it is deleted, for good (customers.md 6.1)."""

from datetime import datetime, timedelta
from secrets import token_hex

from sqlalchemy import Update, bindparam, update
from sqlmodel import col

from models import ProductSubscription
from models.base import UtcDateTime
from models.product_subscription import ProductSubscriptionStatus

RETENTION = timedelta(days=90)
"""How long what was suspended can come back."""


def delete_what_was_suspended(now: datetime) -> Update:
    """The statement that deletes what nobody reactivated in time; its line of the log was the suspension.

    Args:
        now: The instant of the sweep.
    """
    since = bindparam("suspended_before", now - RETENTION, type_=UtcDateTime())
    return (
        update(ProductSubscription)
        .where(
            col(ProductSubscription.status) == ProductSubscriptionStatus.SUSPENDED,
            col(ProductSubscription.status_changed_at) < since,
        )
        .values(status=ProductSubscriptionStatus.DELETED, status_changed_at=now, etag=token_hex(16))
    )
