"""Documents that clients name instead of sending them."""

from datetime import datetime

from sqlalchemy import PrimaryKeyConstraint
from sqlmodel import Field, SQLModel

from models.base import KeyText, UtcDateTime


class PersistedDocument(SQLModel, table=True):
    """One document, which an operator registered; it belongs to the deployment, not to a tenant.

    `id` is `sha256:` and the hash of `text` in small hexadecimal digits.
    """

    __tablename__ = "persisted_document"
    __table_args__ = (PrimaryKeyConstraint("id"),)

    id: str = Field(sa_type=KeyText)
    text: str
    created_at: datetime = Field(sa_type=UtcDateTime)
