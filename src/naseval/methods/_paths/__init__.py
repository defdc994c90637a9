"""Searches that train one sampled path of a supernet per batch: MANAS and MANAS-LS.

`paths` draws paths and derives the genotype, `rounds.Rounds` trains and validates a path,
`supernet` has the network and `settings` the common settings.
"""
