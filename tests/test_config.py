"""The configuration: what is refused, how, and how entries are resolved per dataset."""

import json
import re
import subprocess
import sys

import jsonschema
import pytest
import yaml

from naseval.config import load_config
from naseval.config_reference import (
    OVERLAY_SCHEMA_FILE,
    README_FILE,
    SCHEMA_FILE,
    json_schema,
    overlay_schema,
    readme,
)
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
        ("methods.pdarts.protocol", "", "methods.pdarts.protocol names the protocol ''"),
        ("datasets.cifar10.split.test", {}, "datasets.cifar10.split.test: input should be a v"),
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
        ("resources.threads", 10**12, "resources.threads"),
        ("resources.device", "abc", "resources.device: choose auto, cpu, cuda, cuda:N or mps"),
        ("resources.device", "cuda:x", "resources.device"),
        ("resources.training", {"mem_mb": 1}, "and set the config key resources.memory_mb"),
        ("resources.training", {"slurm_extra": "-x"}, "set the config key resources.slurm_extra"),
        ("resources.training", {"account": "lab"}, "write slurm_account"),
        ("resources.training", {"slurm_partion": "gpu"}, "slurm_partion; write slurm_partition"),
        ("resources.training", {"GPU model": 1}, "'GPU model' is no name of a resource"),
        ("resources.training", {"gpu": True}, "resources.training.gpu"),
        ("resources.slurm_extra", "--nice=7; reboot", "without quotes or signs of the shell"),
        ("datasets.cifar10.splt", {}, "datasets.cifar10.splt is unknown (did you mean split?)"),
        ("datasets.cifar10.split.test", 1.5, "datasets.cifar10.split.test: input should be less"),
        ("datasets.cifar10.classes", 1, "datasets.cifar10.classes"),
        ("datasets.cifar10.label", "two\nlines", "datasets.cifar10.label: a label is one line"),
        ("datasets.cifar10.label", "CIFAR-100", "datasets.cifar10.label is 'CIFAR-100', like that"),
        (
            "datasets.cifar10.label",
            "x" * 201,
            "datasets.cifar10.label: a label is one line of 1 to",
        ),
        ("methods.nsganet.search.population", 1, "search.population: input should be greater than"),
        ("methods.darts.label", "NAO", "methods.darts.label is 'NAO', like that of methods.nao"),
        ("protocols.base.optimizer.learning_rate", float("inf"), "base.optimizer.learning_rate"),
        ("protocols.a.inherits", ["base"], "protocols.a.inherits: input should be a valid string"),
        ("protocols.a.overrides", ["large"], "protocols.a.overrides: input should be a mapping"),
        ("protocols.base.overrides.large.cells", "x", "protocols.base.overrides.large.cells"),
        ("protocols.base.overrides.larg", {}, "protocols.base.overrides.larg names"),
        ("protocols.cda.network", {"dropuot": 0.1}, "network.dropuot is unknown (did you mean"),
        ("protocols.nao.network.dropout", 1.5, "protocols.nao.network.dropout"),
        ("protocols.nsganet.network.filter_increment", "abc", "network.filter_increment"),
        ("methods.pdarts.search.warm_up", 25, "methods.pdarts.search: warm_up is 25 of"),
        ("methods.pdarts.overrides.large.search.cells", 8, "pdarts.overrides.large.search.cells"),
        ("studies", True, "config key studies: input should be a mapping, not True"),
        ("studies", ["benchmark"], "config key studies: input should be a mapping"),
        ("studies.benchmark.augment_seed", -1, "studies.benchmark.augment_seed"),
        ("studies.benchmark.methods", ["darts", "darts"], "methods: darts stands twice"),
        ("studies.benchmark.datasets", [], "studies.benchmark.datasets: list should have"),
        ("studies.seeds.seeds", [2], "studies.seeds.seeds: the study compares two seeds"),
        ("studies.cells.datasets", ["cifar10", "sport8"], "studies.cells.datasets: the study"),
        ("studies.operations.random", {"darts": 8}, "studies.operations.random: the study"),
        ("studies.protocols.protocols", ["cda"], "studies.protocols.protocols: the study"),
        ("studies.protocols.random", 1, "studies.protocols.random: an analysis of variance"),
        ("studies.depth.random", 1, "studies.depth.random: a ranking takes at least 2"),
        ("results", "a" * 5000, "config key results: a path may have"),
    ],
)
def test_a_fault_is_one_sentence_that_names_the_key(paper, key, value, told):
    put(paper, key, value)
    with pytest.raises(ConfigError) as caught:
        load_config(paper)
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


def test_of_several_faults_the_unknown_key_is_told(paper):
    del paper["methods"]["darts"]["search"]["epochs"]
    put(paper, "methods.darts.search.epoch", 3)
    with pytest.raises(ConfigError, match=r"search\.epoch is unknown \(did you mean epochs\?\)"):
        load_config(paper)


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


SEARCHES = {"search": {"trials": 3}}
FOUND = {"genotypes": "found.txt"}
PROGRAM = {"command": ["python", "search.py", "{seed}", "{output}"]}
NO_SEARCH = {"search": None}


@pytest.mark.parametrize(
    ("entry", "layer", "field"),
    [
        (SEARCHES, NO_SEARCH | FOUND, "search"),
        (SEARCHES, NO_SEARCH | PROGRAM, "search"),
        (SEARCHES, FOUND, "genotypes"),
        (FOUND, {"genotypes": None} | SEARCHES, "search"),
        (PROGRAM, {"command": None} | FOUND, "genotypes"),
        (SEARCHES, {"algorithm": "local_search"}, "algorithm"),
        (SEARCHES, {"algorithm": None}, "algorithm"),
        (SEARCHES, {"label": "Yours"}, "label"),
        (SEARCHES, {"reconstruction": True}, "reconstruction"),
    ],
)
def test_overrides_make_no_other_method(paper, entry, layer, field):
    drawn = {"algorithm": "random_search"} if "search" in entry else {}
    mine = {"label": "Mine", "space": "darts", "protocol": "cda", **drawn, **entry}
    paper["methods"]["mine"] = {**mine, "overrides": {"cifar10": layer}}
    with pytest.raises(ConfigError) as caught:
        load_config(paper)
    told = f"config key methods.mine.overrides.cifar10.{field}: overrides cannot change algorithm"
    assert str(caught.value).startswith(told)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "layer", [{"genotypes": "others.txt"}, {"search": None}, {"label": "Mine"}, {"space": "nao"}]
)
def test_overrides_change_the_values_of_a_method(paper, layer):
    mine = {"label": "Mine", **FOUND, "space": "darts", "protocol": "cda"}
    paper["methods"]["mine"] = {**mine, "overrides": {"cifar10": layer}}
    resolved = load_config(paper).method("mine", "cifar10")
    assert resolved == load_config(paper).methods["mine"].model_copy(
        update={**layer, "overrides": {}}
    )


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


CONFIGURATIONS = sorted(
    path
    for pattern in ("config/*.yaml", ".test/config/*.yaml", "examples/*/*.yaml")
    for path in ROOT.glob(pattern)
    if path.name != "archives.lock.yaml"
)


@pytest.mark.parametrize("file", CONFIGURATIONS, ids=lambda path: path.name)
def test_every_configuration_names_its_schema_and_keeps_it(file):
    text = file.read_text()
    named = re.match(r"# yaml-language-server: \$schema=(\S+)\n", text)
    assert named, "the first line of a configuration names its schema"
    schema = (file.parent / named[1]).resolve()
    whole = file == ROOT / "config/config.yaml"
    assert schema == ROOT / (SCHEMA_FILE if whole else OVERLAY_SCHEMA_FILE)
    jsonschema.validate(yaml.safe_load(text), json.loads(schema.read_text()))


@pytest.mark.parametrize(
    "mistaken",
    [
        {"studys": {}},
        {"methods": {"darts": {"search": {"epoch": 3}}}},
        {"protocols": {"base": {"epochs": 0}}},
        {"studies": {"benchmark": {"searches": "many"}}},
    ],
)
def test_the_schema_of_overlays_marks_mistakes(mistaken):
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(mistaken, overlay_schema())


def test_the_schema_refuses_what_the_types_refuse(paper):
    put(paper, "methods.darts.search.epochs", 0)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(paper, json_schema())


@pytest.mark.parametrize("nothing", [None, {}, {"large": None}])
def test_what_is_left_empty_overrides_nothing(paper, nothing):
    paper["protocols"]["cda"]["overrides"] = nothing
    paper["methods"]["darts"]["overrides"] = nothing
    assert load_config(paper).protocol("cda", "sport8").cells == 8


@pytest.mark.parametrize("name", ["small", "large"])
def test_a_dataset_is_not_named_like_a_size_of_images(paper, name):
    paper["datasets"][name] = {**paper["datasets"]["cifar10"], "label": "Mine"}
    with pytest.raises(ConfigError, match=rf"^config key datasets\.{name}: overrides mean"):
        load_config(paper)


def test_names_differ_in_more_than_dashes(paper):
    paper["datasets"]["cifar_10"] = {**paper["datasets"]["cifar10"], "label": "Mine"}
    paper["datasets"]["cifar-10"] = {**paper["datasets"]["cifar10"], "label": "Yours"}
    with pytest.raises(ConfigError, match=r"datasets\.cifar-10 differs from datasets\.cifar_10"):
        load_config(paper)


@pytest.mark.parametrize(
    ("written", "used"), [("./out/", "out"), ("out//mine/.", "out/mine"), ("./", ".")]
)
def test_a_folder_has_one_form(paper, written, used):
    assert load_config({**paper, "results": written}).results == used


def test_texts_become_numbers_also_in_the_options_of_networks(paper):
    put(paper, "resources.workers", "1")
    put(paper, "resources.training", {"gpu": "0", "gres": "gpu:1", "scratch": 1})
    put(paper, "protocols.nsganet.network.squeeze_excitation", "no")
    put(paper, "protocols.nsganet.epochs", "3")
    config = load_config(paper)
    assert config.resources.workers == 1
    assert config.resources.training == {"gpu": 0, "gres": "gpu:1", "scratch": 1}
    assert config.protocol("nsganet", "cifar10").network["squeeze_excitation"] is False
    assert config.protocol("nsganet", "cifar10").epochs == 3


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("protocols.base.epochs", True, "a number, not True"),
        ("studies.benchmark.augment_seed", True, "a number, not True"),
        ("datasets.cifar10.split.seed", False, "a number, not False"),
        ("datasets.cifar10.split.test", True, "a number, not True"),
        ("methods.darts.search.epochs", True, "a number, not True"),
        ("protocols.base.network.dropout", True, "a number, not True"),
        ("protocols.base.optimizer.betas", [True, 0.9], "numbers, not true or false"),
        ("studies.seeds.seeds", [True, 2], "numbers, not true or false"),
    ],
)
def test_true_and_false_are_no_numbers(paper, key, value, told):
    put(paper, key, value)
    with pytest.raises(ConfigError, match=rf"^config key {re.escape(key)}: input should be {told}"):
        load_config(paper)


def test_what_is_checked_can_be_loaded_again(paper):
    put(paper, "resources.workers", "1")
    config = load_config(paper)
    again = load_config(json.loads(json.dumps(config.model_dump(mode="json"))))
    assert again == config


def test_schema_and_reference_are_up_to_date():
    told = "run `make docs`"
    assert json.loads((ROOT / SCHEMA_FILE).read_text()) == json_schema(), told
    assert json.loads((ROOT / OVERLAY_SCHEMA_FILE).read_text()) == overlay_schema(), told
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
    dumped = load_config(paper).model_dump()["studies"]["tricks"]
    assert dumped == paper["studies"]["tricks"] | {"diverged": "stop", "overrides": {}}
