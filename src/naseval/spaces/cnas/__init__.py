"""The space of CNAS."""
