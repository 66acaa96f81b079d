"""GraphQL as every kind of principal."""
