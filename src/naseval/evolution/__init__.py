"""Evolutionary search."""
