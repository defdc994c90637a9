"""The paper's configuration, planned and not run."""

import re
import subprocess
import sys

import pytest
import yaml

from copied_project import Project
from paths import ROOT
from tiny_project import tiny_overlay
from torch_trap import trap

pytestmark = pytest.mark.workflow


CIFAR_SMALL = yaml.safe_load((ROOT / "config/cifar-small.yaml").read_text(encoding="utf-8"))
DARTS_ROW = {"studies": {"benchmark": {"datasets": ["cifar10"], "methods": ["darts"]}}}


@pytest.mark.parametrize(
    ("overlay", "architectures", "searches", "runs"),
    [
        (DARTS_ROW, 8, 8, 16),
        # 6 spaces; 9 methods on 5 datasets; DARTS, StacNAS and MANAS share their baselines' runs
        ({}, 48, 360, 640),
        (CIFAR_SMALL, 40, 20, 60),  # three of five methods share the random architectures
    ],
)
def test_the_paper_is_planned_without_torch(tmp_path, overlay, architectures, searches, runs):
    project = Project.copied(tmp_path / "project", overlay)
    done = project.snakemake("benchmark", "--dry-run", first_path=trap(tmp_path / "trap"))
    assert done.returncode == 0, done.stderr
    counts = dict(re.findall(r"^(\w+) +(\d+)$", done.stdout + done.stderr, re.MULTILINE))
    found = [int(counts[rule]) for rule in ("random_architecture", "search", "run")]
    assert found == [architectures, searches, runs]


def test_where_workers_are_used_a_job_asks_for_their_cpus(tmp_path):
    overlay = {"resources": {"threads": 3, "workers": 2}}
    project = Project.copied(tmp_path / "project", overlay)
    cores = {
        "results/searches/mit67/darts/seed-0/genotype.json": "5",
        "results/runs/mit67/base/darts/random-000/seed-0.parquet": "5",
        "results/searches/cifar10/darts/seed-0/genotype.json": "3",
        "results/runs/cifar10/base/darts/random-000/seed-0.parquet": "3",
        "results/runs/cifar10/cda-aa/darts/random-000/seed-0.parquet": "5",
    }
    planned = project.snakemake(*cores, "--dry-run", "--cores", "8")
    assert planned.returncode == 0, planned.stderr
    blocks = (planned.stdout + planned.stderr).split("\n\n")
    for output, threads in cores.items():
        (block,) = [text for text in blocks if re.search(rf"output: .*{output}", text)]
        assert f"threads: {threads}" in block


@pytest.mark.parametrize("absent", [["studies"], ["studies", "methods"]])
def test_images_are_planned_without_studies_and_methods(tmp_path, absent):
    project = Project.copied(tmp_path, {})
    file = project.folder / "config/config.yaml"
    paper = yaml.safe_load(file.read_text())
    file.write_text(yaml.safe_dump({**paper, **{key: {} for key in absent}}))
    assert "splits" in project.planned("results/data/cifar10/splits.parquet")


def test_the_trap_works(tmp_path):
    (tmp_path / "torch.py").write_text("raise SystemExit('caught')\n")
    done = subprocess.run(
        [sys.executable, "-c", "import torch"],
        env={"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "caught" in done.stderr


def test_a_page_for_each_space_is_part_of_their_study(tmp_path):
    project = Project.copied(tmp_path, tiny_overlay())
    paper = yaml.safe_load((ROOT / "config/config.yaml").read_text(encoding="utf-8"))
    pages = {f"spaces/{space}.md" for space in paper["studies"]["spaces"]["protocol_of"]}
    assert project.planned("reproduced_spaces")["space_page"] == pages
    assert "space_page" not in project.planned()


@pytest.mark.parametrize("rule", ["search", "run"])
def test_heavy_rules_ask_for_a_gpu(tmp_path, rule):
    done = Project.copied(tmp_path, {}).run("benchmark", "--dry-run")
    blocks = re.findall(rf"^rule {rule}:\n((?:    .*\n)+)", done.stdout + done.stderr, re.MULTILINE)
    assert blocks
    assert all("gpu=1" in block for block in blocks)


def test_every_rule_says_what_it_does():
    rules = ROOT.glob("workflow/rules/*.smk")
    for file in rules:
        for name, body in re.findall(r"^rule (\w+):\n    (.*)$", file.read_text(), re.MULTILINE):
            assert body.startswith('"""'), f"rule {name} in {file.name} has no docstring"
