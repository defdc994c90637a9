"""MANAS (Carlucci et al., 2019), a reconstruction."""
