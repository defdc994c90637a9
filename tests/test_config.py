"""The configuration: what is refused, how, and how entries are resolved per dataset."""

import json
import subprocess
import sys

import jsonschema
import pytest
import yaml

from naseval.config import load_config
from naseval.config_reference import README_FILE, SCHEMA_FILE, json_schema, readme
from naseval.errors import ConfigError
from naseval.settings.validation import merged
from naseval.studies import tricks
from paths import ROOT


def put(config, key, value):
    *path, last = key.split(".")
    for part in path:
        config = config.setdefault(part, {})
    config[last] = value


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("reslts", "x", "config key reslts is unknown (did you mean results?)"),
        ("methods.darts.serch", {}, "config key methods.darts.serch is unknown"),
        ("methods.darts.search.epochs", 0, "methods.darts.search.epochs: input should be greater"),
        ("methods.darts.search.epoch", 3, "(did you mean epochs?)"),
        ("methods.darts.search.weights.name", "sdg", "methods.darts.search.weights.name"),
        ("methods.darts.protocol", "cdaa", "(did you mean cda?)"),
        ("methods.darts.space", "dart", "(did you mean darts?)"),
        ("methods.darts.algorithm", "enass", "(did you mean enas?)"),
        ("methods.darts.overrides", {"cifar11": {}}, "(did you mean cifar10?)"),
        ("protocols.base.epochs", 0, "protocols.base.epochs"),
        ("protocols.base.cutuot", 1, "(did you mean cutout?)"),
        ("protocols.cda.inherits", "bse", "(did you mean base?)"),
        ("protocols.base.inherits", "cda", "inherits from itself"),
        ("protocols.C+D", {"inherits": "base"}, "lower-case"),
        ("spaces.darts.sampler", "uniform8", "(did you mean uniform7?)"),
        ("datasets.cifar10.split.train", 0.6, "add up to 1"),
        ("datasets.cifar10.source", "cifar-11", "datasets.cifar10.source"),
        (
            "datasets.cifar10.channels",
            "train",
            "config key datasets.cifar10.channels: input should be a mapping or 'computed', "
            "not 'train'",
        ),
        (
            "datasets.cifar10.channels",
            {"mean": [0, 0, 2], "std": [1, 1, 1]},
            "datasets.cifar10.channels.mean.2: input should be less than or equal to 1, not 2",
        ),
        (
            "datasets.cifar10.channels",
            {"mean": [0, 0, 0]},
            "config key datasets.cifar10.channels.std is missing",
        ),
        (
            "datasets.cifar10.split.test",
            "archve",
            "datasets.cifar10.split.test: input should be a valid number or 'archive' or "
            "'published', not 'archve'",
        ),
        ("studies.benchmark.methods", ["dart"], "(did you mean darts?)"),
        ("studies.benchmark.datasets", ["cifar"], "names the dataset 'cifar'"),
        ("studies.benchmrk", {}, "(did you mean benchmark?)"),
        ("studies.benchmark.random", -1, "studies.benchmark.random"),
        ("resources.threads", 0, "resources.threads"),
    ],
)
def test_a_fault_is_one_sentence_that_names_the_key(paper, key, value, told):
    put(paper, key, value)
    with pytest.raises(ConfigError) as caught:
        load_config(paper)
    first, *_ = str(caught.value).split("\n")
    assert told in first


def test_every_fault_gets_its_own_sentence(paper):
    put(paper, "resources.threads", 0)
    put(paper, "resources.colour", "blue")
    with pytest.raises(ConfigError) as caught:
        load_config(paper)
    assert len(str(caught.value).split("\n")) == 2


def test_a_missing_key_is_named(paper):
    del paper["methods"]["darts"]["search"]["epochs"]
    with pytest.raises(ConfigError, match=r"methods\.darts\.search\.epochs is missing"):
        load_config(paper)


def test_layers_go_from_inherited_to_the_dataset(paper):
    paper["protocols"] = {
        "base": {**paper["protocols"]["base"], "overrides": {"small": {"cells": 9, "channels": 5}}},
        "deep": {"inherits": "base", "cells": 30},
        "deeper": {
            "inherits": "deep",
            "overrides": {"cifar10": {"cells": 40}, "large": {"cells": 1}},
        },
    }
    paper["methods"], paper["studies"] = {}, {}
    config = load_config(paper)
    resolved = {name: config.protocol(name, "cifar10") for name in ("base", "deep", "deeper")}
    assert [protocol.cells for protocol in resolved.values()] == [9, 30, 40]
    assert [protocol.channels for protocol in resolved.values()] == [5, 5, 5]


def test_a_methods_overrides_reach_its_search_and_its_protocol(paper):
    paper["methods"]["darts"]["overrides"] = {
        "small": {"search": {"cells": 3, "weights": {"learning_rate": 0.5}}, "protocol": "base"}
    }
    config = load_config(paper)
    settings = config.search_settings("darts", "cifar10")
    assert (settings.cells, settings.epochs, settings.weights.learning_rate) == (3, 50, 0.5)
    assert settings.weights.momentum == 0.9
    assert config.method("darts", "cifar10").protocol == "base"


def test_merging_replaces_what_is_no_mapping():
    assert merged({"a": [1], "b": {"c": 1, "d": 2}}, {"a": [2], "b": {"c": 3}}) == {
        "a": [2],
        "b": {"c": 3, "d": 2},
    }


@pytest.mark.parametrize(
    "overlay",
    sorted(path.name for path in (ROOT / "config").glob("*.yaml") if "lock" not in path.name),
)
def test_every_configuration_is_valid_by_type_and_by_schema(paper, overlay):
    read = merged(paper, yaml.safe_load((ROOT / "config" / overlay).read_text()))
    load_config(read)
    jsonschema.validate(read, json_schema())


def test_the_schema_refuses_what_the_types_refuse(paper):
    put(paper, "methods.darts.search.epochs", 0)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(paper, json_schema())


def test_schema_and_reference_are_up_to_date():
    told = "run `make docs`"
    assert json.loads((ROOT / SCHEMA_FILE).read_text()) == json_schema(), told
    assert (ROOT / README_FILE).read_text() == readme(), told


def test_reading_the_configuration_needs_no_torch():
    check = "import sys, naseval.config_reference; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0


def test_a_study_has_its_own_type(paper):
    config = load_config(paper)
    assert config.study("tricks", tricks.Settings).plain == paper["studies"]["tricks"]["plain"]
    assert all(config.study(name) is config.studies[name] for name in config.studies)
    with pytest.raises(TypeError, match="the settings of the study seeds are no Settings"):
        config.study("seeds", tricks.Settings)


def test_a_study_that_is_null_is_left_out(paper):
    paper["studies"]["tricks"] = None
    assert "tricks" not in load_config(paper).studies


@pytest.mark.parametrize("fields", [3, ["cifar10"]])
def test_a_study_that_is_no_mapping_is_one_sentence(paper, fields):
    paper["studies"]["tricks"] = fields
    with pytest.raises(
        ConfigError, match=r"^config key studies\.tricks: input should be a mapping"
    ):
        load_config(paper)


def test_what_is_dumped_of_a_study_is_all_that_it_has(paper):
    assert load_config(paper).model_dump()["studies"]["tricks"] == paper["studies"]["tricks"]
