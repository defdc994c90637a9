"""Recorded truth: trainings that others did, looked up instead of run. Without torch.

A public module of `tables` reads one table of trainings, and the YAML file of the same name beside
it states its facts: what the table offers to a method, its files and their licence. `view` has what
one search may see of a table, and what is reported of it. `plan` decides which methods of
`naseval.methods` can search which table, `searches` runs them, and `study` makes their results a
study table.
"""
