"""Baselines: methods of any space that build networks by the protocol of the augmentations.

`settings` has their common settings. `trained` has those that train candidates and choose by
validation accuracy, `scored` those that score many candidates without training any.
"""
