"""The folder of this workflow, and its package on the path of planning."""

import sys
from importlib.util import find_spec
from pathlib import Path

from snakemake.sourcecache import LocalSourceFile

if not isinstance(workflow.current_basedir, LocalSourceFile):
    sys.exit(
        "out of a git repository, workflow/Snakefile can be read, but not Snakefile"
    )

PROJECT = Path(str(workflow.current_basedir)).parent.parent
"""The folder of this workflow, also where another workflow takes it in as a module."""

sys.path.insert(0, str(PROJECT / "src"))

MISSING = [name for name in ("lazy_loader", "numpy") if find_spec(name) is None]
"""What planning imports beyond the libraries of Snakemake itself."""

if MISSING:
    sys.exit(
        f"Snakemake's environment has no {' and no '.join(MISSING)}: "
        f"pip install -r {PROJECT}/requirements-analysis.lock"
    )
