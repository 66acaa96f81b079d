"""The parameters that visibility SELECTs name: who looks, in which cloud, and when."""

from typing import Any

from sqlalchemy import Select, Uuid, bindparam

from models.base import UtcDateTime, stored
from policy.vocabulary import Cloud, PrincipalKind

Rows = Select[*tuple[Any, ...]]
"""A SELECT of any columns; the row's NamedTuple says which."""

viewer_cloud = bindparam("viewer_cloud", type_=stored(Cloud, "cloud"))
viewer_tenant = bindparam("viewer_tenant", type_=Uuid())
viewer_now = bindparam("viewer_now", type_=UtcDateTime())
viewer_actor = bindparam("viewer_actor", type_=Uuid())


def is_partner(kind: PrincipalKind) -> bool:
    """Whether principals of the kind look with a partner's eyes."""
    return kind is not PrincipalKind.CUSTOMER_USER
