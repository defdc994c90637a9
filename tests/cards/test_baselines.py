"""The section of a card on baselines."""

import pytest

from card_results import configured, everything
from naseval.cards import baselines, inputs

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
