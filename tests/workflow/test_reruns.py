"""What runs again after a change, and what does not: Snakemake for real, on tiny data."""

import copy
import subprocess

import pytest
from copied_project import Project

pytestmark = pytest.mark.workflow

SEARCH = {"epochs": 1, "batch_size": 240, "channels": 2, "cells": 3, "order": 1}
TINY = {
    "datasets": {
        "digits": {
            "label": "Digits",
            "source": "digits",
            "images": "small",
            "image_size": 8,
            "classes": 10,
            "flip": False,
            "split": {"train": 0.4, "validation": 0.4, "test": 0.2, "seed": 0},
            "channels": "computed",
        }
    },
    "protocols": {
        "base": {"epochs": 1, "batch_size": 240, "test_batch_size": 480, "channels": 2, "cells": 3}
    },
    "methods": {"darts": {"search": SEARCH}},
    "studies": {
        "benchmark": {"datasets": ["digits"], "methods": ["darts"], "searches": 1, "random": 1},
        **dict.fromkeys(["protocols", "distribution", "operations", "cells", "seeds", "depth"]),
    },
    "resources": {"device": "cpu", "threads": 1, "workers": 0},
}
RANDOM = "runs/digits/cda/darts/random-000/seed-2.parquet"
SEARCH_OUTPUT = "searches/digits/darts/seed-0/genotype.json"
COSTS = {"studies/reproduced/costs.parquet"}
SEARCHED = "runs/digits/cda/darts/digits/seed-0/seed-2.parquet"
READ = {
    "study": {"studies/reproduced/benchmark.parquet"},
    "figure": {
        f"figures/reproduced/{name}.svg" for name in ("benchmark", "cost", "forest", "power")
    },
    "table": {f"tables/reproduced/{name}.parquet" for name in ("benchmark", "comparison", "power")},
    "all": set(),
}


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """Return a copy of the project in which the tiny benchmark has been run."""
    project = Project.copied(tmp_path_factory.mktemp("finished"), TINY)
    project.run()
    return project


@pytest.fixture
def project(finished, tmp_path):
    """Return a fresh clone with the finished results beside it."""
    return Project.copied(tmp_path, TINY).with_results_of(finished)


def planned(project):
    return {rule: outputs for rule, outputs in project.planned().items() if rule != "all"}


def expected(**jobs):
    return {**{rule: outputs for rule, outputs in READ.items() if outputs}, **jobs}


def test_everything_is_made_and_readable(finished):
    results = finished.folder / "results"
    for output in (RANDOM, SEARCH_OUTPUT, SEARCHED, *(o for s in READ.values() for o in s)):
        assert (results / output).stat().st_size > 0
    assert not list((results / "checkpoints").rglob("*.pt"))


def test_a_fresh_clone_with_copied_results_reruns_nothing(project):
    assert planned(project) == {}


def test_a_comment_or_a_docstring_reruns_nothing(project):
    project.edit("src/naseval/methods/darts.py", '"""', '"""Well: ')
    project.edit("src/naseval/training/augment.py", "\n\n\n", "\n\n\n# Nothing to see.\n")
    assert planned(project) == {}


def test_another_hyperparameter_reruns_the_method(project):
    overlay = copy.deepcopy(TINY)
    overlay["methods"]["darts"]["search"]["batch_size"] = 120
    project.write_overlay(overlay)
    assert planned(project) == expected(search={SEARCH_OUTPUT}, costs=COSTS, run={SEARCHED})


def test_other_code_in_a_method_reruns_the_method(project):
    project.edit("src/naseval/methods/darts.py", "\n\n\ndef ", "\n\n\nNEW = 1\n\n\ndef ")
    assert planned(project) == expected(search={SEARCH_OUTPUT}, costs=COSTS, run={SEARCHED})


def test_another_training_loop_reruns_searches_and_runs(project):
    project.edit("src/naseval/training/loop.py", "\n\n\n", "\n\n\nNEW = 1\n\n\n")
    assert planned(project) == expected(search={SEARCH_OUTPUT}, costs=COSTS, run={SEARCHED, RANDOM})


def test_another_augmentation_reruns_runs_only(project):
    project.edit("src/naseval/training/augment.py", "\n\n\n", "\n\n\nNEW = 1\n\n\n")
    assert planned(project) == expected(run={SEARCHED, RANDOM})


def test_another_label_redraws_what_shows_it(project):
    overlay = copy.deepcopy(TINY)
    overlay["datasets"]["digits"]["label"] = "Handwritten digits"
    project.write_overlay(overlay)
    unnamed = {"figures/reproduced/cost.svg"}  # it shows one dataset and says not which
    assert planned(project) == {"figure": READ["figure"] - unnamed, "table": READ["table"]}


def test_one_more_architecture_adds_one_run(project):
    overlay = copy.deepcopy(TINY)
    overlay["studies"]["benchmark"]["random"] = 2
    project.write_overlay(overlay)
    assert planned(project) == expected(
        random_architecture={"architectures/darts/random-001.json"},
        run={RANDOM.replace("random-000", "random-001")},
    )


def test_a_damaged_run_is_one_sentence_and_the_others_stay(project):
    results = project.folder / "results"
    (results / RANDOM).write_bytes((results / RANDOM).read_bytes()[:-9])
    done = project.snakemake()
    assert done.returncode != 0
    assert f"results/{RANDOM} is not a readable Parquet file" in done.stderr
    assert (results / SEARCHED).exists()


def test_a_damaged_genotype_is_one_sentence(project):
    genotype = project.folder / "results/architectures/darts/random-000.json"
    genotype.write_text("{")
    done = project.snakemake()
    assert done.returncode != 0
    assert "random-000.json holds no genotype" in done.stderr
    assert "Traceback" not in done.stderr.split("random-000.json holds no genotype")[0]


def test_a_fault_in_the_configuration_stops_before_any_job(project):
    overlay = copy.deepcopy(TINY)
    overlay["methods"]["darts"]["search"]["epochs"] = 0
    project.write_overlay(overlay)
    done = project.snakemake()
    assert done.returncode != 0
    assert "config key methods.darts.search.epochs" in done.stderr
    assert "Traceback" not in done.stderr


def test_results_that_cannot_be_written_are_one_sentence(project):
    done = project.snakemake("--config", "results=overlay.yaml/results")
    assert done.returncode != 0
    assert "nothing can be written below overlay.yaml/results" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_full_disk_is_one_sentence_and_nothing_is_half_written(project, tmp_path):
    small = tmp_path / "small"
    small.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", str(small)]
    if subprocess.run(command, capture_output=True, check=False).returncode != 0:
        pytest.skip("mounting a small file system needs root")
    try:
        done = project.snakemake("--config", f"results={small}")
        assert done.returncode != 0
        assert "images.npy could not be written (" in done.stderr
        assert "free disk space" in done.stderr
        assert not list((small / "data/digits").glob("*images*"))
    finally:
        subprocess.run(["umount", str(small)], check=True)
