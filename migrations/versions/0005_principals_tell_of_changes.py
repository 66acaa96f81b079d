"""principals tell of changes.

Revision: 0005
Revises: 0004
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# Server processes remember who is who and listen to this channel (clientela/identity/authentication.py). New people
# of customers concern nobody who is remembered, and there are many of them.
PRINCIPALS = {
    "partner": "update or delete",
    "partner_user": "insert or update or delete",
    "partner_app": "insert or update or delete",
    "role_assignment": "insert or update or delete",
    "customer_user": "update or delete",
}


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute(
        "create function clientela_principals_changed() returns trigger language plpgsql as "
        "$$ begin perform pg_notify('clientela_principals', ''); return null; end $$"
    )
    for table, changes in PRINCIPALS.items():
        op.execute(
            f"create trigger tell_of_changes after {changes} on {table} "
            "for each statement execute function clientela_principals_changed()"
        )


def downgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in PRINCIPALS:
        op.execute(f"drop trigger tell_of_changes on {table}")
    op.execute("drop function clientela_principals_changed()")
