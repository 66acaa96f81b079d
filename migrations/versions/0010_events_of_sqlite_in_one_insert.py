"""events of SQLite in one insert.

Revision: 0010
Revises: 0009
"""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

COLUMNS = "cloud, partner_id, kind, subject_id, created_at"
NOW = "strftime('%Y-%m-%d %H:%M:%f000', 'now')"
EVENTS = (
    ("event_of_activity", "insert on activity_record", "activity", "partner_id"),
    ("event_of_new_request", "insert on relationship_request", "relationship_request", "inviter_id"),
    (
        "event_of_changed_request",
        "update on relationship_request when old.status <> new.status",
        "relationship_request",
        "inviter_id",
    ),
)


def upgrade() -> None:
    # The number that SQLite would draw, which its one writer can foresee: to write it once more afterwards moved the
    # row's entry in two indexes. It is never one that was there before: the sequence remembers those of deleted rows, but
    # hears of the rows of one statement only at its end.
    _replace(
        lambda values: (
            f"insert into event (number, xact, {COLUMNS}) select next, next, {values} from (select 1 + max("
            "coalesce((select seq from sqlite_sequence where name = 'event'), 0), "
            "coalesce((select max(number) from event), 0)) as next)"
        )
    )


def downgrade() -> None:
    _replace(
        lambda values: (
            f"insert into event (xact, {COLUMNS}) values (0, {values}); "
            "update event set xact = number where number = last_insert_rowid()"
        )
    )


def _replace(body) -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    for name, change, kind, partner in EVENTS:
        op.execute(f"drop trigger {name}")
        values = f"new.cloud, new.{partner}, '{kind}', new.id, {NOW}"
        op.execute(f"create trigger {name} after {change} begin {body(values)}; end")
