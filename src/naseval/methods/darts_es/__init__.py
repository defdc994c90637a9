"""DARTS-ES (Zela et al., ICLR 2020)."""
