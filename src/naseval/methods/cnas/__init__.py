"""CNAS (Weng et al., IEEE Access 2019)."""
