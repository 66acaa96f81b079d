"""What the system does: who sees which rows, reads' sources, commands and rules. No GraphQL, no HTTP."""
