"""A copy of the project that tests may change, and Snakemake run in it for real."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from naseval.provenance.remembered import FOLDER, KEPT
from paths import ROOT

PARTS = ("Snakefile", "config", "envs", "profiles", "slurm", "src", "workflow")
JOB = re.compile(r"^(?:local)?(?:rule|checkpoint) (\w+):\n((?:    .*\n)+)", re.MULTILINE)


@dataclass(frozen=True)
class Project:
    """A working copy with a configuration of its own, `overlay.yaml`."""

    folder: Path

    @classmethod
    def copied(cls, folder: Path, overlay: dict[str, Any]) -> "Project":
        """Copy the project's sources; every file is as new as in a fresh clone."""
        folder.mkdir(parents=True, exist_ok=True)
        for part in PARTS:
            source = ROOT / part
            if source.is_dir():
                shutil.copytree(
                    source,
                    folder / part,
                    copy_function=shutil.copyfile,
                    ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"),
                )
            else:
                shutil.copyfile(source, folder / part)
        project = cls(folder)
        project.write_overlay(overlay)
        (folder / FOLDER).mkdir()
        (folder / FOLDER / KEPT).symlink_to(os.environ["NASEVAL_TEST_DIGESTS"])  # shared by all
        return project

    def with_results_of(self, other: "Project") -> "Project":
        """Take over what another copy made, and what Snakemake remembers of it."""
        shared = shutil.ignore_patterns(KEPT)
        for part in ("results", FOLDER):
            mine = self.folder / part
            shutil.copytree(other.folder / part, mine, ignore=shared, dirs_exist_ok=True)
        return self

    def write_overlay(self, overlay: dict[str, Any]) -> None:
        """Set the configuration that is laid over config/config.yaml."""
        (self.folder / "overlay.yaml").write_text(yaml.safe_dump(overlay))

    def edit(self, file: str, old: str, new: str) -> None:
        """Replace text in a file of the copy."""
        path = self.folder / file
        text = path.read_text()
        assert old in text, f"{file} does not hold {old!r}"
        path.write_text(text.replace(old, new, 1))

    def snakemake(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run Snakemake on the copy; its code is imported from the copy too."""
        paths = [*filter(None, [environment.pop("first_path", "")]), str(self.folder / "src")]
        command = ["snakemake", "--cores", "2", *arguments, "--configfile", "overlay.yaml"]
        return subprocess.run(
            [sys.executable, "-m", *command],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": ":".join(paths), **environment},
            capture_output=True,
            text=True,
            timeout=800,
            check=False,
        )

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run Snakemake and insist that it succeeds."""
        done = self.snakemake(*arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done

    def planned(self, *arguments: str) -> dict[str, set[str]]:
        """Return what would run: for each rule the outputs, below results/, of its jobs."""
        done = self.run("--dry-run", *arguments)
        found: dict[str, set[str]] = {}
        for rule, fields in JOB.findall(done.stdout + done.stderr):
            outputs = re.search(r"^    output: (.*)$", fields, re.MULTILINE)
            if outputs:
                first = outputs[1].split(", ")[0].removeprefix("results/")
                found.setdefault(rule, set()).add(first)
        return found
