"""Searches that train one sampled path of a supernet per batch: MANAS, MANAS-LS and
random search with shared weights.

`paths` draws paths and derives the genotype, `rounds.Rounds` trains and validates a path,
`supernet` has the network and `settings` the common settings.
"""
