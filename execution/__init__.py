"""How an operation runs: documents, units of work, pages, errors. Knows Strawberry and SQLAlchemy, no customer."""
