"""events.

Revision: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

import models.base

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

XACT = "(pg_current_xact_id()::text)::bigint"
ADD = "insert into event (xact, cloud, partner_id, kind, subject_id, created_at)"


def _enum(name, *values):
    # As texts, held by a check constraint (models/base.py).
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    op.create_table(
        "event",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer, "sqlite"), autoincrement=True, nullable=False),
        sa.Column("xact", sa.BigInteger(), nullable=False),
        sa.Column("cloud", _enum("cloud", "global", "us_gov", "germany", "china"), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("kind", _enum("kind", "activity", "relationship_request"), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", models.base.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_event")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_event_xact", "event", ["xact", "number"])
    op.create_index("ix_event_partner", "event", ["cloud", "partner_id", "xact", "number"])
    op.create_index("ix_event_subject", "event", ["cloud", "partner_id", "subject_id"])
    op.create_table(
        "event_horizon",
        sa.Column("xact", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("xact", name=op.f("pk_event_horizon")),
    )
    # What was logged before this revision can be named by `afterRecordId`, too.
    op.execute(
        f"{ADD} select 0, cloud, partner_id, 'activity', id, occurred_at from activity_record order by occurred_at, id"
    )
    if on_sqlite:
        op.execute("update event set xact = number")
        _triggers_of_sqlite()
    else:
        _triggers_of_postgresql()


def _triggers_of_sqlite() -> None:
    for name, change, kind, partner in (
        ("event_of_activity", "insert on activity_record", "activity", "partner_id"),
        ("event_of_new_request", "insert on relationship_request", "relationship_request", "inviter_id"),
        (
            "event_of_changed_request",
            "update on relationship_request when old.status <> new.status",
            "relationship_request",
            "inviter_id",
        ),
    ):
        op.execute(
            f"create trigger {name} after {change} begin "
            f"{ADD} values (0, new.cloud, new.{partner}, '{kind}', new.id, strftime('%Y-%m-%d %H:%M:%f000', 'now')); "
            "update event set xact = number where number = last_insert_rowid(); end"
        )


# The oldest transaction of this database that runs, or the next one where none does. Those of other databases on the
# server do not hold our events up; one that ended while we looked still counts, for nobody can say whose it was.
HORIZON = """
create function clientela_event_horizon() returns bigint stable language sql as $$
    select coalesce(min(x.id::text::bigint), pg_snapshot_xmax(pg_current_snapshot())::text::bigint)
    from pg_snapshot_xip(pg_current_snapshot()) as x (id)
    where not exists (
        select from pg_stat_activity
        where datname <> current_database() and backend_xid::text::bigint = x.id::text::bigint % 4294967296
    )
$$
"""


def _triggers_of_postgresql() -> None:
    op.execute(HORIZON)
    # Whole statements at once, for imports write thousands of lines in one.
    for function, kind, partner, joined in (
        ("clientela_activity_logged", "activity", "partner_id", ""),
        ("clientela_request_made", "relationship_request", "inviter_id", ""),
        (
            "clientela_request_changed",
            "relationship_request",
            "inviter_id",
            "join before using (id) where before.status <> after.status ",
        ),
    ):
        op.execute(
            f"create function {function}() returns trigger language plpgsql as $$ begin "
            f"{ADD} select {XACT}, after.cloud, after.{partner}, '{kind}', after.id, now() from after {joined}"
            "order by after.id; return null; end $$"
        )
    new = "referencing new table as after"
    for name, change, function in (
        ("event_of_activity", f"insert on activity_record {new}", "clientela_activity_logged"),
        ("event_of_new_request", f"insert on relationship_request {new}", "clientela_request_made"),
        (
            "event_of_changed_request",
            "update on relationship_request referencing old table as before new table as after",
            "clientela_request_changed",
        ),
    ):
        op.execute(f"create trigger {name} after {change} for each statement execute function {function}()")


def downgrade() -> None:
    for name, table in (
        ("event_of_activity", "activity_record"),
        ("event_of_new_request", "relationship_request"),
        ("event_of_changed_request", "relationship_request"),
    ):
        on = "" if op.get_bind().dialect.name == "sqlite" else f" on {table}"
        op.execute(f"drop trigger {name}{on}")
    if op.get_bind().dialect.name == "postgresql":
        for function in (
            "clientela_event_horizon",
            "clientela_activity_logged",
            "clientela_request_made",
            "clientela_request_changed",
        ):
            op.execute(f"drop function {function}()")
    op.drop_table("event_horizon")
    op.drop_table("event")
