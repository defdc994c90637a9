"""Searches by programs of users, each in an environment of its own.

`search` hands a program the images in the plain form of `naseval.data.plain`, a seed and folders,
and reads what it found (docs/your-method.md).
"""
