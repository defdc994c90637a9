"""Gradient search on a supernet, shared by DARTS, P-DARTS, StacNAS and CNAS.

`alphas` has the architecture parameters and derives cells, `task` and `bilevel` have the epoch
tasks of one-level and bilevel searches, `unrolled` the second-order gradient, and `stages` searches
in several stages.
"""
