"""Snakemake on the cluster, as a process that may be killed, and the jobs that it sends."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from copied_project import Project
from slurm_cluster import Cluster, wait
from tiny_project import tiny_overlay

PARTITIONS = "partitions: {cpu: {}, gpu: {max_gpu: 6}}\n"
EPOCHS, LONG = 30, 150
"""Long enough for faults to meet a training that still runs. SLURM looks at time limits every 30 s,
and a fast machine has 30 epochs done by then: runs under the protocol `long` have `LONG`."""
MEASURED = ["seconds", "images_per_second", "peak_memory", "at_once"]
"""What differs between two equal runs."""
EPOCH = re.compile(r" epoch (\d+)/\d+: ")


def overlay() -> dict[str, Any]:
    """Return the tiny overlay on small images, with more and shorter epochs."""
    tiny = tiny_overlay()
    del tiny["datasets"]["digits-large"]
    tiny["protocols"]["base"] |= {"epochs": EPOCHS}
    tiny["protocols"]["long"] = {"inherits": "base", "epochs": LONG}
    tiny["studies"] = dict.fromkeys(tiny["studies"])
    minutes = tiny["resources"]["run_minutes"] * LONG // EPOCHS  # others have their share of it
    tiny["resources"] |= {"runs_per_job": 1, "run_minutes": minutes}
    return tiny


def run(seed: int, architecture: int = 0, protocol: str = "base") -> str:
    """Return the path of a run below results/, without its ending."""
    return f"runs/digits/{protocol}/darts/random-{architecture:03d}/seed-{seed}"


def learned(project: Project, of: str) -> pd.DataFrame:
    """Return what a run has learned, epoch by epoch."""
    return pd.read_parquet(project.folder / "results" / f"{of}.parquet").drop(columns=MEASURED)


@dataclass
class Driver:
    """`snakemake --profile slurm` in one copy of the project, time and again."""

    project: Project
    cluster: Cluster
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def results(self) -> Path:
        return self.project.folder / "results"

    @property
    def log(self) -> str:
        """What the latest Snakemake has said so far."""
        return self._log(len(self.processes)).read_text()

    def start(self, *runs: str, options: tuple[str, ...] = ()) -> None:
        """Start Snakemake for these runs."""
        quick = ("--slurm-init-seconds-before-status-checks", "1", "--latency-wait", "5")
        targets = [f"results/{each}.parquet" for each in runs]
        command = ["--profile", "slurm", *quick, *options, "--configfile", "overlay.yaml"]
        partitions = self.project.folder / "partitions.yaml"
        partitions.write_text(PARTITIONS)
        environment = {
            "PYTHONPATH": str(self.project.folder / "src"),
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "SNAKEMAKE_SLURM_PARTITIONS": str(partitions),
            "SBATCH_ACCOUNT": "lab",
        }
        with self._log(len(self.processes) + 1).open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "snakemake", *command, "--", *targets],
                cwd=self.project.folder,
                env={**os.environ, **environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self.processes.append(process)

    def finish(self, seconds: float = 900) -> int:
        """Wait for the latest Snakemake and return its exit status."""
        return self.processes[-1].wait(seconds)

    def kill(self) -> None:
        """End the latest Snakemake as a crash of its machine would."""
        self.processes[-1].kill()
        self.processes[-1].wait()

    def unlock(self) -> None:
        """Release the folder that a killed Snakemake left locked."""
        self.project.run("--unlock")

    def end(self) -> None:
        """End whatever still runs here."""
        for process in self.processes:
            process.kill()
            process.wait()
        self.cluster.ask("scancel", "--user=root")
        wait(lambda: not self.cluster.ask("squeue", "-h"), "the jobs' end")

    def jobs(self, of: str, states: str = "all") -> list[str]:
        """Return the numbers of a run's SLURM jobs, as long as SLURM remembers them."""
        listed = self.cluster.ask("squeue", "-h", "-t", states, "-o", "%i|%Z|%k").splitlines()
        mine = [line.split("|") for line in listed]
        wildcards = of.removeprefix("runs/").replace("/seed-", "_").replace("/", "_")
        return [
            job
            for job, folder, comment in mine
            if folder == str(self.project.folder) and comment.endswith(f"_wildcards_{wildcards}")
        ]

    def submitted(self) -> list[str]:
        """Return the comments of all jobs of the project, as long as SLURM remembers them."""
        listed = self.cluster.ask("squeue", "-h", "-t", "all", "-o", "%Z|%k").splitlines()
        mine = f"{self.project.folder}|"
        return [line.removeprefix(mine) for line in listed if line.startswith(mine)]

    def job(self, of: str) -> str:
        """Return the number of a run's job that is running now."""
        return self.jobs(of, "running")[0]

    def node(self, of: str) -> str:
        """Return the node on which a run's job is running now."""
        return self.cluster.ask("squeue", "-h", "-j", self.job(of), "-o", "%N")

    def trainings(self, of: str) -> list[int]:
        """Return the processes that train a run."""
        job = f"SLURM_JOB_ID={self.job(of)}".encode()
        return [
            int(process.name)
            for process in Path("/proc").glob("[0-9]*")
            if b".run.py" in _read(process / "cmdline")
            and job in _read(process / "environ").split(b"\0")
        ]

    def signal(self, of: str, number: int) -> None:
        """Send the processes that train a run a signal."""
        for process in self.trainings(of):
            os.kill(process, number)

    def epochs(self, of: str) -> list[int]:
        """Return the epochs that the latest attempt at a run has logged."""
        log = self.results / "logs" / f"{of}.log"
        return [int(number) for number in EPOCH.findall(log.read_text())] if log.exists() else []

    def wait_for(self, of: str, epoch: int) -> None:
        """Wait until a run has finished an epoch."""
        wait(lambda: epoch in self.epochs(of), f"epoch {epoch} of {of}", 600)

    def _log(self, number: int) -> Path:
        return self.project.folder / f"driver-{number}.log"


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""  # it has ended
