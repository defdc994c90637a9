"""NSGA-Net (Lu et al., GECCO 2019)."""
