"""The supernet of the DARTS family, which contains every architecture of the space.

`supernet.Supernet` is the plain form, made of `cells`. `supernet.BankedSupernet` is an equivalent,
faster one: in a `banked_cell`, the edges that read a state form a `state_bank`, whose convolutions
and normalisations are `banks`, and `node_terms` adds their outputs up by node.
"""
