"""The paper's datasets, methods, protocols and spaces, and the tables that its files give.

The dictionaries map configured names to the paper's names, in the paper's order. Planning imports
this module, so it imports no other module.
"""

DATASETS = {
    "cifar10": "CIFAR-10",
    "cifar100": "CIFAR-100",
    "sport8": "Sport8",
    "mit67": "MIT67",
    "flowers102": "Flowers102",
}
METHODS = {
    "darts": "DARTS",
    "pdarts": "PDARTS",
    "nsganet": "NSGANET",
    "enas": "ENAS",
    "cnas": "CNAS",
    "manas": "MANAS",
    "stacnas": "StacNAS",
    "nao": "NAO",
}
PROTOCOLS = {
    "base": "base",
    "a": "auxiliary tower (A)",
    "d": "drop path (D)",
    "c": "cutout (C)",
    "cd": "C+D",
    "cda": "C+D+A",
    "cda-50c": "C+D+A, 50 channels",
    "cda-aa": "C+D+A, AutoAugment",
    "cda-aa-1500e": "… and 1500 epochs",
    "cda-aa-50c-1500e": "… and 50 channels",
}
"""Ordered from the simplest to the longest (paper, section 4)."""

SPACES = {"darts": "DARTS space", "modified": "modified space"}

STUDIES = (
    "benchmark",
    "cost",
    "protocols",
    "distribution",
    "operations",
    "cells",
    "seeds",
    "depth",
)
"""The study tables that `published.tables` reads."""

OTHER_TABLES = ("costs", "summaries", "genotypes", "splits", "data_issues")
"""The tables of other schemas that `published.tables` reads."""
