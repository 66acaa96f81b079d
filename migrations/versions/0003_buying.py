"""buying.

Revision: 0003
Revises: 0002
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import models.base

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def _enum(name, *values):
    # As texts, held by a check constraint (models/base.py).
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    op.create_table(
        "offer",
        sa.Column("cloud", _enum("cloud", "global", "us_gov", "germany", "china"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name_key", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("kind", _enum("kind", "license", "usage", "reservation", "software"), nullable=False),
        sa.Column("is_azure", sa.Boolean(), nullable=False),
        sa.Column("minimum_quantity", sa.Integer(), nullable=False),
        sa.Column("maximum_quantity", sa.Integer(), nullable=True),
        sa.Column("limit_per_customer", sa.Integer(), nullable=True),
        sa.Column("add_on_of_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("add_on_of_id <> id", name=op.f("ck_offer_no_add_on_of_itself")),
        sa.CheckConstraint("limit_per_customer >= 1", name=op.f("ck_offer_limit_per_customer")),
        sa.CheckConstraint("maximum_quantity >= minimum_quantity", name=op.f("ck_offer_maximum_quantity")),
        sa.CheckConstraint("minimum_quantity >= 1", name=op.f("ck_offer_minimum_quantity")),
        sa.ForeignKeyConstraint(
            ["cloud", "add_on_of_id"], ["offer.cloud", "offer.id"], name=op.f("fk_offer_cloud_add_on_of_id_offer")
        ),
        sa.PrimaryKeyConstraint("cloud", "id", name=op.f("pk_offer")),
    )
    with op.batch_alter_table("offer", schema=None) as batch_op:
        batch_op.create_index("ix_offer_add_on", ["cloud", "add_on_of_id"], unique=False)
        batch_op.create_index("ix_offer_name", ["cloud", "name_key", "id"], unique=False)

    op.create_table(
        "offer_country",
        sa.Column("cloud", _enum("cloud", "global", "us_gov", "germany", "china"), nullable=False),
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column("country", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint("length(country) = 2", name=op.f("ck_offer_country_country")),
        sa.ForeignKeyConstraint(
            ["cloud", "offer_id"],
            ["offer.cloud", "offer.id"],
            name=op.f("fk_offer_country_cloud_offer_id_offer"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("cloud", "offer_id", "country", name=op.f("pk_offer_country")),
    )
    op.create_table(
        "qualification",
        sa.Column("cloud", _enum("cloud", "global", "us_gov", "germany", "china"), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            _enum("kind", "education", "government_community_cloud", "state_owned_entity", "nonprofit"),
            nullable=False,
        ),
        sa.Column("vetting_status", _enum("vetting_status", "in_review", "approved", "denied"), nullable=True),
        sa.Column("vetting_reason", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("education_segment", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("website", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("created_at", models.base.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(kind = 'state_owned_entity') = (vetting_status is null)", name=op.f("ck_qualification_vetting")
        ),
        sa.CheckConstraint(
            "(vetting_status = 'denied') = (vetting_reason is not null)", name=op.f("ck_qualification_vetting_reason")
        ),
        sa.ForeignKeyConstraint(
            ["cloud", "customer_id"],
            ["customer.cloud", "customer.id"],
            name=op.f("fk_qualification_cloud_customer_id_customer"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("cloud", "customer_id", "kind", name=op.f("pk_qualification")),
        sa.UniqueConstraint("id", name=op.f("uq_qualification_id")),
    )
    op.create_table(
        "validation_code",
        sa.Column("cloud", _enum("cloud", "global", "us_gov", "germany", "china"), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("organization_name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("remaining_uses", sa.Integer(), nullable=False),
        sa.CheckConstraint("remaining_uses >= 0", name=op.f("ck_validation_code_remaining_uses")),
        sa.ForeignKeyConstraint(
            ["cloud", "partner_id"],
            ["partner.cloud", "partner.id"],
            name=op.f("fk_validation_code_cloud_partner_id_partner"),
        ),
        sa.PrimaryKeyConstraint("cloud", "partner_id", "code", name=op.f("pk_validation_code")),
    )
    op.create_table(
        "product_subscription",
        sa.Column("cloud", _enum("cloud", "global", "us_gov", "germany", "china"), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column("friendly_name", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("status", _enum("status", "pending", "active", "suspended", "deleted"), nullable=False),
        sa.Column("reseller_id", sa.Uuid(), nullable=True),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("bought_under_id", sa.Uuid(), nullable=True),
        sa.Column("etag", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("created_at", models.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("status_changed_at", models.base.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("quantity >= 1", name=op.f("ck_product_subscription_quantity")),
        sa.CheckConstraint("reseller_id <> partner_id", name=op.f("ck_product_subscription_reseller")),
        sa.ForeignKeyConstraint(
            ["cloud", "offer_id"],
            ["offer.cloud", "offer.id"],
            name=op.f("fk_product_subscription_cloud_offer_id_offer"),
        ),
        sa.ForeignKeyConstraint(
            ["cloud", "partner_id", "customer_id", "bought_under_id"],
            [
                "product_subscription.cloud",
                "product_subscription.partner_id",
                "product_subscription.customer_id",
                "product_subscription.id",
            ],
            name="fk_product_subscription_bought_under",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["cloud", "partner_id", "customer_id", "parent_id"],
            [
                "product_subscription.cloud",
                "product_subscription.partner_id",
                "product_subscription.customer_id",
                "product_subscription.id",
            ],
            name="fk_product_subscription_parent",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["cloud", "partner_id", "customer_id"],
            ["relationship.cloud", "relationship.partner_id", "relationship.customer_id"],
            name="fk_product_subscription_relationship",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["cloud", "reseller_id"],
            ["partner.cloud", "partner.id"],
            name=op.f("fk_product_subscription_cloud_reseller_id_partner"),
        ),
        sa.PrimaryKeyConstraint("cloud", "partner_id", "customer_id", "id", name=op.f("pk_product_subscription")),
        sa.UniqueConstraint("id", name=op.f("uq_product_subscription_id")),
    )
    with op.batch_alter_table("product_subscription", schema=None) as batch_op:
        batch_op.create_index(
            "ix_product_subscription_bought_under",
            ["cloud", "partner_id", "customer_id", "bought_under_id"],
            unique=False,
        )
        batch_op.create_index(
            "ix_product_subscription_customer", ["cloud", "customer_id", "created_at", "id"], unique=False
        )
        batch_op.create_index(
            "ix_product_subscription_offer", ["cloud", "offer_id", "partner_id", "customer_id"], unique=False
        )
        batch_op.create_index(
            "ix_product_subscription_parent", ["cloud", "partner_id", "customer_id", "parent_id"], unique=False
        )
        batch_op.create_index("ix_product_subscription_reseller", ["cloud", "reseller_id", "customer_id"], unique=False)

    op.create_table(
        "purchase_permission",
        sa.Column("cloud", _enum("cloud", "global", "us_gov", "germany", "china"), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("resource", _enum("resource", "azure_reserved_instances"), nullable=False),
        sa.Column("action", _enum("action", "purchase"), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("etag", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("changed_at", models.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(
            ["cloud", "partner_id", "customer_id"],
            ["relationship.cloud", "relationship.partner_id", "relationship.customer_id"],
            name="fk_purchase_permission_relationship",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "cloud", "partner_id", "customer_id", "resource", "action", name=op.f("pk_purchase_permission")
        ),
    )
    op.create_table(
        "subscription_owner",
        sa.Column("cloud", _enum("cloud", "global", "us_gov", "germany", "china"), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", models.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["cloud", "customer_id", "user_id"],
            ["customer_user.cloud", "customer_user.customer_id", "customer_user.id"],
            name=op.f("fk_subscription_owner_cloud_customer_id_user_id_customer_user"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["cloud", "partner_id", "customer_id", "subscription_id"],
            [
                "product_subscription.cloud",
                "product_subscription.partner_id",
                "product_subscription.customer_id",
                "product_subscription.id",
            ],
            name="fk_subscription_owner_subscription",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "cloud", "partner_id", "customer_id", "subscription_id", "user_id", name=op.f("pk_subscription_owner")
        ),
    )
    with op.batch_alter_table("subscription_owner", schema=None) as batch_op:
        batch_op.create_index(
            "ix_subscription_owner_user", ["cloud", "customer_id", "user_id", "subscription_id"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("subscription_owner", schema=None) as batch_op:
        batch_op.drop_index("ix_subscription_owner_user")

    op.drop_table("subscription_owner")
    op.drop_table("purchase_permission")
    with op.batch_alter_table("product_subscription", schema=None) as batch_op:
        batch_op.drop_index("ix_product_subscription_reseller")
        batch_op.drop_index("ix_product_subscription_parent")
        batch_op.drop_index("ix_product_subscription_offer")
        batch_op.drop_index("ix_product_subscription_customer")
        batch_op.drop_index("ix_product_subscription_bought_under")

    op.drop_table("product_subscription")
    op.drop_table("validation_code")
    op.drop_table("qualification")
    op.drop_table("offer_country")
    with op.batch_alter_table("offer", schema=None) as batch_op:
        batch_op.drop_index("ix_offer_name")
        batch_op.drop_index("ix_offer_add_on")

    op.drop_table("offer")
