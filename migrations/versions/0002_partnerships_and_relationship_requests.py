"""partnerships and relationship requests.

Revision: 0002
Revises: 0001
"""

import unicodedata

import sqlalchemy as sa
import sqlmodel
from alembic import op

import models.base

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def _enum(name, *values):
    # As texts, held by a check constraint (models/base.py).
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


CLOUD = _enum("cloud", "global", "us_gov", "germany", "china")
STATUS = _enum("status", "requested", "active", "ended", "declined", "cancelled", "expired")
KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")
INSTANT = models.base.UtcDateTime(timezone=True)


def upgrade() -> None:
    """Nothing refers to a partnership, so its table is made anew around its rows."""
    connection = op.get_bind()
    kept = connection.execute(
        sa.text(
            "select s.id, s.cloud, s.provider_id, s.reseller_id, s.accepted_at, s.ended_at, p.name as provider_name, r.name as reseller_name"
            " from partnership s join partner p on p.cloud = s.cloud and p.id = s.provider_id"
            " join partner r on r.cloud = s.cloud and r.id = s.reseller_id"
        ).columns(
            id=sa.Uuid(),
            cloud=CLOUD,
            provider_id=sa.Uuid(),
            reseller_id=sa.Uuid(),
            accepted_at=INSTANT,
            ended_at=INSTANT,
        )
    ).all()
    op.drop_table("partnership")
    table = op.create_table(
        "partnership",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cloud", CLOUD, nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("reseller_id", sa.Uuid(), nullable=True),
        sa.Column("status", STATUS, nullable=False),
        sa.Column("provider_name_key", KEY, nullable=False),
        sa.Column("reseller_name_key", KEY, nullable=False),
        sa.Column("target_email", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("open_key", KEY, nullable=True),
        sa.Column("requested_at", INSTANT, nullable=False),
        sa.Column("requested_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("expires_at", INSTANT, nullable=True),
        sa.Column("accepted_at", INSTANT, nullable=True),
        sa.Column("accepted_by", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("ended_by", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.CheckConstraint("provider_id <> reseller_id", name=op.f("ck_partnership_two_partners")),
        sa.CheckConstraint(
            "(status in ('active', 'ended')) = (reseller_id is not null)",
            name=op.f("ck_partnership_reseller_when_accepted"),
        ),
        sa.CheckConstraint("(reseller_id is null) = (accepted_at is null)", name=op.f("ck_partnership_accepted_at")),
        sa.CheckConstraint("status = 'requested' or open_key is null", name=op.f("ck_partnership_open_key")),
        sa.ForeignKeyConstraint(
            ["cloud", "provider_id"],
            ["partner.cloud", "partner.id"],
            name=op.f("fk_partnership_cloud_provider_id_partner"),
        ),
        sa.ForeignKeyConstraint(
            ["cloud", "reseller_id"],
            ["partner.cloud", "partner.id"],
            name=op.f("fk_partnership_cloud_reseller_id_partner"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partnership")),
    )
    if kept:
        op.bulk_insert(table, [_accepted(row) for row in kept])
    _partial("uq_partnership_live_pair", ["cloud", "provider_id", "reseller_id"], "status = 'active'", unique=True)
    _partial("uq_partnership_open", ["cloud", "provider_id", "open_key"], "open_key is not null", unique=True)
    _partial("ix_partnership_expiry", ["cloud", "expires_at"], "status = 'requested'")
    op.create_index("ix_partnership_provider", "partnership", ["cloud", "provider_id", "reseller_name_key", "id"])
    op.create_index(
        "ix_partnership_provider_status", "partnership", ["cloud", "provider_id", "status", "reseller_name_key", "id"]
    )
    op.create_index("ix_partnership_reseller", "partnership", ["cloud", "reseller_id", "provider_name_key", "id"])
    op.create_table(
        "relationship_request",
        sa.Column("cloud", _enum("cloud", "global", "us_gov", "germany", "china"), nullable=False),
        sa.Column("inviter_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind", _enum("kind", "direct", "provider", "reseller_only", "reseller_with_provider"), nullable=False
        ),
        sa.Column(
            "status", _enum("status", "draft", "sent", "accepted", "declined", "cancelled", "expired"), nullable=False
        ),
        sa.Column("provider_id", sa.Uuid(), nullable=True),
        sa.Column("includes_delegated_admin", sa.Boolean(), nullable=False),
        sa.Column("target_customer_id", sa.Uuid(), nullable=True),
        sa.Column("target_email", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("open_key", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=True),
        sa.Column("subject", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("body", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("created_at", models.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("created_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=False),
        sa.Column("sent_at", models.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("expires_at", models.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("decided_at", models.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("decline_reason", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'reseller_with_provider') = (provider_id is not null)",
            name=op.f("ck_relationship_request_provider"),
        ),
        sa.CheckConstraint(
            "(status in ('accepted', 'declined')) = (customer_id is not null)",
            name=op.f("ck_relationship_request_decided_by_a_customer"),
        ),
        sa.CheckConstraint(
            "cloud = 'global' or includes_delegated_admin", name=op.f("ck_relationship_request_delegated_admin")
        ),
        sa.CheckConstraint("status <> 'sent' or sent_at is not null", name=op.f("ck_relationship_request_sent_at")),
        sa.CheckConstraint(
            "status in ('draft', 'sent') or open_key is null", name=op.f("ck_relationship_request_open_key")
        ),
        sa.ForeignKeyConstraint(
            ["cloud", "customer_id"],
            ["customer.cloud", "customer.id"],
            name=op.f("fk_relationship_request_cloud_customer_id_customer"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["cloud", "inviter_id"],
            ["partner.cloud", "partner.id"],
            name=op.f("fk_relationship_request_cloud_inviter_id_partner"),
        ),
        sa.ForeignKeyConstraint(
            ["cloud", "provider_id"],
            ["partner.cloud", "partner.id"],
            name=op.f("fk_relationship_request_cloud_provider_id_partner"),
        ),
        sa.PrimaryKeyConstraint("cloud", "inviter_id", "id", name=op.f("pk_relationship_request")),
        sa.UniqueConstraint("id", name=op.f("uq_relationship_request_id")),
    )
    op.create_index(
        "ix_relationship_request_created",
        "relationship_request",
        ["cloud", "inviter_id", "created_at", "id"],
        unique=False,
    )
    op.create_index("ix_relationship_request_customer", "relationship_request", ["cloud", "customer_id"], unique=False)
    op.create_index(
        "ix_relationship_request_expiry",
        "relationship_request",
        ["cloud", "expires_at"],
        unique=False,
        postgresql_where=sa.text("status = 'sent'"),
        sqlite_where=sa.text("status = 'sent'"),
    )
    op.create_index(
        "ix_relationship_request_status",
        "relationship_request",
        ["cloud", "inviter_id", "status", "kind", "created_at", "id", "expires_at"],
        unique=False,
    )
    op.create_index(
        "uq_relationship_request_open",
        "relationship_request",
        ["cloud", "inviter_id", "open_key"],
        unique=True,
        postgresql_where=sa.text("open_key is not null"),
        sqlite_where=sa.text("open_key is not null"),
    )


def downgrade() -> None:
    """Invitations that nobody accepted have no place in the former table, and are lost."""
    op.drop_table("relationship_request")
    connection = op.get_bind()
    kept = connection.execute(
        sa.text(
            "select id, cloud, provider_id, reseller_id, accepted_at, ended_at from partnership where reseller_id is not null"
        ).columns(
            id=sa.Uuid(),
            cloud=CLOUD,
            provider_id=sa.Uuid(),
            reseller_id=sa.Uuid(),
            accepted_at=INSTANT,
            ended_at=INSTANT,
        )
    ).all()
    op.drop_table("partnership")
    table = op.create_table(
        "partnership",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cloud", CLOUD, nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("reseller_id", sa.Uuid(), nullable=False),
        sa.Column("accepted_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.CheckConstraint("provider_id <> reseller_id", name=op.f("ck_partnership_two_partners")),
        sa.ForeignKeyConstraint(
            ["cloud", "provider_id"],
            ["partner.cloud", "partner.id"],
            name=op.f("fk_partnership_cloud_provider_id_partner"),
        ),
        sa.ForeignKeyConstraint(
            ["cloud", "reseller_id"],
            ["partner.cloud", "partner.id"],
            name=op.f("fk_partnership_cloud_reseller_id_partner"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partnership")),
    )
    if kept:
        op.bulk_insert(table, [dict(row._mapping) for row in kept])
    _partial("uq_partnership_live_pair", ["cloud", "provider_id", "reseller_id"], "ended_at is null", unique=True)
    op.create_index("ix_partnership_reseller", "partnership", ["cloud", "reseller_id", "provider_id"])


def _partial(name: str, columns: list[str], where: str, *, unique: bool = False) -> None:
    op.create_index(
        name, "partnership", columns, unique=unique, postgresql_where=sa.text(where), sqlite_where=sa.text(where)
    )


def _accepted(row: sa.Row) -> dict:
    return {
        "id": row.id,
        "cloud": row.cloud,
        "provider_id": row.provider_id,
        "reseller_id": row.reseller_id,
        "status": "active" if row.ended_at is None else "ended",
        "provider_name_key": _fold(row.provider_name),
        "reseller_name_key": _fold(row.reseller_name),
        "requested_at": row.accepted_at,
        "requested_by": "",
        "accepted_at": row.accepted_at,
        "ended_at": row.ended_at,
    }


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
