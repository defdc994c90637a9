"""The supernet of the DARTS family, which contains every architecture of the space.

`supernet.Supernet` is the plain form, `merged.BankedSupernet` an equivalent, faster one.
"""
