"""lighter log on SQLite.

Revision: 0011
Revises: 0010
"""

import re

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

COLUMNS = "cloud, partner_id, kind, subject_id, created_at"
NOW = "strftime('%Y-%m-%d %H:%M:%f000', 'now')"
EVENTS = (
    ("event_of_activity", "insert on activity_record", "activity", "partner_id", "new.occurred_at"),
    ("event_of_new_request", "insert on relationship_request", "relationship_request", "inviter_id", NOW),
    (
        "event_of_changed_request",
        "update on relationship_request when old.status <> new.status",
        "relationship_request",
        "inviter_id",
        NOW,
    ),
)
NEXT = (
    "from (select 1 + max(coalesce((select seq from sqlite_sequence where name = 'event'), 0), "
    "coalesce((select max(number) from event), 0)) as next)"
)


def upgrade() -> None:
    # Every mutation writes a line of the log and its event, and most of that time went into what nobody needs: for a
    # list in a check SQLite builds a table each time, and the number was written three times over.
    if op.get_bind().dialect.name != "sqlite":
        return
    _drop_triggers()
    _make_anew("activity_record", _one_by_one)
    op.drop_index("ix_event_xact", "event")
    _make_anew("event", lambda sql: _one_by_one(sql).replace(" AUTOINCREMENT", ""))
    op.execute("update event set xact = 0")
    for name, change, kind, partner, created_at in EVENTS:
        values = f"0, new.cloud, new.{partner}, '{kind}', new.id, {created_at}"
        _create_trigger(name, change, f"(xact, {COLUMNS}) values ({values})")


def downgrade() -> None:
    """The log's checks stay as they are: they say the same."""
    if op.get_bind().dialect.name != "sqlite":
        return
    _drop_triggers()
    _make_anew("event", lambda sql: sql.replace("PRIMARY KEY", "PRIMARY KEY AUTOINCREMENT"))
    op.execute("update event set xact = number")
    op.create_index("ix_event_xact", "event", ["xact", "number"])
    for name, change, kind, partner, _ in EVENTS:
        values = f"next, next, new.cloud, new.{partner}, '{kind}', new.id, {NOW}"
        _create_trigger(name, change, f"(number, xact, {COLUMNS}) select {values} {NEXT}")


def _create_trigger(name: str, change: str, what: str) -> None:
    op.execute(f"create trigger {name} after {change} begin insert into event {what}; end")


def _drop_triggers() -> None:
    for name, *_ in EVENTS:
        op.execute(f"drop trigger {name}")


def _make_anew(table: str, change) -> None:
    # SQLite changes no constraint of a table that is there. Nothing refers to these, and nobody writes meanwhile.
    described = sa.text("select sql from sqlite_master where type = :type and tbl_name = :table and sql is not null")
    definition, indexes = (
        op.get_bind().scalars(described, {"type": kind, "table": table}).all() for kind in ("table", "index")
    )
    op.execute(re.sub(f'CREATE TABLE "?{table}"?', f"create table new_{table}", change(*definition)))
    op.execute(f"insert into new_{table} select * from {table}")
    op.drop_table(table)
    op.rename_table(f"new_{table}", table)
    for index in indexes:
        op.execute(index)


def _one_by_one(sql: str) -> str:
    def alternatives(match: re.Match[str]) -> str:
        return " OR ".join(f"{match['column']} = {value}" for value in match["values"].split(", "))

    return re.sub(r"(?P<column>\w+) IN \((?P<values>'[^)]*')\)", alternatives, sql)
