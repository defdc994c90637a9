"""What an earlier, killed Snakemake left behind in this folder: jobs that still run, and its lock.

The next Snakemake does not know these jobs. It would start their work again, and would delete their
outputs as the leftovers of a failed job.
"""

import shutil
import socket
import subprocess
import sys
from pathlib import Path

import psutil

from naseval.errors import NasevalError
from naseval.files import write_atomically
from naseval.locking.lock import Owner

COMMENT = "rule_"
"""Prefix of the comment that the executor plugin gives to each job."""
SCRIPTS = ".snakemake/scripts"
"""Where Snakemake puts the scripts of its jobs, relative to the working directory."""
LOCKS = ".snakemake/locks"
DRIVER = ".snakemake/naseval-driver"
"""Names the Snakemake that started jobs last in a working directory."""


def slurm_jobs(folder: str | Path) -> list[str]:
    """Return the ids of this user's pending and running SLURM jobs of workflows in `folder`.

    Before a Snakemake has submitted anything, these are jobs of an earlier one. Without SLURM the
    list is empty.
    """
    if shutil.which("squeue") is None:
        return []
    command = ["squeue", "--me", "--noheader", "--format=%i|%Z|%k"]
    listed = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    here = str(Path(folder).resolve())
    jobs = [line.split("|", 2) for line in listed.stdout.splitlines()]
    return [
        job
        for job, place, comment in jobs
        if comment.startswith(COMMENT) and str(Path(place).resolve()) == here
    ]


def local_jobs(folder: str | Path) -> list[int]:
    """Return the ids of the processes on this machine that run jobs of `folder` without Snakemake.

    The processes that a job itself started are not listed, nor the jobs of a Snakemake that runs.
    """
    scripts = Path(folder).resolve() / SCRIPTS
    found = {
        process.info["pid"]: process
        for process in psutil.process_iter(["pid", "ppid", "cmdline"])
        if any(Path(part).parent == scripts for part in (process.info["cmdline"] or [])[:2])
    }
    return sorted(
        pid
        for pid, process in found.items()
        if process.info["ppid"] not in found and snakemake_above(process) is None
    )


def snakemake_above(process: psutil.Process) -> psutil.Process | None:
    """Return the Snakemake that a process belongs to, if it runs."""
    try:
        for parent in process.parents():
            if is_snakemake(parent.as_dict(["cmdline"])["cmdline"] or []):
                return parent
    except psutil.NoSuchProcess:  # it has ended meanwhile
        pass
    return None


def has_ended(process: psutil.Process) -> bool:
    """Tell whether a process has ended, be it that its parent has not noticed yet."""
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def snakemakes(folder: str | Path) -> list[int]:
    """Return the ids of the Snakemake processes on this machine that work in `folder`."""
    here = str(Path(folder).resolve())
    return sorted(
        process.info["pid"]
        for process in psutil.process_iter(["pid", "cmdline", "cwd"])
        if process.info["cwd"] == here and is_snakemake(process.info["cmdline"] or [])
    )


def is_snakemake(command: list[str]) -> bool:
    """Tell whether a command line runs Snakemake: `snakemake …` or `python -m snakemake …`."""
    program, *arguments = [Path(part).name for part in command[:4]] or [""]
    return program == "snakemake" or (program.startswith("python") and "snakemake" in arguments)


def refuse_orphans(folder: str | Path) -> None:
    """Raise `NasevalError`, with the remedy, if jobs of an earlier Snakemake are not finished."""
    if jobs := slurm_jobs(folder):
        raise NasevalError(
            f"SLURM still has {len(jobs)} jobs of an earlier Snakemake in this folder; let them "
            f"end, or stop them with `scancel {' '.join(jobs)}`, which keeps what they have done"
        )
    if processes := local_jobs(folder):
        raise NasevalError(
            f"{len(processes)} jobs of an earlier Snakemake still run in this folder; let them "
            f"end, or stop them with `kill {' '.join(map(str, processes))}`, which keeps what they "
            "have done"
        )


def note_driver(folder: str | Path) -> None:
    """Note that this process is the Snakemake that starts jobs in `folder`."""
    write_atomically(Path(folder, DRIVER), Owner.here().line())


def release_lock(folder: str | Path) -> bool:
    """Remove the lock of a killed Snakemake, and return whether there was one.

    Raise `NasevalError` if the Snakemake or one of its jobs may still run.
    """
    if not any(Path(folder, LOCKS).glob("*.lock")):
        return False
    if running := snakemakes(folder):
        raise NasevalError(
            f"Snakemake works in this folder as process {running[0]}; let it end, or stop it with "
            f"`kill {running[0]}`, then run again"
        )
    driver = Owner.of(Path(folder, DRIVER))
    if driver and driver.host != socket.gethostname():
        raise NasevalError(
            f"the folder was locked by Snakemake, {driver}, which cannot be seen from here; if it "
            "no longer runs, say `snakemake --unlock`, then run again"
        )
    refuse_orphans(folder)
    command = [sys.executable, "-m", "snakemake", "--unlock", "--quiet"]
    if subprocess.run(command, cwd=folder, check=False).returncode:
        raise NasevalError(
            "the lock of a killed Snakemake could not be removed; say `snakemake --unlock`"
        )
    return True
