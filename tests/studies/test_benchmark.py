"""Other numbers of searches and random architectures for one method on one dataset."""

from collections import Counter

import pytest
import yaml

from naseval.config import load_config
from naseval.errors import ConfigError
from naseval.settings.validation import merged
from naseval.studies import members
from paths import ROOT

PAPER = yaml.safe_load((ROOT / "config/config.yaml").read_text(encoding="utf-8"))


def configured(overrides, study="benchmark"):
    return load_config(merged(PAPER, {"studies": {study: {"overrides": overrides}}}))


def numbers(config, study="benchmark"):
    return Counter(
        (member.run.dataset, member.method, member.origin) for member in members(config, study)
    )


def test_they_change_one_method_on_one_dataset():
    found = numbers(configured({"cifar10": {"darts": {"random": 32}, "enas": {"searches": 2}}}))
    plain = numbers(configured({}))
    changed = {key: found[key] for key in plain if found[key] != plain[key]}
    assert changed == {("cifar10", "darts", "random"): 32, ("cifar10", "enas", "searched"): 2}
    assert set(plain.values()) == {8}


def test_the_study_with_and_without_tricks_has_them_too():
    found = numbers(configured({"cifar10": {"darts": {"random": 12}}}, "tricks"), "tricks")
    assert found["cifar10", "darts", "random"] == 24  # under two protocols
    assert found["cifar10", "enas", "random"] == 16


def test_null_takes_all_overrides_away():
    looks = [configured(none).studies["benchmark"].overrides for none in (None, {"cifar10": None})]
    assert looks == [{}, {"cifar10": {}}]


@pytest.mark.parametrize(
    ("overrides", "sentence"),
    [
        ({"cifar11": {}}, "names 'cifar11', which is not among the study's datasets"),
        ({"cifar10": {"darst": {}}}, "names 'darst', which is not among the study's methods"),
        ({"cifar10": {"darts": {"random": 0}}}, "overrides.cifar10.darts.random"),
        ({"cifar10": {"darts": {"search": 3}}}, "overrides.cifar10.darts.search is unknown"),
    ],
)
def test_a_name_or_number_that_is_none_is_an_error(overrides, sentence):
    with pytest.raises(ConfigError, match=sentence):
        configured(overrides)
