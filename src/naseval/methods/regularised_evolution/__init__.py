"""Regularised evolution: tournaments in a population whose oldest member dies."""
