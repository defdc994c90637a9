"""A method that searched elsewhere, by the six lines of docs/your-method.md; and printed cells."""

import copy
import re

import pandas as pd
import pytest
import yaml

from copied_project import Project
from naseval.settings.validation import merged
from naseval.spaces import sample
from paths import ROOT
from printed_texts import as_call
from tiny_project import TINY

pytestmark = pytest.mark.workflow

LINES = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs/your-method.md").read_text(), re.DOTALL)[0]
SEARCHES, RANDOM = 3, 2
PRINTED = {
    "datasets": ["digits"],
    "cells": {"darts": ["darts-v2"], "enas": [], "nao": [], "nsganet": []},
    "random": RANDOM,
    "random_seeds": [2],
    "seeds": [2, 3],
}
STUDIES = {"benchmark": {"searches": SEARCHES, "random": RANDOM}, "printed": PRINTED}
TARGETS = (
    "results/figures/reproduced/benchmark.svg",
    "results/figures/reproduced/printed.svg",
    "results/tables/reproduced/printed.md",
    "results/studies/reproduced/costs.parquet",
)


def found(seed):
    return f"searches/digits/mine/seed-{seed}/genotype.json"


def run_of(seed):
    return f"runs/digits/cda/mine/digits/seed-{seed}/seed-2.parquet"


def overlay(**mine):
    """Return the tiny project with the lines of the page, fewer searches, and a printed cell."""
    lines = yaml.safe_load(LINES)
    assert len(LINES.strip().splitlines()) == 6
    assert lines["studies"]["benchmark"]["searches"] == 8
    return merged(
        merged(copy.deepcopy(TINY), lines), {"methods": {"mine": mine}, "studies": STUDIES}
    )


def write(project, indices):
    lines = [as_call(sample("darts", index)) for index in indices]
    (project.folder / "mine.txt").write_text("# found on digits\n" + "\n".join(lines) + "\n")


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """Return a copy of the project in which the method and the cell have been judged."""
    project = Project.copied(tmp_path_factory.mktemp("elsewhere"), overlay())
    write(project, range(100, 100 + SEARCHES))
    project.run(*TARGETS, "reproduced_benchmark", "cards")  # cards wait for the benchmark
    return project


def test_the_method_has_a_card_and_a_place_in_figure_1(finished):
    results = finished.folder / "results"
    card = (results / "cards/mine.md").read_text()
    assert "Searched elsewhere: only the genotypes that it found are known." in card
    assert "Searched elsewhere; no cost is stated." in card
    assert "Everything that is configured has been run." in card
    assert f"{SEARCHES} of {SEARCHES} searches" in card
    assert "mine" in (results / "figures/reproduced/benchmark.csv").read_text()
    assert not (results / "searches/digits/mine/seed-0/history.parquet").exists()


def test_the_printed_cell_stands_among_the_same_random_architectures(finished):
    results = finished.folder / "results"
    tidy = pd.read_parquet(results / "tables/reproduced/printed.parquet")
    assert tidy["label"].unique().tolist() == ["DARTS V2"]
    assert tidy[["n", "random_n"]].drop_duplicates().to_numpy().tolist() == [[2, RANDOM]]
    assert (
        "selected the printed cells on CIFAR-10"
        in (results / "tables/reproduced/printed.md").read_text()
    )
    runs = {path.relative_to(results).as_posix() for path in results.glob("runs/**/*.parquet")}
    assert len(runs) == SEARCHES + RANDOM + 2  # the random ones serve both studies


def test_another_genotype_reruns_the_runs_of_its_seed_alone(finished):
    assert finished.planned(*TARGETS, "reproduced_benchmark", "cards") == {}
    write(finished, [100, 200, 102])
    planned = finished.planned(*TARGETS)
    assert planned["found_elsewhere"] == {found(1)}
    assert planned["run"] == {run_of(1)}
    assert set(planned) == {"found_elsewhere", "run", "study", "figure"}
    write(finished, range(100, 100 + SEARCHES))


def test_a_stated_cost_trains_nothing(finished):
    finished.write_overlay(overlay(cost={"seconds": 864, "device": "cuda (V100)"}))
    assert set(finished.planned(*TARGETS)) == {"costs"}
    finished.run(TARGETS[-1], "cards")
    costs = pd.read_parquet(finished.folder / TARGETS[-1])
    assert costs["gpu_days"].tolist() == [0.01] * SEARCHES
    assert set(costs["device"]) == {"cuda (V100)"}
    card = (finished.folder / "results/cards/mine.md").read_text()
    assert "Device: cuda (V100). Searched elsewhere; the cost is as stated." in card
    finished.write_overlay(overlay())


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            as_call(sample("darts", 0)) + "\n\nGenotype(normal=[('conv', 0)])",
            r"mine\.txt, line 3: a genotype needs the field normal_concat",
        ),
        (
            as_call(sample("darts", 0)),
            r"config key methods\.mine\.genotypes: mine\.txt holds 1 genotypes, up to mine\.txt, "
            r"line 1, and the studies ask for the search seed 1 on digits; add genotypes",
        ),
    ],
)
def test_what_is_wrong_or_missing_is_one_sentence_at_planning(tmp_path, text, told):
    project = Project.copied(tmp_path, overlay())
    (project.folder / "mine.txt").write_text(text)
    done = project.snakemake("--dry-run", *TARGETS)
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert re.search(told, done.stderr.strip().splitlines()[-1])
