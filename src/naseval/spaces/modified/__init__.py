"""The space with the wiring of DARTS and other operations (paper, section 5.2)."""
