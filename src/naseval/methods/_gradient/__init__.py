"""Gradient search on a supernet, shared by DARTS and all methods that are built on it.

`alphas` has the architecture parameters and derives cells, `task` and `bilevel` have the epoch
tasks of one-level and bilevel searches, `unrolled` the second-order gradient, `orders` the choice
of the order, `stages` new supernets and searches in several stages, `settings` common settings, and
`darts_edges` the edges of the DARTS space with all operations.
"""
