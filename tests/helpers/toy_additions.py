"""A toy dataset, space, method and study as somebody adds them: new files and a configuration."""

import textwrap
from pathlib import Path

import numpy as np

from naseval.randomness import stream

FACTS = """
    title: Toy images
    page: http://toy
    images: [60]
    classes: 2
    test_images: 20
    licence: MIT
    citation: this test
    files:
      toy.npz:
        url: {url}
"""

SOURCE = '''
    """Toy images: bright ones and dark ones."""

    import numpy as np

    from naseval.data.sources._source import Source


    def read(archives, image_size, images):
        """Return the images; the last 20 are for the test."""
        with np.load(archives / "toy.npz") as arrays:
            pixels, labels = arrays["images"], arrays["labels"]
        return Source(pixels, labels, ("dark", "bright"), np.arange(60) >= 40)
'''

SPACE = '''
    """The toy space: one node, two operations."""

    from functools import partial

    from naseval.spaces._cells import CellSpace, distinct_pair_cells

    OPERATIONS = ("skip_connect", "sep_conv_3x3")
    SPACE = CellSpace(
        name="toy",
        operations=OPERATIONS,
        nodes=1,
        draws={"uniform": partial(distinct_pair_cells, operations=OPERATIONS, nodes=1)},
    )
'''

NETWORK = '''
    """Networks of the toy space."""

    from naseval.networks.operations import OPERATIONS
    from naseval.networks.skeleton import EvaluationNetwork


    def build(genotype, skeleton):
        """Return the evaluation network of a genotype."""
        return EvaluationNetwork(genotype, OPERATIONS, skeleton)
'''

SETTINGS = '''
    """Settings of the toy method."""

    from pydantic import Field

    from naseval.settings.base import Optimizer, Positive, SearchSettings


    class Settings(SearchSettings):
        """The better of two random genotypes."""

        epochs: Positive = Field(description="epochs that each is trained")
        batch_size: Positive = Field(description="images of a step")
        channels: Positive = Field(description="initial channels of the networks")
        cells: Positive = Field(description="cells of the networks")
        weights: Optimizer = Field(description="of the networks' weights")
'''

SEARCH = '''
    """The toy method: the better of two random genotypes."""

    from naseval.genotype import Genotype
    from naseval.methods import SearchResult
    from naseval.methods._candidates import Candidates
    from naseval.randomness import stream
    from naseval.spaces.toy.space import SPACE


    def search(data, settings, *, seed, loop):
        """Return the genotype with the higher validation accuracy."""
        candidates = Candidates(data, settings, seed=seed, loop=loop, name="toy")
        genotypes = stream(seed, "toy")
        for _ in range(2):
            candidates.train(SPACE.sample(genotypes))
        best = max(candidates.rows, key=lambda row: row["validation_accuracy"])
        return SearchResult(Genotype.from_json(best["genotype"]), candidates.rows)
'''

STUDY = '''
    """Whether a toy study runs (no paper)."""

    from pydantic import Field

    from naseval.settings.base import Positive, StudySettings
    from naseval.studies import Member, Run, random_genotype


    class Settings(StudySettings):
        """Random architectures of the toy space."""

        architectures: Positive = Field(description="how many")


    def members(config, settings):
        """Return the runs."""
        return [
            Member(Run("toy-images", "toy", random_genotype("toy", index), 0), "random", "toy")
            for index in range(settings.architectures)
        ]
'''

DATASET = {
    "label": "Toy images",
    "source": "toy-images",
    "images": "small",
    "image_size": 8,
    "classes": 2,
    "split": {"train": 0.5, "validation": 0.5, "test": "archive", "seed": 0},
    "channels": "computed",
}
METHOD = {
    "label": "Toy search",
    "space": "toy",
    "protocol": "toy",
    "search": {
        "epochs": 1,
        "batch_size": 10,
        "channels": 2,
        "cells": 3,
        "weights": {
            "name": "sgd",
            "learning_rate": 0.1,
            "learning_rate_min": 0.0,
            "weight_decay": 0.0,
        },
    },
}
PROTOCOL = {"inherits": "base", "epochs": 1, "batch_size": 20, "channels": 2, "cells": 3}
BENCHMARK = {"datasets": ["toy-images"], "methods": ["toy"], "searches": 1, "random": 1}
OVERLAY = {
    "scaled_down": "toy",
    "datasets": {"toy-images": DATASET},
    "spaces": {"toy": {"sampler": "uniform"}},
    "protocols": {"toy": PROTOCOL},
    "methods": {"toy": METHOD},
    "resources": {"device": "cpu", "threads": 1, "workers": 0, "memory_mb": 1000},
}
"""The blocks of configuration; what else there is stays as in the paper."""


def write_archive(path: Path) -> None:
    """Write the archive of the toy images."""
    labels = np.arange(60) % 2
    noise = stream("toy images").integers(0, 100, (60, 8, 8, 3), dtype=np.uint8)
    bright = (100 * labels[:, None, None, None]).astype(np.uint8)
    np.savez(path, images=noise + bright, labels=labels)


def write_files(package: Path, url: str) -> None:
    """Write what is added to the package; `url` is where the archive lies."""
    files = {
        "data/sources/toy_images.py": SOURCE,
        "data/sources/toy_images.yaml": FACTS.format(url=url),
        "spaces/toy/__init__.py": "",
        "spaces/toy/space.py": SPACE,
        "spaces/toy/network.py": NETWORK,
        "methods/toy/__init__.py": "",
        "methods/toy/settings.py": SETTINGS,
        "methods/toy/search.py": SEARCH,
        "studies/toy.py": STUDY,
    }
    for name, text in files.items():
        path = package / name
        assert not path.exists()  # nothing of the project is changed
        path.parent.mkdir(exist_ok=True)
        path.write_text(textwrap.dedent(text).lstrip())
