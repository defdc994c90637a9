"""Gradient search on a supernet: what DARTS and its kin share."""
