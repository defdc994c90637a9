"""Studies: one module per study, named like it, with its `Settings` and `members`."""
