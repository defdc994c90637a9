"""The study of supernets, run at a tiny scale: asking for it leaves finished searches alone."""

import copy

import pandas as pd
import pytest

from copied_project import Project
from naseval import records, schemas
from tiny_project import TINY
from training_toy import timeless

pytestmark = pytest.mark.workflow

STUDY = {"datasets": ["digits"], "methods": ["darts"], "random": 3, "seeds": [2, 3], "times": 1}
SEARCH = "results/searches/digits/darts/seed-0"
SCORED = SEARCH.replace("searches", "scored")


def overlay(**studies):
    changed = copy.deepcopy(TINY)
    changed["studies"] = dict.fromkeys(changed["studies"]) | studies
    changed["resources"]["runs_per_job"] = 6
    return changed


def test_a_finished_search_is_kept_and_the_scored_one_finds_the_same(tmp_path):
    benchmark = {"datasets": ["digits"], "methods": ["darts"], "searches": 1, "random": 1}
    project = Project.copied(tmp_path, overlay(benchmark=benchmark))
    project.run(f"{SEARCH}/genotype.json")
    project.write_overlay(overlay(benchmark=benchmark, supernet=STUDY))
    planned = project.planned("reproduced_supernet", f"{SEARCH}/genotype.json")
    assert "search" not in planned
    assert {"scored_search", "untrained_scores", "supernet_scores"} <= planned.keys()
    project.run("reproduced_supernet")
    found, same = (project.folder / folder for folder in (SEARCH, SCORED))
    assert (found / "genotype.json").read_bytes() == (same / "genotype.json").read_bytes()
    histories = [
        timeless(records.read(folder / "history.parquet", schemas.HISTORY).to_pylist())
        for folder in (found, same)
    ]
    assert histories[0] == histories[1]
    scores = records.read(same / "scores.parquet", schemas.SUPERNET_SCORES).to_pandas()
    assert scores["epoch"].tolist() == [0] * 3 + [1] * 3 and scores["accuracy"].notna().all()
    shown = pd.read_csv(project.folder / "results/tables/reproduced/supernet.csv")
    assert set(shown["score"]) == {
        *("supernet", "parameters", "nwot", "synflow", "another training")
    }
    assert (project.folder / "results/figures/reproduced/supernet.png").exists()
    assert not project.planned("reproduced_supernet")
    done = project.run("verify")
    assert "faults: 0" in done.stdout + done.stderr
