"""The simulations behind docs/statistics.md, with few samples."""

import json
import os
import re
import shutil

import numpy as np
import pytest
from benchmarks.statistics.coverage import coverage
from benchmarks.statistics.false_verdicts import first_verdicts
from benchmarks.statistics.populations import MACRO, macro, populations
from benchmarks.statistics.rivals import candidates, percent_above
from scipy import stats

from naseval.analysis.contrasts import Contrast
from naseval.analysis.sequential import at_difference, decide, simulated
from naseval.analysis.verdicts import Levels, counted_as
from naseval.randomness import stream
from paths import ROOT
from quick_benchmarks import quick
from study_tables import needs_published, published_folder

DOCUMENT = ROOT / "docs/statistics.md"
TABLES = ("coverage", "others", "shared", "published", "datasets", "stopping", "inflation")


@pytest.fixture
def recorded(tmp_path):
    """A folder with a small table in the format of NAS-Bench-Macro."""
    rng = np.random.default_rng(0)
    table = {
        str(index): {"test_acc": list(rng.normal(90 - (index % 7 == 0) * 20, 1, 3))}
        for index in range(120)
    }
    (tmp_path / MACRO).write_text(json.dumps(table))
    return tmp_path


def test_a_search_of_macro_takes_the_best_of_its_draws(recorded):
    """The exact chances agree with drawing 50 architectures and taking the best."""
    population = macro(recorded / MACRO)
    table = json.loads((recorded / MACRO).read_text())
    seen, judged, _ = np.array([entry["test_acc"] for entry in table.values()]).T
    rng = np.random.default_rng(1)
    draws = [rng.permutation(len(seen))[:50] for _ in range(4000)]
    found = np.mean([judged[drawn[seen[drawn].argmax()]] for drawn in draws])
    assert population.means == pytest.approx((found, judged.mean()), abs=0.05)
    assert population.searched(rng, (4000,)).mean() == pytest.approx(population.means[0], abs=0.1)


@needs_published
def test_true_means_are_those_of_the_draws(recorded):
    for population in populations(published_folder(), recorded):
        rng = stream("tests", population.name)
        drawn = population.searched(rng, (40_000,)).mean(), population.random(rng, (40_000,)).mean()
        assert drawn == pytest.approx(population.means, abs=0.15)


def test_candidates_are_the_intervals_that_they_say(recorded):
    population = macro(recorded / MACRO)
    rng = np.random.default_rng(2)
    samples = population.searched(rng, (3, 8)), population.random(rng, (3, 8))
    found = {name: one.interval(*samples) for name, one in candidates(1).items()}
    for trial, pair in enumerate(zip(*samples, strict=True)):
        for name in ("percentile", "BCa"):
            alone = stats.bootstrap(
                pair, percent_above, vectorized=True, method=name, rng=np.random.default_rng(3)
            ).confidence_interval
            assert [end[trial] for end in found[name]] == pytest.approx(alone, abs=0.6)
        middle = percent_above(*pair)
        assert found["studentised"][0][trial] < middle < found["studentised"][1][trial]
    assert coverage(candidates(1)["Welch–delta"].interval, population, 16, 500).held > 0.7


def test_cells_are_decided_as_in_the_analysis():
    looks, levels = (4, 8, 12), Levels(0.02, 0.025)
    found = at_difference(simulated(looks, 300), 0.3, 0.4)
    codes, ended = first_verdicts(found, 0.5, levels)
    names = {1: "better", -1: "worse", 2: "equivalent", 0: "undecided"}
    for cell in range(300):
        path = [Contrast(*(part[look, cell] for part in found)) for look in range(len(looks))]
        expected = decide(path, 0.5, levels)
        assert names[codes[cell]] == counted_as(expected.verdict)
        assert ended[cell] + 1 == expected.look


@needs_published
def test_a_run_renews_all_tables_and_nothing_else(tmp_path):
    document = tmp_path / "statistics.md"
    shutil.copy(DOCUMENT, document)
    quick("statistics", "--document", str(document))
    before, after = DOCUMENT.read_text(), document.read_text()
    on_truth = ["reliability"] if "NASEVAL_RECORDED" in os.environ else []
    for name in (*TABLES, *on_truth):
        place = re.compile(f"(?<=bench:begin {name} -->\n).*?(?=<!-- bench:end {name})", re.DOTALL)
        assert place.search(after)[0].count("\n|") >= 3
        before, after = place.sub("", before), place.sub("", after)
    assert after == before


@needs_published
def test_the_document_says_what_the_published_data_say():
    text = DOCUMENT.read_text(encoding="utf-8")
    assert text.count("6 better, 2 worse, 1 equivalent, 30 undecided") == 2
    assert "At n = 4, 8, 16 the rule's 94 % are reached by Welch–delta" in text
