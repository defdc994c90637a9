"""The workflow as a module of another workflow, which lies elsewhere."""

import os
import subprocess
import sys

import pytest

from copied_project import Project
from tiny_project import TINY

pytestmark = pytest.mark.workflow

ARCHITECTURE = "results/architectures/darts/random-000.json"
SNAKEFILE = """
configfile: "{folder}/config/config.yaml"
configfile: "{folder}/overlay.yaml"

module nas:
    snakefile: {snakefile}
    config: config

use rule * from nas as nas_*

rule mine:
    default_target: True
    input: "{architecture}"
"""


def run(folder, snakefile, project, **environment):
    """Run a workflow in a folder that takes the project in, without its package on the path."""
    (folder / "Snakefile").write_text(
        SNAKEFILE.format(snakefile=snakefile, folder=project.folder, architecture=ARCHITECTURE)
    )
    inherited = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, "-m", "snakemake", "--cores", "1"],
        cwd=folder,
        env={**inherited, **environment},
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert (folder / ARCHITECTURE).is_file()


def test_another_workflow_takes_it_in(tmp_path):
    project = Project.copied(tmp_path / "naseval", TINY)
    run(tmp_path, '"naseval/workflow/Snakefile"', project)


def git(folder, *arguments):
    """Run git in a folder, as nobody in particular."""
    somebody = ["-c", "user.name=somebody", "-c", "user.email=somebody@example.org"]
    done = subprocess.run(
        ["git", *somebody, *arguments], cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.fixture(scope="module")
def tagged(tmp_path_factory):
    """Return a project whose commit v1 has code of its own, and whose working tree is broken."""
    project = Project.copied(tmp_path_factory.mktemp("repository") / "naseval", TINY)
    project.edit("src/naseval/script.py", '"%(asctime)s %(message)s"', '"%(message)s %(asctime)s"')
    git(project.folder, "init", "--quiet")
    git(project.folder, "add", "--all")
    git(project.folder, "commit", "--quiet", "--message", "one")
    git(project.folder, "tag", "v1")
    project.edit(
        "src/naseval/__init__.py", '"""', 'raise SystemExit("the working tree was read")\n"""'
    )
    return project


def test_it_is_read_out_of_a_repository_at_a_tag(tmp_path, tagged):
    run(tmp_path, f'"git+file://{tagged.folder}/workflow/Snakefile@v1"', tagged)
    commit = git(tagged.folder, "rev-parse", "v1")
    assert git(tmp_path / ".snakemake/naseval" / commit, "rev-parse", "HEAD") == commit


def test_it_is_read_from_github(tmp_path, tagged):
    there = {  # git takes the repository for what Snakemake clones from GitHub
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.file://{tagged.folder}.insteadOf",
        "GIT_CONFIG_VALUE_0": "https://github.com/somebody/naseval",
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
    }
    declared = 'github("somebody/naseval", path="workflow/Snakefile", tag="v1")'
    run(tmp_path, declared, tagged, **there)
    assert (tmp_path / ".snakemake/naseval" / git(tagged.folder, "rev-parse", "v1")).is_dir()
