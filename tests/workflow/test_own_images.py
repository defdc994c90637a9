"""A user's own images from their folder to splits, by Snakemake."""

import pytest

from copied_project import Project
from own_images import divided, pictures, write
from tiny_project import TINY

pytestmark = pytest.mark.workflow

SPLITS = "results/data/mine/splits.parquet"


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """Return a copy of the project beside a folder of images, which it has split."""
    folder = tmp_path_factory.mktemp("own")
    place = write(folder, "folder", divided("cat", "dog"))
    benchmark = {"datasets": ["mine"], "methods": ["darts"], "searches": 1, "random": 1}
    mine = {
        "label": "Mine",
        "source": "folder",
        "path": str(place),
        "images": "small",
        "image_size": 8,
        "classes": 2,
        "split": {"train": 0.5, "validation": 0.5, "test": "archive", "seed": 0},
        "channels": "computed",
    }
    studies = {**TINY["studies"], "benchmark": benchmark}
    overlay = {**TINY, "datasets": {"mine": mine}, "studies": studies}
    copied = Project.copied(folder / "project", overlay)
    copied.run(SPLITS)
    return copied, overlay, place


def test_nothing_runs_again_until_the_images_change(project):
    copied, overlay, place = project
    assert copied.planned(SPLITS) == copied.planned("download") == {}
    moved = place.rename(place.with_name("moved"))
    assert copied.planned(SPLITS) == {}  # they are stored
    overlay["datasets"]["mine"]["path"] = str(moved)
    copied.write_overlay(overlay)
    assert copied.planned(SPLITS) == {}
    (moved / "train/cat/9.png").write_bytes(pictures("cat")[0][1])
    assert set(copied.planned(SPLITS)) == {"small_images", "splits"}


def test_other_classes_than_configured_stop_the_planning(project):
    copied, overlay, _ = project
    overlay["datasets"]["mine"]["classes"] = 3
    copied.write_overlay(overlay)
    done = copied.snakemake("--dry-run", SPLITS)
    assert done.returncode != 0
    assert "datasets.mine.classes is 3, but the images have 2 classes (cat, dog)" in done.stderr
