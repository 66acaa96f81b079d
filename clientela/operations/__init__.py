"""What an operator sees of a running server: whether it is ready, what it did, how it ends."""
