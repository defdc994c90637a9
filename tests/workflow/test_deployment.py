"""Jobs in environments that Snakemake deploys.

Stand-ins for conda and Apptainer write down what is asked of them.
"""

import os
import sys
from pathlib import Path

import pytest

from copied_project import Project
from paths import ROOT
from tiny_project import tiny

pytestmark = pytest.mark.workflow

ARCHITECTURE = "results/architectures/darts/random-000.json"
APPTAINER = """#!/bin/bash
[ "$1" = --version ] && echo "apptainer version 1.3.0" && exit
echo "$@" >>"$ASKED"
for last; do :; done
exec bash -c "$last"
"""
CONDA = """#!/bin/sh
case "$1" in
  --version) echo conda 25.1.0 ;;
  info) echo '{"conda_prefix": "/none", "root_prefix": "/none", "platform": "linux-64"}' ;;
  config) echo '{"get": {"channel_priority": "strict"}}' ;;
  env) while [ "$1" != --file ]; do shift; done; cp "$2" "$ASKED" ;;
esac
"""


@pytest.fixture
def project(tmp_path):
    overlay = tiny()
    overlay["resources"]["container"] = "naseval.sif"
    return Project.copied(tmp_path / "project", overlay)


def deploy(project, kind, program, *arguments):
    """Run Snakemake with a stand-in for a program; return what it was asked."""
    programs = project.folder / "programs"
    programs.mkdir()
    (programs / kind).write_text(program)
    (programs / kind).chmod(0o755)
    asked = project.folder / "asked"
    path = [str(programs), str(Path(sys.executable).parent), os.environ["PATH"]]
    environment = {"PATH": os.pathsep.join(path), "ASKED": str(asked)}
    done = project.snakemake(ARCHITECTURE, "--sdm", kind, *arguments, **environment)
    assert done.returncode == 0, done.stdout + done.stderr
    return asked.read_text()


def test_jobs_run_in_the_configured_container(project):
    assert " naseval.sif bash -c " in deploy(project, "apptainer", APPTAINER)
    assert (project.folder / ARCHITECTURE).is_file()


def test_conda_is_given_a_file_that_is_complete_by_itself(project):
    given = deploy(project, "conda", CONDA, "--conda-create-envs-only")
    assert given == (ROOT / "envs/analysis.yaml").read_text()
