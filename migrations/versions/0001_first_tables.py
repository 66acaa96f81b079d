"""first tables.

Revision: 0001
Revises:
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

import models.base

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = [
    "customer",
    "partner",
    "activity_record",
    "agreement",
    "customer_domain",
    "customer_user",
    "partner_app",
    "partner_user",
    "partnership",
    "relationship",
    "billing_profile",
    "relationship_domain",
    "role_assignment",
]


def _enum(name, *values):
    # As texts, held by a check constraint (models/base.py).
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _json():
    return sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def _key():
    # Compared byte by byte (models/base.py).
    return sa.String().with_variant(sa.String(collation="C"), "postgresql")


def _to(table, column, name, ondelete=None):
    # Within the tenant's cloud (decision 1).
    return sa.ForeignKeyConstraint(["cloud", column], [f"{table}.cloud", f"{table}.id"], name=name, ondelete=ondelete)


def upgrade() -> None:
    op.create_table(
        "customer",
        sa.Column("cloud", _enum("cloud", "global", "us_gov", "germany", "china"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_name", sqlmodel.AutoString(), nullable=False),
        sa.Column("domain", _key(), nullable=False),
        sa.Column("country", sqlmodel.AutoString(), nullable=False),
        sa.Column("organization_registration_number", sqlmodel.AutoString(), nullable=True),
        sa.Column(
            "account_verification",
            _enum("account_verification", "not_started", "in_review", "approved", "denied"),
            nullable=False,
        ),
        sa.Column("created_at", models.base.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("domain = lower(domain)", name=op.f("ck_customer_domain_folded")),
        sa.CheckConstraint("length(country) = 2", name=op.f("ck_customer_country")),
        sa.PrimaryKeyConstraint("cloud", "id", name=op.f("pk_customer")),
        sa.UniqueConstraint("domain", name=op.f("uq_customer_domain")),
    )
    op.create_table(
        "partner",
        sa.Column("cloud", _enum("cloud", "global", "us_gov", "germany", "china"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sqlmodel.AutoString(), nullable=False),
        sa.Column("kinds", _json(), nullable=False),
        sa.Column(
            "program_status",
            _enum("program_status", "pending", "qualified", "active", "restricted", "rejected", "suspended"),
            nullable=False,
        ),
        sa.Column("country", sqlmodel.AutoString(), nullable=False),
        sa.Column("domain", sqlmodel.AutoString(), nullable=False),
        sa.Column("mpn_id", sqlmodel.AutoString(), nullable=True),
        sa.Column("is_sandbox", sa.Boolean(), nullable=False),
        sa.Column("partner_agreement_signed", sa.Boolean(), nullable=False),
        sa.Column("created_at", models.base.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(country) = 2", name=op.f("ck_partner_country")),
        sa.PrimaryKeyConstraint("cloud", "id", name=op.f("pk_partner")),
    )
    op.create_table(
        "activity_record",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cloud", _enum("cloud", "global", "us_gov", "germany", "china"), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("occurred_at", models.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("operation", sqlmodel.AutoString(), nullable=False),
        sa.Column("resource_type", sqlmodel.AutoString(), nullable=False),
        sa.Column("status", _enum("status", "succeeded", "failed", "in_progress"), nullable=False),
        sa.Column("actor", sqlmodel.AutoString(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("actor_kind", _enum("actor_kind", "partner_user", "partner_app", "customer_user"), nullable=False),
        sa.Column("actor_roles", _json(), nullable=False),
        sa.Column("actor_mfa", sa.Boolean(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("customer_name", sqlmodel.AutoString(), nullable=True),
        sa.Column("customer_name_key", _key(), nullable=True),
        sa.Column("correlation_id", sqlmodel.AutoString(), nullable=False),
        sa.Column("changes", _json(), nullable=False),
        _to("partner", "partner_id", "fk_activity_record_cloud_partner_id_partner"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_record")),
    )
    op.create_index(
        "ix_activity_record_customer", "activity_record", ["cloud", "partner_id", "customer_id", "occurred_at", "id"]
    )
    op.create_index("ix_activity_record_log", "activity_record", ["cloud", "partner_id", "occurred_at", "id"])
    op.create_table(
        "agreement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cloud", _enum("cloud", "global", "us_gov", "germany", "china"), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=True),
        sa.Column("type", _enum("type", "microsoft_customer_agreement", "microsoft_cloud_agreement"), nullable=False),
        sa.Column("method", _enum("method", "partner_attestation", "direct_acceptance"), nullable=False),
        sa.Column("template_id", sa.Uuid(), nullable=False),
        sa.Column("agreed_on", models.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("contact_first_name", sqlmodel.AutoString(), nullable=False),
        sa.Column("contact_last_name", sqlmodel.AutoString(), nullable=False),
        sa.Column("contact_email", sqlmodel.AutoString(), nullable=False),
        sa.Column("contact_phone_number", sqlmodel.AutoString(), nullable=True),
        sa.Column("contact_key", _key(), nullable=False),
        sa.Column("recorded_by", sqlmodel.AutoString(), nullable=False),
        sa.Column("created_at", models.base.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(method = 'partner_attestation') = (partner_id is not null)", name=op.f("ck_agreement_attested_by")
        ),
        _to("customer", "customer_id", "fk_agreement_cloud_customer_id_customer", ondelete="CASCADE"),
        _to("partner", "partner_id", "fk_agreement_cloud_partner_id_partner"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement")),
    )
    op.create_index(
        "ix_agreement_customer", "agreement", ["cloud", "customer_id", "partner_id", "type", "agreed_on", "id"]
    )
    op.create_index(
        "uq_agreement_attestation",
        "agreement",
        ["cloud", "partner_id", "customer_id", "type", "contact_key"],
        unique=True,
        postgresql_where=sa.text("partner_id is not null"),
        sqlite_where=sa.text("partner_id is not null"),
    )
    op.create_table(
        "customer_domain",
        sa.Column("name", _key(), nullable=False),
        sa.Column("cloud", _enum("cloud", "global", "us_gov", "germany", "china"), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("is_initial", sa.Boolean(), nullable=False),
        sa.CheckConstraint("name = lower(name)", name=op.f("ck_customer_domain_name_folded")),
        _to("customer", "customer_id", "fk_customer_domain_cloud_customer_id_customer", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_customer_domain")),
    )
    op.create_index("ix_customer_domain_customer", "customer_domain", ["cloud", "customer_id", "name"])
    op.create_index(
        "uq_customer_domain_initial",
        "customer_domain",
        ["cloud", "customer_id"],
        unique=True,
        postgresql_where=sa.text("is_initial"),
        sqlite_where=sa.text("is_initial"),
    )
    op.create_table(
        "customer_user",
        sa.Column("cloud", _enum("cloud", "global", "us_gov", "germany", "china"), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sign_in_name", sqlmodel.AutoString(), nullable=False),
        sa.Column("display_name", sqlmodel.AutoString(), nullable=False),
        sa.Column("is_global_admin", sa.Boolean(), nullable=False),
        sa.Column("is_enabled", sa.Boolean(), nullable=False),
        sa.Column("password_hash", sqlmodel.AutoString(), nullable=True),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("created_at", models.base.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("sign_in_name = lower(sign_in_name)", name=op.f("ck_customer_user_sign_in_name_folded")),
        _to("customer", "customer_id", "fk_customer_user_cloud_customer_id_customer", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("cloud", "customer_id", "id", name=op.f("pk_customer_user")),
        sa.UniqueConstraint("cloud", "sign_in_name", name=op.f("uq_customer_user_cloud_sign_in_name")),
    )
    op.create_table(
        "partner_app",
        sa.Column("cloud", _enum("cloud", "global", "us_gov", "germany", "china"), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sqlmodel.AutoString(), nullable=False),
        sa.Column("is_enabled", sa.Boolean(), nullable=False),
        sa.Column("created_at", models.base.UtcDateTime(timezone=True), nullable=False),
        _to("partner", "partner_id", "fk_partner_app_cloud_partner_id_partner"),
        sa.PrimaryKeyConstraint("cloud", "partner_id", "id", name=op.f("pk_partner_app")),
    )
    op.create_table(
        "partner_user",
        sa.Column("cloud", _enum("cloud", "global", "us_gov", "germany", "china"), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sign_in_name", sqlmodel.AutoString(), nullable=False),
        sa.Column("display_name", sqlmodel.AutoString(), nullable=False),
        sa.Column("is_enabled", sa.Boolean(), nullable=False),
        sa.Column("created_at", models.base.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("sign_in_name = lower(sign_in_name)", name=op.f("ck_partner_user_sign_in_name_folded")),
        _to("partner", "partner_id", "fk_partner_user_cloud_partner_id_partner"),
        sa.PrimaryKeyConstraint("cloud", "partner_id", "id", name=op.f("pk_partner_user")),
        sa.UniqueConstraint("cloud", "sign_in_name", name=op.f("uq_partner_user_cloud_sign_in_name")),
    )
    op.create_table(
        "partnership",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cloud", _enum("cloud", "global", "us_gov", "germany", "china"), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("reseller_id", sa.Uuid(), nullable=False),
        sa.Column("accepted_at", models.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", models.base.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("provider_id <> reseller_id", name=op.f("ck_partnership_two_partners")),
        _to("partner", "provider_id", "fk_partnership_cloud_provider_id_partner"),
        _to("partner", "reseller_id", "fk_partnership_cloud_reseller_id_partner"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partnership")),
    )
    op.create_index("ix_partnership_reseller", "partnership", ["cloud", "reseller_id", "provider_id"])
    op.create_index(
        "uq_partnership_live_pair",
        "partnership",
        ["cloud", "provider_id", "reseller_id"],
        unique=True,
        postgresql_where=sa.text("ended_at is null"),
        sqlite_where=sa.text("ended_at is null"),
    )
    op.create_table(
        "relationship",
        sa.Column("cloud", _enum("cloud", "global", "us_gov", "germany", "china"), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "relationship_to_partner", _enum("relationship_to_partner", "none", "reseller", "advisor"), nullable=False
        ),
        sa.Column("role", _enum("role", "transacting", "managing"), nullable=False),
        sa.Column("status", _enum("status", "active", "ended"), nullable=False),
        sa.Column("origin", _enum("origin", "created", "invited", "extended", "legacy_portal"), nullable=False),
        sa.Column("delegated_admin", sa.Boolean(), nullable=False),
        sa.Column("via_provider_id", sa.Uuid(), nullable=True),
        sa.Column("associated_reseller_id", sa.Uuid(), nullable=True),
        sa.Column("since", models.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", models.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sqlmodel.AutoString(), nullable=True),
        sa.Column("list_name", sqlmodel.AutoString(), nullable=False),
        sa.Column("list_name_key", _key(), nullable=False),
        sa.Column("customer_country", sqlmodel.AutoString(), nullable=False),
        sa.Column("customer_created_at", models.base.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(status = 'ended') = (ended_at is not null)", name=op.f("ck_relationship_ended_at")),
        sa.CheckConstraint(
            "status = 'active' or role = 'managing' or not delegated_admin",
            name=op.f("ck_relationship_no_privileges_left"),
        ),
        sa.CheckConstraint("partner_id <> customer_id", name=op.f("ck_relationship_not_itself")),
        _to("partner", "associated_reseller_id", "fk_relationship_reseller"),
        _to("customer", "customer_id", "fk_relationship_cloud_customer_id_customer", ondelete="CASCADE"),
        _to("partner", "partner_id", "fk_relationship_cloud_partner_id_partner"),
        _to("partner", "via_provider_id", "fk_relationship_via_provider"),
        sa.PrimaryKeyConstraint("cloud", "partner_id", "customer_id", name=op.f("pk_relationship")),
        sa.UniqueConstraint("id", name=op.f("uq_relationship_id")),
    )
    op.create_index(
        "ix_relationship_country",
        "relationship",
        ["cloud", "partner_id", "status", "customer_country", "list_name_key", "customer_id"],
    )
    op.create_index(
        "ix_relationship_created",
        "relationship",
        ["cloud", "partner_id", "status", "customer_created_at", "customer_id"],
    )
    op.create_index(
        "ix_relationship_customer", "relationship", ["cloud", "customer_id", "via_provider_id", "partner_id"]
    )
    op.create_index(
        "ix_relationship_list_name", "relationship", ["cloud", "partner_id", "status", "list_name_key", "customer_id"]
    )
    op.create_index(
        "ix_relationship_provider",
        "relationship",
        ["cloud", "partner_id", "via_provider_id", "status", "list_name_key", "customer_id"],
    )
    op.create_index(
        "ix_relationship_reseller",
        "relationship",
        ["cloud", "partner_id", "associated_reseller_id", "status", "list_name_key", "customer_id"],
    )
    op.create_table(
        "billing_profile",
        sa.Column("cloud", _enum("cloud", "global", "us_gov", "germany", "china"), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_name", sqlmodel.AutoString(), nullable=False),
        sa.Column("first_name", sqlmodel.AutoString(), nullable=True),
        sa.Column("last_name", sqlmodel.AutoString(), nullable=True),
        sa.Column("email", sqlmodel.AutoString(), nullable=False),
        sa.Column("culture", sqlmodel.AutoString(), nullable=False),
        sa.Column("language", sqlmodel.AutoString(), nullable=False),
        sa.Column("address_line1", sqlmodel.AutoString(), nullable=False),
        sa.Column("address_line2", sqlmodel.AutoString(), nullable=True),
        sa.Column("address_city", sqlmodel.AutoString(), nullable=True),
        sa.Column("address_state", sqlmodel.AutoString(), nullable=True),
        sa.Column("address_postal_code", sqlmodel.AutoString(), nullable=True),
        sa.Column("address_country", sqlmodel.AutoString(), nullable=False),
        sa.Column("address_region", sqlmodel.AutoString(), nullable=True),
        sa.Column("address_first_name", sqlmodel.AutoString(), nullable=False),
        sa.Column("address_middle_name", sqlmodel.AutoString(), nullable=True),
        sa.Column("address_last_name", sqlmodel.AutoString(), nullable=False),
        sa.Column("address_phone_number", sqlmodel.AutoString(), nullable=True),
        sa.Column("etag", sqlmodel.AutoString(), nullable=False),
        sa.Column("updated_at", models.base.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(address_country) = 2", name=op.f("ck_billing_profile_country")),
        sa.ForeignKeyConstraint(
            ["cloud", "partner_id", "customer_id"],
            ["relationship.cloud", "relationship.partner_id", "relationship.customer_id"],
            name=op.f("fk_billing_profile_cloud_partner_id_customer_id_relationship"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("cloud", "partner_id", "customer_id", name=op.f("pk_billing_profile")),
        sa.UniqueConstraint("id", name=op.f("uq_billing_profile_id")),
    )
    op.create_table(
        "relationship_domain",
        sa.Column("cloud", _enum("cloud", "global", "us_gov", "germany", "china"), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("name", _key(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["cloud", "partner_id", "customer_id"],
            ["relationship.cloud", "relationship.partner_id", "relationship.customer_id"],
            name=op.f("fk_relationship_domain_cloud_partner_id_customer_id_relationship"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["name"],
            ["customer_domain.name"],
            name=op.f("fk_relationship_domain_name_customer_domain"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("cloud", "partner_id", "name", "customer_id", name=op.f("pk_relationship_domain")),
    )
    op.create_index("ix_relationship_domain_customer", "relationship_domain", ["cloud", "partner_id", "customer_id"])
    op.create_index("ix_relationship_domain_name", "relationship_domain", ["name"])
    op.create_table(
        "role_assignment",
        sa.Column("cloud", _enum("cloud", "global", "us_gov", "germany", "china"), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column(
            "role",
            _enum(
                "role",
                "global_admin",
                "user_management_admin",
                "billing_admin",
                "admin_agent",
                "sales_agent",
                "helpdesk_agent",
                "mpn_partner_admin",
                "account_admin",
                "referrals_admin",
                "referrals_user",
                "business_profile_admin",
                "default_user",
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["cloud", "partner_id", "user_id"],
            ["partner_user.cloud", "partner_user.partner_id", "partner_user.id"],
            name=op.f("fk_role_assignment_cloud_partner_id_user_id_partner_user"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("cloud", "partner_id", "user_id", "role", name=op.f("pk_role_assignment")),
    )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
