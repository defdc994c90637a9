"""DARTS- (Chu et al., ICLR 2021)."""
