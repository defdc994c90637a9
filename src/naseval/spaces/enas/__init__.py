"""The space of ENAS."""
