"""From archives to splits by Snakemake: archives with the names of all the real images."""

import shutil

import pytest
import yaml

import archives as made
import published_files
from copied_project import Project
from naseval import records, schemas
from naseval.published.splits import read

pytestmark = [pytest.mark.workflow, published_files.needs_files]


def dataset(source, classes):
    return {
        "label": source,
        "source": source,
        "images": "large",
        "image_size": 32,
        "classes": classes,
        "split": {"train": 0.5, "validation": 0.5, "test": "published", "seed": 0},
        "channels": "computed",
    }


SPLITS = {source: f"results/data/{source}/splits.parquet" for source in ("sport8", "mit67")}


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """Return a copy of the project beside archives with every listed name, and one image more."""
    folder = tmp_path_factory.mktemp("archives")
    table = read(published_files.folder()).to_pandas()
    picture = made.photograph("any", size=(24, 20))
    paths = {
        source: [f"Images/{row['class']}/{row['name']}" for row in rows.to_dict("records")]
        for source, rows in table.groupby("dataset")
    }
    extra = ("Images/bar/in no list.jpg", picture)
    made.write_rar(folder / "event_dataset.rar", [(path, picture) for path in paths["sport8"]])
    made.write_tar(
        folder / "indoorCVPR_09.tar", [*((path, picture) for path in paths["mit67"]), extra]
    )
    overlay = {
        "archives": str(folder),
        "datasets": {"sport8": dataset("sport8", 8), "mit67": dataset("mit67", 67)},
    }
    copied = Project.copied(folder / "project", overlay)
    copied.run(*SPLITS.values())
    return copied


@pytest.mark.parametrize(
    ("source", "trained", "tested"), [("sport8", 1261, 318), ("mit67", 12466, 3153)]
)
def test_archives_become_the_published_splits(project, source, trained, tested):
    parts = records.read(project.folder / SPLITS[source], schemas.SPLITS)["split"].to_pylist()
    assert parts.count("test") == tested
    assert parts.count("train") + parts.count("validation") == trained
    labels = records.read(project.folder / f"results/data/{source}/labels.parquet")
    assert len(labels) == trained + tested + (source == "mit67")


def test_what_arrived_is_recorded(project):
    lock = (project.folder / "config/archives.lock.yaml").read_text()
    assert "sport8/event_dataset.rar: " in lock
    assert "mit67/indoorCVPR_09.tar: " in lock


def test_nothing_runs_again_without_the_archives(project):
    shutil.rmtree(project.folder / "results/archives")
    assert project.planned(*SPLITS.values()) == {}


def test_another_dataset_of_a_source_without_archives_is_told_to_download(tmp_path, project):
    copied = Project.copied(tmp_path / "project", {}).with_results_of(project)
    shutil.rmtree(copied.folder / "results/archives", ignore_errors=True)
    overlay = yaml.safe_load((project.folder / "overlay.yaml").read_text(encoding="utf-8"))
    overlay["datasets"]["mit67-other"] = dataset("mit67", 67) | {"label": "other"}
    copied.write_overlay(overlay)
    wanted = "results/data/mit67-other/splits.parquet", *SPLITS.values()
    done = copied.snakemake("--dry-run", *wanted)
    assert done.returncode != 0
    assert "mit67 would be read and trained on again; run snakemake download" in done.stderr
    name = "results/archives/mit67/indoorCVPR_09.tar"
    copied.run(name)
    assert set(copied.planned(*wanted)) == {"large_images", "published_splits"}
