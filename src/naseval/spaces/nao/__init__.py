"""The space of NAO."""
