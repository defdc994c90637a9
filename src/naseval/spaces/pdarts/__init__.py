"""The space of P-DARTS."""
