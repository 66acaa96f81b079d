"""Who is asking, and what roles may do."""
