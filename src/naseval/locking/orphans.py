"""SLURM jobs that an earlier, killed Snakemake left running in this folder.

The next Snakemake does not know these jobs. It would submit their work again, and would delete
their outputs as the leftovers of a failed job.
"""

import shutil
import subprocess
from pathlib import Path

from naseval.errors import NasevalError

COMMENT = "rule_"
"""Prefix of the comment that the executor plugin gives to each job."""


def orphans(folder: str | Path) -> list[str]:
    """Return the ids of this user's pending and running SLURM jobs of workflows in `folder`.

    Before a Snakemake has submitted anything, these are jobs of an earlier one. Without SLURM the
    list is empty.
    """
    if shutil.which("squeue") is None:
        return []
    command = ["squeue", "--me", "--noheader", "--format=%i|%Z|%k"]
    listed = subprocess.run(command, capture_output=True, text=True, check=False)
    here = str(Path(folder).resolve())
    jobs = [line.split("|", 2) for line in listed.stdout.splitlines()]
    return [
        job
        for job, place, comment in jobs
        if comment.startswith(COMMENT) and str(Path(place).resolve()) == here
    ]


def refuse_orphans(folder: str | Path) -> None:
    """Raise `NasevalError`, with the remedy, if jobs of an earlier Snakemake are not finished."""
    jobs = orphans(folder)
    if jobs:
        raise NasevalError(
            f"SLURM still has {len(jobs)} jobs of an earlier Snakemake in this folder; let them "
            f"end, or stop them with `scancel {' '.join(jobs)}`, which keeps what they have done"
        )
