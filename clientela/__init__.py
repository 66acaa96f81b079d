"""The composition root: settings, identity, database, HTTP, command line. Nothing is built at import."""
