"""StacNAS (Li et al., arXiv 1909.11926)."""
