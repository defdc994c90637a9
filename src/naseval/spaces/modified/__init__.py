"""DARTS's wiring with other operations (paper, section 5.2)."""
