"""DARTS (Liu, Simonyan and Yang, ICLR 2019)."""
