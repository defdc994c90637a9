"""What planning refuses beyond types and names, and that it refuses nothing that would work."""

import subprocess
import sys
from itertools import product

import pytest
import torch
import yaml

from naseval.checks import check
from naseval.config import load_config
from naseval.data.sources import get_source, source_names
from naseval.errors import ConfigError, NasevalError
from naseval.networks.fixed import check_fixed, fixed_names
from naseval.networks.shape import ShapeError, Skeleton
from naseval.settings.dataset import ImageSettings
from naseval.settings.validation import merged
from naseval.spaces import get_space, sample, space_names
from naseval.training.networks import build_network
from paths import ROOT

DIGITS = {
    "label": "Digits",
    "source": "digits",
    "images": "small",
    "image_size": 8,
    "classes": 10,
    "split": {"train": 0.4, "validation": 0.4, "test": 0.2, "seed": 0},
    "channels": "computed",
}
ON_DIGITS = {"datasets": {"digits": DIGITS}, "studies": {"benchmark": {"datasets": ["digits"]}}}


def planned(*overlays):
    raw = yaml.safe_load((ROOT / "config/config.yaml").read_text(encoding="utf-8"))
    for overlay in overlays:
        raw = merged(raw, overlay)
    config = load_config(raw)
    check(config)
    return config


def refused(*overlays):
    with pytest.raises(ConfigError) as caught:
        planned(*overlays)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    "overlay", ["demo", "fashion", "cifar-small", "authors-code", "successors"]
)
def test_the_configurations_of_the_project_are_planned(overlay):
    planned(configured(overlay))


def configured(overlay):
    return yaml.safe_load((ROOT / f"config/{overlay}.yaml").read_text(encoding="utf-8"))


def test_the_methods_after_the_paper_have_the_benchmark_alone():
    assert list(planned(configured("successors")).studies) == ["benchmark"]


@pytest.mark.parametrize(
    ("overlay", "told"),
    [
        ({"datasets": {"digits": {"split": {"test": "archive", "train": 0.6}}}}, "split.test is a"),
        ({"datasets": {"digits": {"split": {"test": "published", "train": 0.6}}}}, "no lists"),
        ({"datasets": {"digits": {"classes": 11}}}, "digits.classes is 11, and the source digits"),
        (
            {"datasets": {"digits": {"split": {"train": 0.0001, "validation": 0.7999}}}},
            "split.train is 0.0001, less than one",
        ),
        (
            {"datasets": {"digits": {"split": {"train": 0.8, "validation": 0}}}},
            "split.validation is 0.0, less than one of 1797 images",
        ),
        ({"datasets": {"cifar10": {"image_size": 64}}}, "cifar10.image_size is 64, and the source"),
        (
            {"methods": {"random-search": {"search": {"space": "enas", "sampler": "uniform"}}}},
            "methods.random-search.search.space is enas, and the method's space is darts; remove",
        ),
        (
            {"methods": {"random-search": {"search": {"protocol": {"epochs": 7}}}}},
            "search.protocol.epochs would not be used; set methods.random-search.search.epochs in",
        ),
        (
            {"methods": {"nwot": {"search": {"protocol": {"epochs": 7}}}}},
            "methods.nwot.search.protocol.epochs would not be used; remove it",
        ),
        (
            {"methods": {"nwot": {"search": {"protocol": {"precision": "tf32"}}}}},
            "search.protocol.precision would not be used; set methods.nwot.search.precision in",
        ),
        (
            {"methods": {"random-search": {"search": {"protocol": {"network": {"dropout": 0.3}}}}}},
            "search.protocol.network.dropout: the networks of the space darts have no such option",
        ),
        ({"datasets": {"sport8": {"images": "small"}}}, "sport8.images is small, and the source"),
        ({"datasets": {"digits": {"image_size": 10}}}, "datasets.digits.image_size: image_size is"),
        ({"datasets": {"digits": {"image_size": 6}}}, "choose a multiple of 4"),
        (
            {
                "datasets": {"digits": {"images": "large", "image_size": 32}},
                "methods": {"darts": {"overrides": {"large": {"search": {"channels": 1}}}}},
            },
            "config key methods.darts.overrides.large.search.channels: channels is 1",
        ),
        (
            {
                "datasets": {"digits": {"images": "large", "image_size": 32}},
                "protocols": {"base": {"overrides": {"digits": {"channels": 1}}}},
                "methods": {"cnas": {"search": {"channels": 2}}},
            },
            "config key protocols.base.overrides.digits.channels: channels is 1",
        ),
        (
            {"protocols": {"cnas": {"cells": 2, "network": {"final_pool": 2}}}}
            | {"datasets": {"digits": {"image_size": 4}}},
            "protocols.cnas.network.final_pool: network option final_pool is 2",
        ),
        (
            {
                "datasets": {"digits": {"images": "large", "image_size": 32}},
                "protocols": {"enas": {"network": {"dropout": 0.2}}},
            },
            "protocols.enas.network.dropout: network option dropout must be 0 for large images",
        ),
        ({"methods": {"darts": {"protocol": "nsganet"}}}, "methods.darts.protocol is nsganet, whi"),
        ({"methods": {"darts": {"space": "modified"}}}, "methods.darts.space is modified, and the"),
        (
            {"studies": {"tricks": {"datasets": ["digits"], "methods": ["enas"], "plain": "nao"}}}
            | {"methods": {"enas": {"space": "darts"}}},
            "methods.enas.space",
        ),
        ({"studies": {"tricks": {"plain": "bas"}}}, "tricks.plain names the protocol 'bas', which"),
        ({"studies": {"protocols": {"fixed": ["nope"]}}}, "studies.protocols.fixed names"),
        ({"studies": {"protocols": {"fixed_seeds": []}}}, "studies.protocols: fixed names netwo"),
        ({"studies": {"protocols": {"datasets": ["sport8"]}}}, "datasets.sport8.images: resnet50"),
        ({"studies": {"spaces": {"protocol_of": {"darts": "cd"}}}}, ""),
        ({"studies": {"spaces": {"protocol_of": {"darts": "x"}}}}, "protocol_of.darts names the p"),
        ({"studies": {"spaces": {"protocol_of": {"x": "cda"}}}}, "protocol_of.x names the space"),
        ({"studies": {"spaces": {"protocol_of": {"darts": "nao"}}}}, "protocols.nao.network.drop"),
        ({"studies": {"depth": {"protocols": ["cda", "pdarts"]}}}, "studies.depth.protocols: the"),
        ({"studies": {"depth": {"protocols": ["cda"]}}}, "two numbers of cells, and these"),
        (
            {"studies": {"distribution": {"protocols": ["cda", "cda-aa-1500e"]}}},
            "studies.distribution.protocols: the study draws curves of one length",
        ),
        (
            {"studies": {"distribution": {"spaces": ["darts", "modified"]}}},
            "studies.distribution.spaces: the study describes the architectures of one space",
        ),
        ({"studies": {"distribution": {"random": 10**9}}}, "studies.distribution asks for more"),
        ({"studies": {"benchmark": {"searches": 10**9}}}, "studies.benchmark asks for more than"),
        ({"archives": "no/such/folder"}, "config key archives: no/such/folder is no folder"),
    ],
)
def test_what_jobs_could_not_do_is_refused(overlay, told, monkeypatch):
    monkeypatch.delenv("NASEVAL_ARCHIVES", raising=False)
    if told:
        assert told in refused(ON_DIGITS, overlay)
    else:
        planned(ON_DIGITS, overlay)


def test_results_that_lead_nowhere_are_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "link").symlink_to("nowhere")
    for results in ("link", "link/below", "a" * 300):
        with pytest.raises(NasevalError, match="config key results"):
            planned({"results": results})
    planned({"results": "new/folder"})


def _takes_images(space, skeleton):
    """Tell whether a network of the space can be built, trained on two images, and tested."""
    images = ImageSettings(
        images=skeleton.images, image_size=skeleton.image_size, classes=skeleton.classes
    )
    options = {"filter_increment": 0} if space == "nsganet" else {}
    try:
        network = build_network(
            sample(space, 0),
            images,
            channels=skeleton.channels,
            cells=skeleton.cells,
            auxiliary=skeleton.auxiliary,
            options=options,
        )
        inputs = torch.zeros(2, 3, skeleton.image_size, skeleton.image_size)
        network.train()(inputs)
        network.eval()(inputs)
    except NasevalError:
        return None
    return True


@pytest.mark.parametrize("space", space_names())
def test_what_planning_accepts_can_be_built_and_takes_the_images(space):
    sizes = [("small", 3), ("small", 4), ("small", 6), ("large", 16), ("large", 32)]
    options = {"filter_increment": 0} if space == "nsganet" else {}
    chosen = get_space(space).network_options(**options)
    for (images, size), channels, cells in product(sizes, (1, 2), (1, 3)):
        skeleton = Skeleton(images, size, 3, channels, cells, auxiliary=True)
        try:
            chosen.check(skeleton)
        except ShapeError as error:
            assert error.field in ("image_size", "channels")
            continue
        assert _takes_images(space, skeleton), skeleton


def test_small_images_that_networks_can_take_are_accepted():
    planned(ON_DIGITS)  # 8 x 8 pixels
    skeleton = Skeleton("small", 4, 10, 1, 20, auxiliary=True)
    get_space("darts").network_options().check(skeleton)


@pytest.mark.parametrize("name", fixed_names())
def test_fixed_networks_say_what_they_take(name):
    check_fixed(name, "small", 32)
    with pytest.raises(ShapeError):
        check_fixed(name, "small", 33)


@pytest.mark.parametrize("source", sorted({"cifar10", "cifar100", "fashion-mnist", "sport8"}))
def test_facts_about_images_are_those_of_the_reader(source, tmp_path):
    assert source in source_names()
    message = refused(
        {"datasets": {"mine": {**DIGITS, "source": source, "image_size": 36, "classes": 10}}}
    )
    assert message.startswith("config key datasets.mine.")
    with pytest.raises(NasevalError, match="set the dataset's images"):
        get_source(source).read(tmp_path, 36, "large" if source != "sport8" else "small")


def test_planning_needs_no_heavy_library():
    heavy = "('torch', 'pandas', 'scipy', 'sklearn', 'matplotlib')"
    code = f"import sys, naseval.checks; sys.exit(any(name in sys.modules for name in {heavy}))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_own_images_need_shares_above_zero(paper):
    paper["datasets"]["mine"] = {
        **paper["datasets"]["sport8"],
        "label": "Mine",
        "source": "folder",
        "path": "/nowhere",
        "split": {"train": 0.5, "validation": 0.0, "test": 0.5, "seed": 0},
    }
    with pytest.raises(ConfigError, match=r"datasets\.mine\.split\.validation is 0"):
        check(load_config(paper))
