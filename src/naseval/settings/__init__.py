"""Typed settings that several parts share, without torch: datasets, protocols, optimizers.

A method's own settings lie in its folder, a study's in its module.
"""
