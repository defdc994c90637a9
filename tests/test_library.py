"""The library face: lazy, complete, and as docs/library.md shows it."""

import importlib.metadata
import re
import subprocess
import sys

import matplotlib
import numpy as np
import pytest
import torch
from torch import nn

import naseval
from data_folders import digits, digits_settings, write_folder
from naseval.methods import method_names
from naseval.networks.drop_path import set_drop_path
from naseval.randomness import stream
from naseval.spaces import get_space, space_names
from paths import ROOT
from training_toy import ToyNetwork, toy_protocol

HEAVY = ("torch", "pandas", "scipy", "matplotlib", "pyarrow", "snakemake")
BLOCKS = re.findall(r"^```python\n(.*?)^```", (ROOT / "docs/library.md").read_text(), re.M | re.S)
TINY = {
    "channels=36, cells=20": "channels=4, cells=2",
    "epochs=15": "epochs=2",
    "channels=8": "channels=2",
    "cells=5": "cells=1",
    "range(4)": "range(2)",
    "[:1200]": "[:96]",
    "[1200:]": "[96:160]",
    '"cuda"': '"cpu"',
    "range(3)": "range(1)",
}


def loaded_by(statement, modules):
    """Return which of the modules are loaded after a statement, in a process of its own."""
    code = f"import sys\n{statement}\nprint(*sorted({set(modules)!r} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_importing_naseval_loads_nothing_heavy():
    assert loaded_by("import naseval; dir(naseval); naseval.__version__", HEAVY) == []


def test_settings_and_spaces_load_no_torch():
    modules = [f"naseval.methods.{name}.settings" for name in method_names()]
    modules += [f"naseval.spaces.{name}.space" for name in space_names()]
    assert len(modules) > 12
    assert loaded_by("import " + ", ".join(modules), ["torch"]) == []


def test_what_needs_no_torch_loads_none():
    used = (
        "naseval.sample('darts', 0), naseval.draw, naseval.relative_improvement, naseval.Protocol"
    )
    assert loaded_by(f"import naseval; {used}", ["torch"]) == []


def test_every_name_is_there_and_documented():
    assert set(naseval.__all__) <= set(dir(naseval))
    for name in naseval.__all__:
        assert getattr(naseval, name).__doc__, name
    with pytest.raises(AttributeError):
        naseval.nothing_of_this_name  # noqa: B018


def test_the_page_names_everything():
    text = (ROOT / "docs/library.md").read_text()
    for name in set(naseval.__all__) - {"Size", "TrainingData", "__version__"}:
        assert f"`{name}" in text, name


def test_the_version_is_that_of_the_distribution():
    assert naseval.__version__ == importlib.metadata.version("naseval")


def test_random_architectures_are_the_pipelines():
    for space in space_names():
        expected = get_space(space).sample(stream("architecture", space, 3))
        assert naseval.sample(space, 3) == expected
    literal = get_space("darts").sample(stream("architecture", "darts", 3), "paper_literal8")
    assert naseval.sample("darts", 3, "paper_literal8") == literal


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_the_page_runs(tmp_path, monkeypatch, capsys):
    (tmp_path / "config").mkdir()
    (tmp_path / "config/config.yaml").write_text(
        (ROOT / "config/config.yaml")
        .read_text()
        .replace("epochs: 600", "epochs: 1")
        .replace("channels: 36", "channels: 2")
        .replace("cells: 20", "cells: 1")
    )
    write_folder(tmp_path / "results/data/cifar10", digits_settings(), digits("small", 32, 80))
    page = "\n".join(BLOCKS)
    for documented, tiny in TINY.items():
        assert documented in page, documented
        page = page.replace(documented, tiny)
    monkeypatch.chdir(tmp_path)
    matplotlib.use("agg")
    names = {}
    exec(compile(page, "docs/library.md", "exec"), names)
    printed = capsys.readouterr().out
    assert re.search(r"^Size\(parameters=\d+, macs=\d+\)$", printed, re.M)
    assert re.search(r"^RI [+-][\d.]+ % \(95 % interval ", printed, re.M)
    assert (tmp_path / "cells.svg").stat().st_size > 1000
    assert list(names["rows"]["epoch"]) == [1]
    assert {"test_accuracy", "train_loss", "drop_path"} <= set(names["rows"])


DATASET = naseval.ImageSettings(images="small", image_size=8, classes=2)


def halves(count=24):
    """Return images of two classes, dark and light, and their labels."""
    labels = np.arange(count) % 2
    noise = stream("halves").integers(0, 100, (count, 8, 8, 3))
    return (noise + 150 * labels[:, None, None, None]).astype(np.uint8), labels


def test_a_training_learns_and_repeats_itself():
    data = naseval.training_data(halves(), halves(10), DATASET, device="cpu")
    state = torch.get_rng_state()
    rows = naseval.train(naseval.sample("darts", 0), data, toy_protocol(cells=2), seed=3)
    assert rows["test_accuracy"].max() == 100
    assert len(rows) == 4
    torch.set_rng_state(state)
    again = naseval.train(naseval.sample("darts", 0), data, toy_protocol(cells=2), seed=3)
    measured = ["seconds", "images_per_second", "peak_memory"]
    assert rows.drop(columns=measured).equals(again.drop(columns=measured))


def test_channel_statistics_are_those_of_the_training_images():
    images, labels = halves()
    data = naseval.training_data((images, labels), halves(10), DATASET, device="cpu")
    pixels = images.reshape(-1, 3) / 255
    np.testing.assert_allclose(data.channels.mean, pixels.mean(axis=0))
    np.testing.assert_allclose(data.channels.std, pixels.std(axis=0))
    given = naseval.Channels(mean=(0.5, 0.5, 0.5), std=(0.2, 0.2, 0.2))
    chosen = naseval.training_data(halves(), halves(10), DATASET, channels=given, device="cpu")
    assert chosen.channels == given


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"train": (np.zeros((4, 8, 8, 3)), np.zeros(4, int))}, "train images are float64"),
        ({"test": (halves(4)[0], np.zeros(3, int))}, r"give uint8 of the shape \(3, 8, 8, 3\)"),
        ({"test": (halves(4)[0][:, :7], np.zeros(4, int))}, r"shape \(4, 7, 8, 3\)"),
        ({"test": (halves(2)[0][:0], np.zeros(0, int))}, "test images"),
        ({"train": (halves(4)[0], np.arange(4))}, "train labels must be integers from 0 to 1"),
        ({"train": (np.zeros((2, 8, 8, 3), np.uint8), np.arange(2))}, "in memory is constant"),
        ({"dataset": DATASET.model_copy(update={"images": "large"})}, "load_augmentation_data"),
        ({"device": "abacus"}, "device 'abacus' is unknown"),
    ],
)
def test_what_is_no_training_data_is_refused(changed, message):
    fields = {"train": halves(), "test": halves(10), "dataset": DATASET, "device": "cpu"} | changed
    with pytest.raises(naseval.NasevalError, match=message):
        naseval.training_data(**fields)


def test_an_epoch_trains_on_any_batches():
    torch.manual_seed(0)
    network, protocol = ToyNetwork(), toy_protocol()
    labels = torch.arange(8) % 2
    images = (labels * 2.0 - 1).reshape(-1, 1, 1, 1).expand(-1, 3, 4, 4)
    optimizer = torch.optim.SGD(network.parameters(), 0.1)
    set_drop_path(network, 0.0)
    batches = [(images, labels), (images[:1], labels[:1])]  # of one image: left out
    losses = [naseval.train_epoch(network, batches, optimizer, protocol) for _ in range(20)]
    assert set(losses[0]) == {"train_loss", "train_accuracy"}
    assert losses[-1]["train_loss"] < losses[0]["train_loss"]
    assert losses[-1]["train_accuracy"] == 100
    assert network.training


def test_an_epoch_of_nothing_or_of_no_numbers_is_refused():
    network, protocol = ToyNetwork(), toy_protocol()
    optimizer = torch.optim.SGD(network.parameters(), 0.1)
    with pytest.raises(naseval.NasevalError, match="larger batches"):
        naseval.train_epoch(network, [], optimizer, protocol)
    nn.init.constant_(network.classifier.bias, float("nan"))
    batch = torch.randn(2, 3, 4, 4), torch.tensor([0, 1])
    with pytest.raises(naseval.NasevalError, match="after an epoch"):
        naseval.train_epoch(network, [batch], optimizer, protocol)
