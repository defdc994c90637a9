"""The section of a card on baselines."""

import pytest

from card_results import (
    configured,
    everything,
    searched,
    write_complexity,
    write_runs,
    write_searches,
)
from naseval.cards import baselines, inputs
from naseval.cards.evidence import Evidence
from naseval.spaces import sample
from printed_texts import as_call

BASELINES = ("random-search", "parameters")


@pytest.fixture
def evidence(paper, tmp_path):
    """DARTS, far better than two baselines; ENAS has none in its space."""
    config = configured(paper, ["darts", "enas"], ["cifar10"], n=4, baselines=BASELINES)
    return everything(config, tmp_path / "results", darts=9.0)


def test_the_two_questions_are_answered_with_the_cost(evidence):
    text = baselines.section(evidence, "darts")
    assert "Does it beat counting parameters? CIFAR-10: yes" in text
    assert (
        "Does it beat the best of k at equal cost? CIFAR-10: yes (k = 2; its time buys 2)." in text
    )
    assert "| CIFAR-10 | Random search | last |" in text


@pytest.fixture
def elsewhere(paper, tmp_path):
    """Return a function that returns the evidence of a method that searched elsewhere."""

    def gathered(**mine):
        file = tmp_path / "mine.txt"
        file.write_text("\n".join(as_call(sample("darts", index)) for index in range(4)))
        paper["methods"]["mine"] = {
            "label": "Mine", "genotypes": str(file), "space": "darts", "protocol": "cda", **mine
        }  # fmt: skip
        config = configured(paper, ["mine"], ["cifar10"], False, n=4, baselines=BASELINES)
        results = tmp_path / "results"
        write_runs(config, results, inputs.runs(config, "baselines"))
        write_searches(config, results, [one for one in searched(config) if one.method != "mine"])
        for one in searched(config):
            if one.method == "mine":
                config.genotypes("mine", one.dataset)[one.seed].genotype.write(results / one.file)
        return Evidence.gathered(config, results, write_complexity(config, results))

    return gathered


def test_a_cost_that_is_not_known_is_a_dash(elsewhere):
    text = baselines.section(elsewhere(), "mine")
    assert "| nan |" not in text and "| – | 4.32e+04 | 2 | not known |" in text
    assert "(k = 2; what its time buys is not known)" in text


def test_a_stated_cost_is_shown_and_compared_on_the_same_device_alone(elsewhere):
    days = 86_400.0
    other = baselines.section(elsewhere(cost={"seconds": days, "device": "cuda (V100)"}), "mine")
    assert "| 8.64e+04 | 4.32e+04 | 2 | not known |" in other
    assert "Seconds of different devices are not compared: " in other
    assert "on cuda; Mine on cuda (V100), as stated." in other
    same = baselines.section(elsewhere(cost={"seconds": days, "device": "cuda"}), "mine")
    assert "| 8.64e+04 | 4.32e+04 | 2 | 3 |" in same and "(k = 2; its time buys 3)" in same
    assert "Mine on cuda, as stated." in same and "not compared" not in same


def test_without_a_baseline_in_its_space_nothing_is_claimed(evidence):
    assert baselines.section(evidence, "enas").startswith("No baseline in this method's space")


def test_without_the_study_it_is_not_known(paper, tmp_path):
    evidence = everything(configured(paper, ["darts"], ["cifar10"]), tmp_path / "results")
    assert baselines.section(evidence, "darts").startswith("Not known: the study")


def test_baselines_have_no_card_of_their_own(evidence):
    cards = inputs.methods(evidence.config)
    assert "darts" in cards
    assert not set(BASELINES) & set(cards)


def test_a_baseline_that_the_benchmark_compares_has_a_card(paper):
    config = configured(paper, ["darts", "random-search"], ["cifar10"])
    cards = inputs.methods(config)
    assert "random-search" in cards and "parameters" not in cards
