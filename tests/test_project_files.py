"""The files around the code say the same: make targets, versions, requirements, citation."""

import os
import re
import subprocess
import tomllib

import pytest
import yaml

import naseval
from paths import ROOT

TARGETS = dict(re.findall(r"^([a-z-]+):.*?(?:  ## (.*))?$", (ROOT / "Makefile").read_text(), re.M))
TEXTS = [
    *sorted(ROOT.glob("*.md")),
    *sorted(ROOT.glob("docs/**/*.md")),
    *sorted(ROOT.glob(".github/workflows/*.yml")),
    ROOT / ".ci/run",
]
CALLED = re.compile(r"(?:^|`|run: )make ((?:--silent )?[a-z][a-z-]*)", re.M)
LEFT_TO_TORCHS_INDEX = re.compile(r"^(?:cuda-|nvidia-|torch|triton)")


def make(*arguments):
    """Return what make prints, whatever the make that may run the tests was told."""
    told = ("MAKEFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "TORCH")
    environment = {name: value for name, value in os.environ.items() if name not in told}
    return subprocess.run(
        ["make", *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    ).stdout


def test_make_alone_lists_every_target():
    assert dict(re.findall(r"^make ([a-z-]+) +(.+)$", make(), re.M)) == TARGETS
    assert {"install", "demo", "test"} <= set(TARGETS)
    assert all(TARGETS.values())


@pytest.mark.parametrize("file", TEXTS, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_every_make_target_that_is_named_exists(file):
    called = {name.removeprefix("--silent ") for name in CALLED.findall(file.read_text())}
    assert called <= set(TARGETS)


def test_continuous_integration_calls_make():
    jobs = yaml.safe_load((ROOT / ".github/workflows/tests.yml").read_text())["jobs"]
    assert set(jobs["make"]["strategy"]["matrix"]["target"]) == {"lint", "test", "test-workflow"}
    runs = [step["run"] for job in jobs.values() for step in job["steps"] if "run" in step]
    assert [run for run in runs if not run.startswith("make ")] == []


def planned(*arguments):
    """Return what make would do in a folder without an environment."""
    return make("--dry-run", "VENV=none", *arguments)


def test_a_build_for_cpus_takes_torch_from_its_index_and_nothing_of_cuda():
    plan = planned("install", "TORCH=cpu")
    assert "--index-url https://download.pytorch.org/whl/cpu -r none/train.torch" in plan
    (libraries,) = re.findall(r"^sed '(.*)' requirements-train\.lock > none/train\.lib", plan, re.M)
    lock = (ROOT / "requirements-train.lock").read_text()
    kept = subprocess.run(
        ["sed", libraries], input=lock, capture_output=True, text=True, check=True
    ).stdout
    expected = [line for line in lock.splitlines() if not LEFT_TO_TORCHS_INDEX.match(line)]
    assert kept.splitlines() == expected
    assert 90 < len(expected) < len(lock.splitlines()) - 15
    assert "download.pytorch.org" not in planned("install")


def test_the_version_is_the_same_everywhere():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    newest = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(), re.M)
    bibtex = re.search(r"version += \{(.*)\}", (ROOT / "README.md").read_text())
    assert newest and bibtex
    assert {project, citation["version"], newest[1], bibtex[1]} == {naseval.__version__}


def test_the_release_note_is_the_newest_section():
    note = make("--silent", "release-note")
    assert re.findall(r"^## (\S+)", note, re.M) == [naseval.__version__]
    assert note in (ROOT / "CHANGELOG.md").read_text()


def test_the_library_in_five_lines_runs(capsys):
    (lines,) = re.findall(r"^```python\n(.*?)^```", (ROOT / "README.md").read_text(), re.M | re.S)
    assert len(lines.splitlines()) == 5
    exec(compile(lines, "README.md", "exec"), {})
    assert re.search(r"Size\(parameters=\d{7}, macs=\d{9}\)", capsys.readouterr().out)
