"""A card's verdicts: what decides, what was selected, what to run next, where it stopped."""

import re

import numpy as np

from card_results import card, configured, everything, section
from naseval.analysis.inflation import expected_maximum
from naseval.analysis.power import equivalence_shown, runs_needed
from naseval.analysis.relative_improvement import benchmark_table
from naseval.analysis.verdicts import against_average
from naseval.cards import next_runs, stopping, verdicts
from naseval.cards.evidence import Evidence

WORSE = {
    "dataset": "cifar10", "method": "darts", "look": 1, "looks": 4, "searches": 4, "random": 4,
    "verdict": "worse", "decided": True, "difference": -0.5, "low": -0.9, "high": -0.1,
    "difference_p": 0.01, "equivalence_p": 0.9, "difference_level": 0.018,
    "equivalence_level": 0.05, "margin": 0.25,
}  # fmt: skip
"""A row of `schemas.LOOK`."""


def test_verdicts_lead_the_card_and_are_those_of_all_methods(tmp_path, paper):
    config = configured(paper, ["darts", "nao", "enas"], n=6)
    evidence = everything(config, tmp_path, darts=6.0, nao=-6.0)
    expected = against_average(evidence.studies["benchmark"], config.margins)
    expected = expected[expected["method"] == "nao"].set_index(["dataset", "statistic"])
    text = card(evidence, "nao", tmp_path / "cards")
    assert "**Against the average architecture: worse on CIFAR-10 and Sport-8.**" in text
    assert re.findall(r"^## (.*)", text, re.MULTILINE)[:2] == ["Verdicts", "What to run next"]
    shown = [line for line in section(text, "Verdicts").splitlines() if "[" in line]
    assert len(shown) == 4
    for line, key in zip(shown[::2], ("cifar10", "sport8"), strict=True):
        row = expected.loc[(key, "last")]
        assert "| last, decides | **worse** |" in line
        ends = f"{row['difference']:+.2f} [{row['low']:+.2f}, {row['high']:+.2f}]"
        assert ends.replace("-", "−") in line
        assert f"| {config.margins[key]:.2f} | {row['equivalent_at']:.2f} |" in line
    assert "Everything that has been run is decided." in section(text, "What to run next")


def test_what_selection_adds_is_a_range_and_subtracted_nowhere(whole):
    study = whole.study("benchmark", "darts")
    row = benchmark_table(study, "last").set_index("dataset").loc["cifar10"]
    most = expected_maximum(3) * row["searched_std"] * np.sqrt(3 / 2)
    text = verdicts.section(whole, "darts")
    runs = study[study["dataset"] == "cifar10"].groupby(["origin", "genotype"])["test_accuracy"]
    lead = (runs.max() - runs.last()).groupby("origin").mean()  # epochs are in order
    epochs = f"0 to {lead['searched']:.2f} | 0 to {lead['random']:.2f}"
    assert f"| CIFAR-10 | 0 to {most:.2f} (of 3 searches) | {epochs} |" in text
    difference = row["searched_mean"] - row["random_mean"]
    assert f"| last, decides | **undecided** | {difference:+.2f} [" in text


def test_a_long_lower_tail_is_warned_of(tmp_path, paper):
    evidence = everything(configured(paper, ["darts"], ["cifar10"], n=8), tmp_path)
    assert "lower tail" not in verdicts.section(evidence, "darts")
    study = evidence.studies["benchmark"]
    bad = (study["origin"] == "random") & study["genotype"].str.endswith("-000")
    study.loc[bad, "test_accuracy"] -= 20
    text = verdicts.section(evidence, "darts")
    assert "CIFAR-10: The 8 random architectures have a long lower tail" in text


def test_a_card_says_how_many_runs_would_decide_and_their_cost(tmp_path, paper):
    config = configured(paper, ["enas"], ["cifar10"], tricks=False, n=5)
    evidence = everything(config, tmp_path)
    (cell,) = verdicts.deciding_cells(evidence, "enas")
    variances = np.array([group.std for group in cell.groups]) ** 2
    margin = config.margins["cifar10"]
    seen, same = (runs_needed(variances, margin, *shown) for shown in ((), (equivalence_shown,)))
    text = next_runs.section(evidence, "enas")
    assert "| CIFAR-10 | 5 searches, 5 random | 0.25 |" in text
    # a search takes half a day and two seconds, a run 5 epochs of a second
    hours = [((n - 5) * (43_204 + 5) + (n - 5) * 5) / 3600 for n in (seen, same)]
    for n, spent in zip((seen, same), hours, strict=True):
        more = f"{n - 5} more searches, {n - 5} more random ({spent:,.0f} device-hours)"
        assert f"{n} on each side: {more}" in text
    first = Evidence.gathered(configured(paper, ["enas"], ["cifar10"]), tmp_path / "none", [])
    assert next_runs.section(first, "enas").startswith("Nothing has been run yet")


def test_a_single_run_is_told_to_run_what_verdicts_take(tmp_path, paper):
    evidence = everything(configured(paper, ["enas"], ["cifar10"], n=1), tmp_path)
    text = next_runs.section(evidence, "enas")
    assert "4 on each side: 3 more searches, 3 more random (36 device-hours) | – |" in text


def test_runs_that_are_all_equal_are_told_to_differ(tmp_path, paper):
    """No number of them would decide."""
    evidence = everything(configured(paper, ["enas"], ["cifar10"], tricks=False, n=5), tmp_path)
    evidence.studies["benchmark"]["test_accuracy"] = 90.0
    text = next_runs.section(evidence, "enas")
    assert "| CIFAR-10 | 5 searches, 5 random | 0.25 | runs that differ | – |" in text


def test_a_card_says_where_a_cell_stopped_and_what_that_means(tmp_path, paper):
    """One cell stopped early, one is undecided, and one has not been judged."""
    config = configured(paper, ["darts", "enas"], ["cifar10", "sport8"], tricks=False)
    everything(config, tmp_path)
    look = {
        **WORSE, "verdict": "better", "difference": 0.81, "low": 0.12, "high": 1.5,
    }  # fmt: skip
    looks = {("cifar10", "darts"): [look], ("sport8", "darts"): [], ("cifar10", "enas"): [look]}
    evidence = Evidence.gathered(config, tmp_path, [], looks)
    text = stopping.section(evidence, "darts")
    assert text.count("stopped at n = 4 (4 searches against 4 random, look 1 of 4)") == 1
    assert "**better**, difference 0.81 [0.12, 1.50] points." in text
    assert "- Sport-8: not judged yet." in text
    assert "overstated" in text and "repeated" in text
    assert text in card(evidence, "darts", tmp_path / "cards")
    fixed = Evidence.gathered(config, tmp_path, [])
    assert stopping.section(fixed, "darts") == ""
    assert "## Stopping" not in card(fixed, "darts", tmp_path / "cards")


def test_a_card_leads_with_the_verdict_that_stopped_a_cell(tmp_path, paper):
    """The look says worse, and the runs by themselves would not."""
    config = configured(paper, ["darts"], ["cifar10"], tricks=False, n=4)
    everything(config, tmp_path)
    fixed = Evidence.gathered(config, tmp_path, [])
    assert "worse on" not in verdicts.sentence(fixed, "darts")
    stopped = Evidence.gathered(config, tmp_path, [], {("cifar10", "darts"): [WORSE]})
    assert "worse on CIFAR-10" in verdicts.sentence(stopped, "darts")
    assert "stopped at n = 4" in verdicts.section(stopped, "darts")
