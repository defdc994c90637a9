"""What can befall one job. It resumes where it was, and what it learns is the same to the bit."""

import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pytest

from slurm_cluster import NODES, wait
from slurm_driver import EPOCHS, LONG, Driver, learned, run

pytestmark = [pytest.mark.slurm, pytest.mark.timeout(1800)]

FULL = run(0, 1)
FAULTS = {"time limit": run(1, protocol="long"), "scancel": run(0), "requeue": run(2)}
FAULTS |= {"kill -9": run(3), "full disk": FULL}
"""The run that meets each fault. That of the time limit comes first and has most epochs, because
SLURM takes its time."""
REPORTS = "results/logs/slurm"
REPORT = ("--slurm-efficiency-report", "--slurm-efficiency-report-path", REPORTS)


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """Put a file system of 4 MB at a folder; give the name of a file that may fill it."""
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", folder], check=True)
    try:
        yield folder / "filler"
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def fill(file: Path) -> None:
    """Take all the space that is left."""
    with pytest.raises(OSError, match="No space left"), file.open("wb", buffering=0) as opened:
        while True:
            opened.write(bytes(2**12))


@pytest.fixture(scope="module")
def stopped(driver: Driver) -> Iterator[dict[str, int]]:
    """Run one workflow of five runs, each of which meets a fault; give the last epoch before it."""
    ask, before = driver.cluster.ask, {}
    (driver.results / "data/digits/channels.json").unlink()  # so that a job needs no GPU
    checkpoints = (driver.results / "checkpoints" / FULL).parent
    with small_disk(checkpoints) as filler:
        driver.start(*FAULTS.values(), options=REPORT)
        for fault, of in FAULTS.items():
            driver.wait_for(of, 3)
            before[fault] = driver.epochs(of)[-1]
            if fault == "scancel":
                ask("scancel", driver.job(of))
            elif fault == "time limit":
                ask("scontrol", "update", f"jobid={driver.job(of)}", "TimeLimit=1")
            elif fault == "requeue":
                ask("scontrol", "requeue", driver.job(of))
            elif fault == "kill -9":
                driver.signal(of, signal.SIGKILL)
            else:
                fill(filler)
                wait(lambda: driver.jobs(FULL, "failed"), "failure for want of space", 300)
                filler.unlink()
        assert driver.finish() == 0, driver.log
        yield before


@pytest.mark.usefixtures("stopped")
@pytest.mark.parametrize("fault", FAULTS)
def test_it_learns_the_same(fault, driver, undisturbed):
    pd.testing.assert_frame_equal(
        learned(driver.project, FAULTS[fault]),
        learned(undisturbed, FAULTS[fault]),
        check_exact=True,
    )


@pytest.mark.parametrize("fault", FAULTS)
def test_at_most_one_epoch_is_lost(fault, stopped, driver):
    epochs = driver.epochs(FAULTS[fault])
    lost_with_its_checkpoint = fault == "full disk"
    assert epochs[0] > stopped[fault] - lost_with_its_checkpoint
    last = LONG if fault == "time limit" else EPOCHS
    assert epochs == list(range(epochs[0], last + 1))


@pytest.mark.usefixtures("stopped")
@pytest.mark.parametrize("fault", ["scancel", "time limit"])
def test_a_signal_saves_between_two_steps(fault, driver):
    logs = driver.results.glob(f"logs/slurm/rule_run/*random-000_{FAULTS[fault][-1]}/*.log")
    assert any("; run again to resume" in log.read_text() for log in logs)


@pytest.mark.usefixtures("stopped")
def test_a_full_disk_is_one_sentence(driver):
    logs = driver.results.glob("logs/slurm/rule_run/*random-001_0/*.log")
    assert any("free disk space" in log.read_text() for log in logs)


@pytest.mark.usefixtures("stopped")
def test_checkpoints_are_gone(driver):
    assert not list((driver.results / "checkpoints").rglob("*.pt*"))


@pytest.mark.usefixtures("stopped")
def test_a_job_gets_the_gpus_account_and_partition_of_its_rule(driver):
    name = re.search(r"SLURM run ID: (\S+)", driver.log)[1]
    command = ["sacct", "-X", "-n", "-P", "-o", "Partition,Account,ReqTRES,Timelimit"]
    jobs = set(driver.cluster.ask(*command, "--name", name).splitlines())
    assert jobs == {
        "cpu|lab|billing=1,cpu=1,mem=4000M,node=1|01:00:00",
        "gpu|lab|billing=1,cpu=1,gres/gpu=1,mem=1500M,node=1|00:30:00",
        "gpu|lab|billing=1,cpu=1,gres/gpu=1,mem=1500M,node=1|00:01:00",
        "gpu|lab|billing=1,cpu=1,gres/gpu=1,mem=3000M,node=1|00:30:00",  # another attempt
        "gpu|lab|billing=1,cpu=1,gres/gpu=1,mem=3000M,node=1|02:30:00",
    }


@pytest.mark.usefixtures("stopped")
def test_jobs_run_on_both_nodes_and_the_executor_reports_them(driver):
    name = re.search(r"SLURM run ID: (\S+)", driver.log)[1]
    command = ["sacct", "-X", "-n", "-P", "-o", "NodeList", "--name", name]
    assert set(driver.cluster.ask(*command).splitlines()) == set(NODES)
    (report,) = (driver.project.folder / REPORTS).glob("efficiency_report_*.csv")
    assert pd.read_csv(report)["Elapsed_sec"].gt(0).sum() >= len(FAULTS)
