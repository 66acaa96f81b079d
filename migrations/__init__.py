"""The only DDL: Alembic revisions, run by `clientela migrate`."""
