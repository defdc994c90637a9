"""The names of the tables that the authors' files give, for whoever need not read them.

Every job parses the workflow; `naseval.published.tables` would import pandas and SciPy there.
"""

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
OTHERS = ("costs", "summaries", "genotypes", "splits", "data_issues")
