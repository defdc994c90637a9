"""What a killed Snakemake left: jobs on this machine, and its lock (with SLURM: tests/slurm)."""

import os
import subprocess
import sys

import pytest

from naseval.errors import NasevalError
from naseval.locking.lock import Owner
from naseval.locking.orphans import (
    DRIVER,
    LOCKS,
    SCRIPTS,
    is_snakemake,
    local_jobs,
    note_driver,
    refuse_orphans,
    release_lock,
    slurm_jobs,
    snakemakes,
)

JOB = """
import os, sys
if os.fork() == 0:  # as workers are
    sys.stdin.readline()
    os._exit(0)
print("runs", flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def start(tmp_path):
    """Return a function that runs a script in tmp_path until it reads a line."""
    started = []

    def run(file):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text(JOB)
        pipe = subprocess.PIPE
        command = [sys.executable, str(tmp_path / file)]
        process = subprocess.Popen(command, cwd=tmp_path, stdin=pipe, stdout=pipe, text=True)
        started.append(process)
        assert process.stdout.readline() == "runs\n"
        return process

    yield run
    for process in started:
        if process.poll() is None:
            process.communicate("\n\n")


def locked(folder):
    (folder / LOCKS).mkdir(parents=True, exist_ok=True)
    (folder / LOCKS / "0.output.lock").write_text("results/x\n")


def test_without_slurm_nobody_left_a_job_there(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert slurm_jobs(tmp_path) == []
    refuse_orphans(tmp_path)


def test_a_job_that_still_runs_is_named_until_it_ends(tmp_path, start):
    job = start(f"{SCRIPTS}/tmp1.run.py")
    assert local_jobs(tmp_path) == [job.pid]  # and not the process that it started
    assert local_jobs(tmp_path / SCRIPTS) == local_jobs(tmp_path.parent) == []
    with pytest.raises(NasevalError, match=f"stop them with `kill {job.pid}`, which keeps"):
        refuse_orphans(tmp_path)
    job.communicate("\n\n")
    assert local_jobs(tmp_path) == []
    refuse_orphans(tmp_path)


def test_other_scripts_are_no_jobs(tmp_path, start):
    start("own.py")
    assert local_jobs(tmp_path) == []


def test_no_lock_is_no_matter(tmp_path):
    assert release_lock(tmp_path) is False


def test_a_lock_stays_while_a_job_runs(tmp_path, start):
    job = start(f"{SCRIPTS}/tmp1.run.py")
    locked(tmp_path)
    with pytest.raises(NasevalError, match=f"kill {job.pid}`"):
        release_lock(tmp_path)
    assert list((tmp_path / LOCKS).iterdir())


def test_a_lock_stays_while_snakemake_runs(tmp_path, start):
    driver = start("bin/snakemake")
    locked(tmp_path)
    assert snakemakes(tmp_path)[0] == driver.pid
    with pytest.raises(NasevalError, match=f"works in this folder as process {driver.pid}; "):
        release_lock(tmp_path)
    assert list((tmp_path / LOCKS).iterdir())


def test_a_lock_of_another_machine_stays(tmp_path):
    locked(tmp_path)
    (tmp_path / DRIVER).write_bytes(Owner("elsewhere", 4321).line())
    with pytest.raises(NasevalError, match="process 4321 on elsewhere, which cannot be seen"):
        release_lock(tmp_path)
    note_driver(tmp_path)
    assert Owner.of(tmp_path / DRIVER) == Owner.here()
    assert list((tmp_path / LOCKS).iterdir())


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (["/usr/bin/snakemake", "-n"], True),
        (["python3.11", "/venv/bin/snakemake"], True),
        (["python", "-m", "snakemake", "--cores"], True),
        (["python", "-m", "naseval", "unlock"], False),
        (["vi", "snakemake"], False),
        ([], False),
    ],
)
def test_snakemake_is_known_by_its_command_line(command, expected):
    assert is_snakemake(command) == expected


def test_this_test_is_not_taken_for_snakemake(tmp_path):
    assert os.getpid() not in snakemakes(tmp_path)
