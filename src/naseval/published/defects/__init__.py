"""Flaws of the authors' files, each found by computation."""
