"""The running node: one loop that owns the state, its start and its end."""
