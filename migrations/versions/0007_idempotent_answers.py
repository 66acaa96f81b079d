"""idempotent answers.

Revision: 0007
Revises: 0006
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import models.base

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

KEY_TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def _enum(name, *values):
    # As texts, held by a check constraint (models/base.py).
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    op.create_table(
        "idempotent_answer",
        sa.Column("cloud", _enum("cloud", "global", "us_gov", "germany", "china"), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("key_digest", KEY_TEXT, nullable=False),
        sa.Column("field_digest", KEY_TEXT, nullable=False),
        sa.Column("request_digest", KEY_TEXT, nullable=False),
        sa.Column("answered_at", models.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("answer", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.PrimaryKeyConstraint(
            "cloud", "tenant_id", "actor_id", "key_digest", "field_digest", name=op.f("pk_idempotent_answer")
        ),
    )
    with op.batch_alter_table("idempotent_answer", schema=None) as batch_op:
        batch_op.create_index("ix_idempotent_answer_answered_at", ["answered_at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("idempotent_answer", schema=None) as batch_op:
        batch_op.drop_index("ix_idempotent_answer_answered_at")

    op.drop_table("idempotent_answer")
