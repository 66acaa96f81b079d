"""partnership mail.

Revision: 0009
Revises: 0008
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import models.base

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString()
INSTANT = models.base.UtcDateTime(timezone=True)


def upgrade() -> None:
    op.add_column("partnership", sa.Column("sent_at", INSTANT, nullable=True))
    op.add_column("partnership", sa.Column("subject", TEXT, nullable=True))
    op.add_column("partnership", sa.Column("body", TEXT, nullable=True))
    _allow_kinds("relationship_request", "partnership")


def downgrade() -> None:
    """Mail that is about a partnership has no place in the former table, and is lost."""
    op.execute("delete from outbox_mail where kind = 'partnership'")
    _allow_kinds("relationship_request")
    for name in ("body", "subject", "sent_at"):
        op.drop_column("partnership", name)


def _allow_kinds(*kinds: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        _make_outbox_anew(kinds)
        return
    op.drop_constraint(op.f("ck_outbox_mail_kind"), "outbox_mail", type_="check")
    allowed = ", ".join(f"'{kind}'" for kind in kinds)
    op.create_check_constraint(op.f("ck_outbox_mail_kind"), "outbox_mail", f"kind in ({allowed})")


def _make_outbox_anew(kinds: tuple[str, ...]) -> None:
    # SQLite changes no constraint of a table that is there. Nothing refers to mail, and nobody writes meanwhile.
    op.drop_index("ix_outbox_mail_due", "outbox_mail")
    op.rename_table("outbox_mail", "former_outbox_mail")
    op.create_table(
        "outbox_mail",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cloud", _enum("cloud", "global", "us_gov", "germany", "china"), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("kind", _enum("kind", *kinds), nullable=False),
        sa.Column("about_id", sa.Uuid(), nullable=False),
        sa.Column("message_id", TEXT, nullable=False),
        sa.Column("sender_name", TEXT, nullable=False),
        sa.Column("recipient", TEXT, nullable=False),
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("correlation_id", TEXT, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", INSTANT, nullable=True),
        sa.Column("last_error", TEXT, nullable=True),
        sa.ForeignKeyConstraint(
            ["cloud", "partner_id"],
            ["partner.cloud", "partner.id"],
            name=op.f("fk_outbox_mail_cloud_partner_id_partner"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_mail")),
    )
    op.execute("insert into outbox_mail select * from former_outbox_mail")
    op.drop_table("former_outbox_mail")
    op.create_index(
        "ix_outbox_mail_due",
        "outbox_mail",
        ["next_attempt_at"],
        unique=False,
        sqlite_where=sa.text("next_attempt_at is not null"),
    )


def _enum(name, *values):
    # As texts, held by a check constraint (models/base.py).
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)
