"""The card of a method that searched elsewhere: its genotypes judged, its search not seen."""

import pytest

from card_results import configured, searched, write_complexity, write_runs
from naseval.cards import checklist, cost, inputs, missing, operations, seeds, settings
from naseval.cards.evidence import Evidence
from naseval.config import load_config
from naseval.errors import NasevalError
from naseval.spaces import sample
from printed_texts import as_call

COST = {"seconds": 8640, "device": "cuda (V100)"}


@pytest.fixture
def evidence(paper, tmp_path):
    """Return a function that returns the evidence of a method with three genotypes in a file."""

    def gathered(**mine):
        file = tmp_path / "mine.txt"
        file.write_text("\n".join(as_call(sample("darts", index)) for index in (7, 8, 8)))
        paper["methods"]["mine"] = {
            "label": "Mine", "genotypes": str(file), "space": "darts", "protocol": "cda", **mine
        }  # fmt: skip
        config = configured(paper, ["mine"], tricks=False)
        results = tmp_path / "results"
        write_runs(config, results, inputs.runs(config, "benchmark"), 1.0)
        for one in searched(config):
            config.genotypes("mine", one.dataset)[one.seed].genotype.write(results / one.file)
        return Evidence.gathered(config, results, write_complexity(config, results))

    return gathered


def test_it_is_complete_without_a_history(evidence):
    given = evidence()
    assert missing.complete(given, "mine")
    assert "2 of 3 searches" in seeds.section(given, "mine")
    assert "Edges of 3 genotypes" in operations.section(given, "mine")  # two datasets, one file
    assert cost.cost_section(given, "mine") == "Searched elsewhere; no cost is stated."


def test_a_stated_cost_is_shown_as_stated(evidence):
    given = evidence(cost=COST)
    section = cost.cost_section(given, "mine")
    assert "| CIFAR-10 | 3 | 8640.0 | 0.1 |" in section
    assert "| GPU-days |" in section
    assert "Device: cuda (V100). Searched elsewhere; the cost is as stated." in section
    items = {item.practice: item for item in checklist.items(given, "mine")}
    assert items["Cost of the search reported"].fact == "6 searches as stated"
    assert items["Cost of the search reported"].met is True


@pytest.mark.parametrize(
    ("device", "unit"), [("CUDA, V100", "GPU-days"), ("TPU v3", "days on the device")]
)
def test_the_unit_of_a_stated_cost_is_that_of_figure_2(evidence, device, unit):
    section = cost.cost_section(evidence(cost={**COST, "device": device}), "mine")
    assert f"| {unit} |" in section


def test_stated_costs_are_those_of_methods_that_searched_elsewhere(evidence):
    known = evidence(overrides={"cifar10": {"cost": COST}}).config
    assert known.stated_costs == {"cifar10": {"mine": COST}}
    assert evidence().config.stated_costs == {}


def test_what_is_not_known_of_the_search_is_neither_met_nor_unmet(evidence):
    items = {item.practice: item for item in checklist.items(evidence(), "mine")}
    for practice in (
        "Seeds of the searches given",
        "Search: one version of the code",
        "Performance of the search over time",
        "Time from end to end: searches and trainings",
        "Hyperparameters of search and training given",
        checklist.SAME,
    ):
        assert (items[practice].met, items[practice].fact) == (None, "searched elsewhere")
    assert items["Found architectures given"].met is True
    assert items["Cost of the search reported"].met is False


def test_the_settings_name_the_file(evidence):
    given = evidence(cost=COST)
    resolved = settings.resolved(given.config, "mine", "cifar10")
    assert resolved["genotypes"].endswith("mine.txt")
    assert resolved["cost"] == COST
    assert "search" not in resolved


def test_a_genotype_that_is_no_longer_in_the_file_is_refused(evidence, tmp_path):
    given = evidence()
    (tmp_path / "mine.txt").write_text("\n".join([as_call(sample("darts", 9))] * 3))
    config = load_config(given.config.model_dump())
    with pytest.raises(NasevalError, match=r"was made with architecture\.genotype"):
        Evidence.gathered(config, given.results, [])
