"""Mail: from the outbox to the relay."""
