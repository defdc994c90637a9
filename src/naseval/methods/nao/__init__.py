"""NAO (Luo et al., NeurIPS 2018)."""
