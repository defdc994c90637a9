"""What made a result: the digest of the code that a job can reach, and the run's circumstances.

`code_digest` digests the definitions that a job can reach; `python -m naseval.provenance SCRIPT
MODULE...` prints them, so that a person sees why a job runs again.
"""

from naseval.provenance.circumstances import LIBRARIES, PACKAGE, circumstances, now
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
]
