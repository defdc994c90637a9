"""The micro space of NSGA-Net."""
