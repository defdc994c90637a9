"""Provenance of results: the digest of the code that a job can reach, and its circumstances.

`code_digest` digests the definitions that a job can reach, `explain` lists them, and
`circumstances` returns commit and library versions. `versions` lists the versions of the code of
several results. `python -m naseval.provenance SCRIPT MODULE...` prints the definitions, to show
why a job runs again.
"""

from naseval.provenance.circumstances import LIBRARIES, PACKAGE, circumstances, now, versions
from naseval.provenance.digest import SOURCE, closure, code_digest, explain, module_file

__all__ = [
    "LIBRARIES",
    "PACKAGE",
    "SOURCE",
    "circumstances",
    "closure",
    "code_digest",
    "explain",
    "module_file",
    "now",
    "versions",
]
