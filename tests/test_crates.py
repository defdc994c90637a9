"""The RO-Crate of an archive: read by its library, complete, the same bytes each time."""

import json
import zipfile

import pytest
from rocrate.rocrate import ROCrate

from naseval.crates import CONFIGURATION, METADATA, PAPER, crate_metadata, version_of
from naseval.exports import WHAT, described, write_archive

FILES = [
    "README.md",
    CONFIGURATION,
    "runs.csv",
    "runs/cifar10/cda/darts/random-000/seed-0.parquet",
    "architectures/darts/random-000.json",
]
MADE = [
    {"start": "2026-01-02T03:04:05+00:00", "end": "2026-01-03T03:04:05+00:00"},
    {"start": "2026-01-01T03:04:05+00:00", "end": "2026-01-02T03:04:05+00:00"},
]


def metadata():
    return crate_metadata("seeds", described(FILES), MADE, "0.1.0, commit 0123abc")


@pytest.fixture
def crate(tmp_path):
    contents = dict.fromkeys(FILES, b"content") | {METADATA: metadata()}
    write_archive(tmp_path / "seeds.zip", "seeds", contents)
    with zipfile.ZipFile(tmp_path / "seeds.zip") as archive:
        archive.extractall(tmp_path)
    return ROCrate(tmp_path / "seeds")


def test_it_lists_every_file_with_its_meaning_and_type(crate):
    files = {entity.id: entity for entity in crate.get_by_type("File")}
    assert set(files) == set(FILES)
    run = files["runs/cifar10/cda/darts/random-000/seed-0.parquet"]
    assert run["encodingFormat"] == "application/vnd.apache.parquet"
    assert run["description"] == WHAT["runs/"]
    assert all((crate.source / name).is_file() for name in files)


def test_it_tells_the_run_that_made_them(crate):
    assert crate.name == "The runs of the study seeds"
    assert crate.root_dataset["datePublished"] == "2026-01-03"
    assert crate.root_dataset["citation"].id == PAPER
    assert crate.license["name"] == "No licence is stated"
    (action,) = crate.get_by_type("CreateAction")
    assert crate.root_dataset["mentions"] == action
    assert (action["startTime"], action["endTime"]) == (MADE[1]["start"], MADE[0]["end"])
    assert action["instrument"]["softwareVersion"] == "0.1.0, commit 0123abc"
    assert action["object"].id == CONFIGURATION
    assert {file.id for file in action["result"]} == set(FILES) - {CONFIGURATION}


def test_equal_results_give_equal_bytes():
    assert metadata() == metadata()
    graph = json.loads(metadata())["@graph"]
    assert [entity["@id"] for entity in graph].count("./") == 1


def test_the_version_is_what_the_provenance_knows():
    made = {"commit": None, "versions": {"numpy": "2"}}
    assert version_of(made) == "commit unknown"
    made = {"commit": "0123abc", "versions": {"naseval": "0.1.0"}}
    assert version_of(made) == "0.1.0, commit 0123abc"
