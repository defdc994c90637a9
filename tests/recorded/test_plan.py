"""Which methods search which tables, and the sentence where one does not."""

import copy
import subprocess
import sys

import pytest
import yaml

from naseval.errors import ConfigError
from naseval.recorded.plan import plan
from naseval.settings.recorded import Recorded
from paths import ROOT

CONFIGURED = yaml.safe_load((ROOT / "config/config.yaml").read_text(encoding="utf-8"))["recorded"]


@pytest.fixture
def recorded():
    return copy.deepcopy(CONFIGURED)


def planned(fields):
    return {(job.benchmark, job.method) for job in plan(Recorded(**fields)).jobs}


def test_what_is_planned(recorded):
    assert planned(recorded) == {
        ("nas-bench-macro", "random-search"),
        ("nas-bench-macro", "local-search"),
        ("nas-bench-macro", "regularised-evolution"),
        ("nas-bench-macro", "parameters"),
        ("nas-bench-macro", "flops"),
        ("darts-214", "random-search"),
        ("darts-214", "successive-halving"),
        ("darts-214", "hyperband"),
        ("darts-214", "parameters"),
        ("darts-301-sample", "parameters"),
        ("darts-301-sample", "flops"),
        ("darts-301-sample", "nwot"),
        ("darts-301-sample", "synflow"),
    }


def test_each_pair_is_planned_or_left_out_in_one_sentence(recorded):
    found = plan(Recorded(**recorded))
    pairs = len(recorded["benchmarks"]) * len(recorded["methods"])
    assert len(found.jobs) + len(found.left_out) == pairs
    assert "local-search is not planned on darts-214, which has no neighbours" in found.left_out
    assert "nwot is not planned on nas-bench-macro, which has no score nwot" in found.left_out
    assert (
        "random-search is not planned on darts-301-sample, which has no accuracies that a method "
        "may see"
    ) in found.left_out


def test_overrides_are_for_one_table(recorded):
    jobs = {(job.benchmark, job.method): job.settings for job in plan(Recorded(**recorded)).jobs}
    assert jobs["darts-214", "parameters"]["samples"] == 107
    assert jobs["nas-bench-macro", "parameters"]["samples"] == 1000


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("methods", "random-search", "algorithm", "random"), "algorithm 'random', which does not"),
        (("methods", "random-search", "algorithm", "darts"), "algorithm 'darts', which does not"),
        (("benchmarks", "darts-214", "table", "darts214"), r"table 'darts214'.*darts_214"),
        (("benchmarks", "darts-214", "overrides", {"flop": {}}), r"method 'flop'.*flops"),
        (
            ("methods", "local-search", "search", {"trials": 5, "trial": 1}),
            r"search\.trial is unknown",
        ),
        (("methods", "local-search", "search", {"trials": 0}), r"search\.trials: .* not 0"),
        (("methods", "local-search", "search", {"trials": 7000}), "has 6561 architectures; lower"),
        (("benchmarks", "darts-214", "overrides", {"random-search": {"trials": 215}}), "has 214 "),
        (
            ("benchmarks", "darts-214", "overrides", {"hyperband": {"epochs": 600}}),
            "epochs is 600, and a method sees at most 599",
        ),
    ],
)
def test_what_is_wrong_is_one_sentence_with_its_key(recorded, change, message):
    section, name, key, value = change
    recorded[section][name][key] = value
    with pytest.raises(ConfigError, match=message) as caught:
        plan(Recorded(**recorded))
    assert str(caught.value).startswith("config key recorded.")
    assert "\n" not in str(caught.value)


def test_planning_loads_neither_torch_nor_pandas_nor_scipy():
    code = (
        "import sys, yaml; from naseval.recorded.plan import plan\n"
        "from naseval.settings.recorded import Recorded\n"
        "configured = yaml.safe_load(open('config/config.yaml', encoding='utf-8'))\n"
        "plan(Recorded(**configured['recorded']))\n"
        "print(*{'torch', 'pandas', 'scipy'} & sys.modules.keys())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.split() == []
