"""Companies in the reseller program, and the people and applications that act for them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, PrimaryKeyConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.base import JsonDocument, UtcDateTime, stored
from policy.vocabulary import Cloud, ProgramStatus, Role


class Partner(SQLModel, table=True):
    """A partner's tenant. The same tenant id in two clouds is two partners (permissions.md 5.2)."""

    __tablename__ = "partner"
    __table_args__ = (
        PrimaryKeyConstraint("cloud", "id"),
        CheckConstraint("length(country) = 2", "country"),
    )

    cloud: Cloud = Field(sa_type=stored(Cloud, "cloud"))
    id: UUID
    name: str
    kinds: list[str] = Field(sa_type=JsonDocument)
    program_status: ProgramStatus = Field(sa_type=stored(ProgramStatus, "program_status"))
    country: str
    domain: str
    mpn_id: str | None = None
    is_sandbox: bool = False
    partner_agreement_signed: bool = True
    created_at: datetime = Field(sa_type=UtcDateTime)


class PartnerUser(SQLModel, table=True):
    """A person of a partner. Sign-in is the issuer's; roles and being enabled are ours."""

    __tablename__ = "partner_user"
    __table_args__ = (
        PrimaryKeyConstraint("cloud", "partner_id", "id"),
        ForeignKeyConstraint(["cloud", "partner_id"], ["partner.cloud", "partner.id"]),
        UniqueConstraint("cloud", "sign_in_name"),
        CheckConstraint("sign_in_name = lower(sign_in_name)", "sign_in_name_folded"),
    )

    cloud: Cloud = Field(sa_type=stored(Cloud, "cloud"))
    partner_id: UUID
    id: UUID
    sign_in_name: str
    display_name: str
    is_enabled: bool = True
    created_at: datetime = Field(sa_type=UtcDateTime)


class RoleAssignment(SQLModel, table=True):
    """One role of one partner user."""

    __tablename__ = "role_assignment"
    __table_args__ = (
        PrimaryKeyConstraint("cloud", "partner_id", "user_id", "role"),
        ForeignKeyConstraint(
            ["cloud", "partner_id", "user_id"],
            ["partner_user.cloud", "partner_user.partner_id", "partner_user.id"],
            ondelete="CASCADE",
        ),
    )

    cloud: Cloud = Field(sa_type=stored(Cloud, "cloud"))
    partner_id: UUID
    user_id: UUID
    role: Role = Field(sa_type=stored(Role, "role"))


class PartnerApp(SQLModel, table=True):
    """An application that a partner registered. What it may do comes with its token, at most what is `app_only`."""

    __tablename__ = "partner_app"
    __table_args__ = (
        PrimaryKeyConstraint("cloud", "partner_id", "id"),
        ForeignKeyConstraint(["cloud", "partner_id"], ["partner.cloud", "partner.id"]),
    )

    cloud: Cloud = Field(sa_type=stored(Cloud, "cloud"))
    partner_id: UUID
    id: UUID
    name: str
    is_enabled: bool = True
    created_at: datetime = Field(sa_type=UtcDateTime)
