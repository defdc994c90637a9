"""A results folder with one small file of each kind, and how jobs read each."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from data_folders import digits, digits_settings, write_folder
from naseval import records, schemas
from naseval.budget.calibration import Calibration, Probe, Rates
from naseval.data.prepared import check_prepared
from naseval.data.training_data import load_augmentation_data
from naseval.randomness import stream
from naseval.settings.dataset import Dataset
from naseval.spaces import get_space, sample
from naseval.spaces._files import read_architecture
from naseval.studies import Run, run_settings, search_settings
from naseval.studies._gather import gather_histories, gather_runs
from naseval.studies._settings import PREPARED, architecture_settings
from naseval.training.checkpoint import Checkpoint

EPOCHS = 20
MADE = {"code": "c0de" * 16, "commit": None, "dirty": None}
SMALL = digits_settings(size=8)
LARGE = digits_settings("large", 16)


@dataclass(frozen=True)
class Kind:
    """A file, and a function that reads it as a job does and returns what the job uses."""

    path: Path
    read: Callable[[], Any]


def _settings(dataset: Dataset) -> dict[str, Any]:
    return {
        "dataset": dataset.training.model_dump(mode="json"),
        "prepared": dataset.model_dump(mode="json", include=PREPARED),
    }


ASKED = {
    "datasets": {"digits": _settings(SMALL)["dataset"]},
    "prepared": {"digits": _settings(SMALL)["prepared"]},
    "protocols": {"digits": {"cda": {"epochs": EPOCHS, "network": {}}}},
    "searches": {"digits": {"darts": {"algorithm": "darts", "space": "darts", "search": {}}}},
    "samplers": {"darts": get_space("darts").samplers[0]},
    "printed": {},
}
RUN = Run("digits", "cda", "darts/random-001", 2)
SEARCH = ("digits", "darts", 0)


def kinds(root: Path) -> dict[str, Kind]:
    """Write one file of each kind below `root`."""
    return {
        **_data(root / "small", SMALL, "images.npy"),
        **_data(root / "large", LARGE, "images.parquet"),
        **_trained(root),
        "random genotype": _genotype(root, "darts/random-001", "architectures/darts/random-001"),
        "found genotype": _genotype(root, "darts/digits/seed-0", "searches/genotype"),
        "checkpoint": _checkpoint(root / "run.pt"),
        "calibration": _calibration(root / "cpu.json"),
    }


def _data(folder: Path, dataset: Dataset, images: str) -> dict[str, Kind]:
    folder.mkdir()
    write_folder(folder, dataset, digits(dataset.images, dataset.image_size, 60))

    def read() -> Any:
        check_prepared(folder, **_settings(dataset))
        data = load_augmentation_data(folder, dataset.training, torch.device("cpu"))
        return data.channels, [
            (part.labels.tolist(), part.samples.tolist(), _pixels(part))
            for part in data.parts.values()
        ]

    names = (images, "labels.parquet", "splits.parquet", "channels.json")
    return {f"{dataset.images} {name}": Kind(folder / name, read) for name in names}


def _pixels(part: Any) -> Any:
    return part.array.tolist() if hasattr(part, "array") else part.encoded.to_pylist()


def _trained(root: Path) -> dict[str, Kind]:
    numbers = stream("damage").random((EPOCHS, len(schemas.RUN)))
    rows = [
        {
            name: index + 1 if str(schemas.RUN.field(name).type) == "int64" else float(value)
            for name, value in zip(schemas.RUN.names, numbers[index], strict=True)
        }
        for index in range(EPOCHS)
    ]
    run, history, study = root / RUN.path, root / "searches/history.parquet", root / "study.parquet"
    made = MADE | {"settings": run_settings(ASKED, RUN)}
    records.write(run, records.table(schemas.RUN, rows), made)
    found = sample("darts", 0)
    found.write(root / "searches/genotype.json")
    made = MADE | {"settings": search_settings(ASKED, *SEARCH), "genotype": found.to_dict()}
    searched = [
        {name: row[name] for name in row if name in schemas.HISTORY.names} | {"stage": 1}
        for row in rows
    ]
    records.write(history, records.table(schemas.HISTORY, searched), made)
    names = {"dataset": RUN.dataset, "protocol": RUN.protocol, "genotype": RUN.genotype}
    member = {"path": RUN.path, **names, "seed": RUN.seed, "origin": "random", "space": "darts"}

    def gathered() -> Any:
        return gather_runs(root, "seeds", [member], ASKED).table.to_pylist()

    records.write(study, gather_runs(root, "seeds", [member], ASKED).table, MADE)
    return {
        "run": Kind(run, gathered),
        "history": Kind(
            history, lambda: gather_histories([SEARCH], [str(history)], ASKED).to_pylist()
        ),
        "study": Kind(study, lambda: records.read(study, schemas.STUDY).to_pylist()),
    }


def _genotype(root: Path, name: str, stem: str) -> Kind:
    path = root / f"{stem}.json"
    settings = architecture_settings(ASKED, name)
    if "sampler" in settings:
        sample("darts", settings["index"]).write(path)
    return Kind(path, lambda: read_architecture(path, settings))


def _checkpoint(path: Path) -> Kind:
    checkpoint = Checkpoint(path, "abc")
    checkpoint.save({"epoch": 3, "parts": torch.nn.Linear(3, 2).state_dict()})

    def read() -> Any:
        network = torch.nn.Linear(3, 2)
        state = checkpoint.load({"epoch": int})
        assert state is not None
        with checkpoint.fitting():
            network.load_state_dict(state["parts"])
        return network.weight.tolist(), state["epoch"]

    return Kind(path, read)


def _calibration(path: Path) -> Kind:
    rates = {"float32": Rates(1.0, 2.0, 3.0)}
    Calibration("cpu", "cpu", rates, 0.1, 1.2, {"float32": (Probe(1, 2, 3, 4),)}).write(path)
    return Kind(path, lambda: Calibration.read(path))
