"""The study of baselines: what it plans and refuses, and settings that come from methods."""

import pytest
import yaml

from naseval.checks import check
from naseval.config import load_config
from naseval.errors import ConfigError
from naseval.settings.validation import merged
from naseval.studies import members, searches
from paths import ROOT

PAPER = yaml.safe_load((ROOT / "config/config.yaml").read_text())
DEMO = yaml.safe_load((ROOT / "config/demo.yaml").read_text())
ALL = yaml.safe_load((ROOT / "config/demo-baselines.yaml").read_text())


def configured(**overlay):
    return load_config(merged(PAPER, overlay))


def test_the_paper_s_datasets_have_every_baseline_and_share_the_benchmark_s_runs():
    config = configured()
    own = {member.run for member in members(config, "baselines")}
    shared = {member.run for member in members(config, "benchmark")}
    assert len(own - shared) == len(searches(config, "baselines")) - 5 * 2 * 8 == 5 * 9 * 8


def test_the_overlay_beside_the_demo_has_all_of_them():
    config = load_config(merged(merged(PAPER, DEMO), ALL))
    check(config)
    assert config.studies["baselines"].baselines == configured().studies["baselines"].baselines


def test_candidates_train_a_twentieth_of_the_protocol_unless_told():
    config = configured(
        methods={
            "local-search": {"search": {"epochs": 7}},
            "random-search": {"overrides": {"sport8": {"protocol": "cda-aa-1500e"}}},
        }
    )
    epochs = {
        (name, dataset): config.search_settings(name, dataset).epochs
        for name, dataset in (
            ("random-search", "cifar10"),
            ("random-search", "sport8"),
            ("local-search", "cifar10"),
        )
    }
    assert list(epochs.values()) == [30, 75, 7]


def test_a_baseline_takes_space_sampler_and_protocol_of_its_method():
    entry = {"space": "enas", "protocol": "enas", "search": {"protocol": {"channels": 8}}}
    config = configured(methods={"random-search": entry})
    settings = config.search_settings("random-search", "cifar10")
    protocol = config.protocol("enas", "cifar10")
    assert (settings.space, settings.sampler) == ("enas", "uniform")
    assert settings.protocol == protocol.model_copy(update={"channels": 8})


@pytest.mark.parametrize(
    ("study", "message"),
    [
        ({"baselines": ["random-search", "darts"]}, "darts is among methods and baselines"),
        ({"baselines": ["nope", "random-search"]}, "names the method 'nope'"),
        ({"best_of": "manas"}, "best_of names 'manas', which is none of baselines"),
        ({"methods": ["enas"]}, "none of the study's methods has its space and its protocol"),
    ],
)
def test_a_study_that_compares_nothing_is_one_sentence(study, message):
    with pytest.raises(ConfigError, match=message):
        check(configured(studies={"baselines": study}))
