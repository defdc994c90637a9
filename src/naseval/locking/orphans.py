"""SLURM jobs that an earlier Snakemake left running in this folder when it was killed.

The next Snakemake does not know them. It would send their work a second time, and would remove
what they finish meanwhile as the leftovers of a failed job.
"""

import shutil
import subprocess
from pathlib import Path

from naseval.errors import NasevalError

COMMENT = "rule_"
"""How the comment begins that the executor plugin gives to each job."""


def orphans(folder: str | Path) -> list[str]:
    """Return the numbers of this user's SLURM jobs, waiting or running, of workflows in `folder`.

    Before a Snakemake has sent anything they are an earlier one's. None where there is no SLURM.
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
    """Raise `NasevalError`, saying what to do, where an earlier Snakemake's jobs are not over."""
    jobs = orphans(folder)
    if jobs:
        raise NasevalError(
            f"SLURM still has {len(jobs)} jobs of an earlier Snakemake in this folder; let them "
            f"end, or stop them with `scancel {' '.join(jobs)}`, which keeps what they have done"
        )
