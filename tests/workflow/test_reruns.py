"""What runs again after a change, and what does not: Snakemake for real, on tiny data."""

import copy
import subprocess

import pytest

from copied_project import Project
from tiny_project import METHODS, TINY

pytestmark = pytest.mark.workflow

SPACES = {"manas": "darts", "manas-ls": "darts", "stacnas": "darts"}
PROTOCOLS = {"darts": "cda", "stacnas": "cda", "manas-ls": "manas"}


def search(method):
    return f"searches/digits/{method}/seed-0/genotype.json"


def searched(method):
    return f"runs/digits/{PROTOCOLS.get(method, method)}/{method}/digits/seed-0/seed-2.parquet"


def baseline(method, index=0):
    space, protocol = SPACES.get(method, method), PROTOCOLS.get(method, method)
    return f"runs/digits/{protocol}/{space}/random-{index:03d}/seed-2.parquet"


SEARCHES = {search(method) for method in METHODS}
SEARCHED = {searched(method) for method in METHODS}
RANDOM = {baseline(method) for method in METHODS}
PAGE = {
    "ledger": {"claims/reproduced.parquet"},
    "score_cards": {"cards/cnas.md"},
    "report_page": {"report.html"},
}
SIZES = {"complexity": {"complexity/digits.parquet"}}
READ = {
    "study": {"studies/reproduced/benchmark.parquet"},
    "figure": {
        f"figures/reproduced/{name}.svg" for name in ("benchmark", "cost", "forest", "power")
    },
    "table": {
        f"tables/reproduced/{name}.parquet"
        for name in ("benchmark", "over_datasets", "pairs", "power", "table-2", "verdicts")
    },
    **PAGE,
}
PARETO = {"figures/reproduced/pareto.svg"}
SEARCHED_READ = {
    **READ,
    **SIZES,
    "figure": READ["figure"] | PARETO,
    "histories": {"studies/reproduced/histories.parquet"},
    "costs": {"studies/reproduced/costs.parquet"},
}
"""What follows from another search; `READ` is what follows from another run alone."""


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
    return {**(SEARCHED_READ if "search" in jobs else READ), **jobs}


def test_everything_is_made_and_readable(finished):
    results = finished.folder / "results"
    for output in SEARCHES | SEARCHED | RANDOM | set().union(*READ.values()):
        assert (results / output).stat().st_size > 0
    assert not list((results / "checkpoints").rglob("*.pt"))


def test_a_fresh_clone_with_copied_results_reruns_nothing(project):
    assert planned(project) == {}


def test_a_comment_or_a_docstring_reruns_nothing(project):
    project.edit("src/naseval/methods/darts/search.py", '    """', '    """Well: ')
    project.edit("src/naseval/training/augmentation.py", "\n\n\n", "\n\n\n# Nothing to see.\n")
    assert planned(project) == {}


def test_another_hyperparameter_reruns_the_method(project):
    overlay = copy.deepcopy(TINY)
    overlay["methods"]["darts"]["search"]["batch_size"] = 120
    project.write_overlay(overlay)
    assert planned(project) == expected(search={search("darts")}, run={searched("darts")})


@pytest.mark.parametrize("method", METHODS)
def test_other_code_in_a_method_reruns_the_method_alone(project, method):
    file = f"src/naseval/methods/{method.replace('-', '_')}/search.py"
    project.edit(file, "\n\n\ndef ", "\n\n\nNEW = 1\n\n\ndef ")
    assert planned(project) == expected(search={search(method)}, run={searched(method)})


def test_another_training_loop_reruns_searches_and_runs(project):
    project.edit("src/naseval/training/loop.py", "progress.step += 1", "progress.step -= -1")
    assert planned(project) == expected(search=SEARCHES, run=SEARCHED | RANDOM)


def test_another_augmentation_reruns_runs_only(project):
    project.edit("src/naseval/training/augmentation.py", "len(labels) == 1", "len(labels) < 2")
    assert planned(project) == expected(run=SEARCHED | RANDOM)


def test_another_label_redraws_what_shows_it(project):
    overlay = copy.deepcopy(TINY)
    overlay["datasets"]["digits"]["label"] = "Handwritten digits"
    project.write_overlay(overlay)
    drawn = READ["figure"] | PARETO
    assert planned(project) == {"figure": drawn, "table": READ["table"], **PAGE}


def test_another_margin_remakes_the_verdicts_and_trains_nothing(project):
    overlay = copy.deepcopy(TINY)
    overlay["datasets"]["digits"]["margin"] = 0.5
    project.write_overlay(overlay)
    names = ("benchmark", "pairs", "verdicts")
    assert planned(project) == {
        "figure": {f"figures/reproduced/{name}.svg" for name in ("benchmark", "forest")},
        "table": {f"tables/reproduced/{name}.parquet" for name in names},
        **{rule: PAGE[rule] for rule in ("score_cards", "report_page")},
    }


def test_one_more_architecture_adds_one_run_for_each_baseline(project):
    overlay = copy.deepcopy(TINY)
    overlay["studies"]["benchmark"]["random"] = 2
    project.write_overlay(overlay)
    spaces = {SPACES.get(method, method) for method in METHODS}
    assert planned(project) == expected(
        random_architecture={f"architectures/{space}/random-001.json" for space in spaces},
        run={baseline(method, 1) for method in METHODS},
        **SIZES,
    )


def test_a_damaged_run_is_one_sentence_and_the_others_stay(project):
    results = project.folder / "results"
    damaged, other = results / baseline("darts"), results / searched("darts")
    damaged.write_bytes(damaged.read_bytes()[:-9])
    done = project.snakemake()
    assert done.returncode != 0
    assert f"results/{baseline('darts')} is not a readable Parquet file" in done.stderr
    assert other.exists()


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
    assert "nothing can be written to overlay.yaml/results (Not a directory)" in done.stderr
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
