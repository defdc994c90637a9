"""A search by a program: resumed after a kill, begun anew where anything changed."""

import errno
import os
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from data_folders import digits, digits_settings, write_folder
from naseval import records, schemas
from naseval.errors import NasevalError
from naseval.programs.search import Search
from naseval.settings.program import digests_of
from naseval.spaces import sample
from naseval.spaces._files import read_architecture
from naseval.studies._settings import PREPARED
from printed_texts import as_call

DATASET = digits_settings(size=8)
PROGRAM = f"""
import sys
from pathlib import Path
output, checkpoint = map(Path, sys.argv[2:])
tries = checkpoint / "tries"
tries.write_text(f"{{tries.read_text() if tries.exists() else ''}}x")
if tries.read_text() == "x":
    sys.exit("out of luck")
(output / "genotype.txt").write_text({as_call(sample("darts", 5))!r})
(output / "history.csv").write_text("epoch\\n1\\n2\\n")
print("tries", len(tries.read_text()))
"""


class Script:
    """What a search needs of the script that runs it."""

    def __init__(self, orphan=False):
        self.code, self.resources = {"digest": "c0de", "modules": []}, {"device": "cpu"}
        self.orphan = orphan

    def provenance(self, settings, **facts):
        return {"settings": settings, **facts}

    def check_code(self):
        pass

    def is_orphan(self):
        return self.orphan


@pytest.fixture(scope="module")
def images(tmp_path_factory):
    return write_folder(tmp_path_factory.mktemp("data"), DATASET, digits("small", 8, 60))


@pytest.fixture
def made(images, tmp_path, monkeypatch):
    """Return a function that makes a search whose program fails at its first try."""
    monkeypatch.chdir(tmp_path)
    Path("program.py").write_text(PROGRAM, encoding="utf-8")
    shutil.copytree(images, "data")

    def make(**changes):
        program = {
            "command": [sys.executable, "program.py", "{seed}", "{output}", "{checkpoint}"],
            "environment": None,
            "files": digests_of(["program.py"]),
        }
        settings = {
            "space": "darts",
            "program": program | changes,
            "seed": 3,
            "dataset": DATASET.training.model_dump(mode="json"),
            "prepared": DATASET.model_dump(mode="json", include=PREPARED),
        }
        inputs = [Path("data/splits.parquet"), Path("data/channels.json")]
        files = Path("seed-3/genotype.json"), Path("seed-3/history.parquet"), Path("seed-3.log")
        return Search({**settings, "checkpoint": "kept/seed-3.pt"}, "digits", inputs, *files)

    return make


def test_a_program_goes_on_where_it_was_and_all_its_time_counts(made):
    search = made()
    with pytest.raises(NasevalError, match="exit code 1, and said last: out of luck"):
        search.search(Script(), 1)
    assert not search.genotype.exists()
    search.search(Script(), 1)
    assert "tries 2" in search.log.read_text()
    history = records.read(search.history, schemas.HISTORY).to_pandas()
    made_with = records.provenance_of(search.history)
    assert history["epoch"].tolist() == [1, 2]
    assert history["seconds"].sum() > 0
    assert set(made_with["inputs"]) == {"splits.parquet", "channels.json"}
    settings = {key: value for key, value in search.settings.items() if key != "checkpoint"}
    assert read_architecture(search.genotype, settings) == sample("darts", 5)
    assert not search.folder.exists()


def test_what_other_settings_left_is_not_gone_on_with(made):
    with pytest.raises(NasevalError, match="out of luck"):
        made().search(Script(), 1)
    command = [sys.executable, "-u", *made().settings["program"]["command"][1:]]
    with pytest.raises(NasevalError, match="out of luck"):
        made(command=command).search(Script(), 1)
    made(command=command).search(Script(), 1)


def test_a_program_goes_on_in_a_renamed_folder(made):
    with pytest.raises(NasevalError, match="out of luck"):
        made().search(Script(), 1)
    Path("kept").rename("renamed")
    search = made()
    search = replace(search, settings={**search.settings, "checkpoint": "renamed/seed-3.pt"})
    search.search(Script(), 1)
    assert "tries 2" in search.log.read_text()


def test_the_program_finds_the_images_of_its_own_search(made):
    count = (
        "import json, pathlib, sys; print(len(json.loads(pathlib.Path(sys.argv[1], 'parts.json')"
    )
    Path("program.py").write_text(f"{count}.read_text())['train']))\n", encoding="utf-8")
    with pytest.raises(NasevalError, match=r"and said last: [1-9][0-9]+; see"):
        made(command=[sys.executable, "program.py", "{data}"]).search(Script(), 1)
    assert (made().folder / "data/parts.json").exists()


def test_a_finished_search_is_kept_though_its_folder_cannot_be_removed(made, monkeypatch):
    with pytest.raises(NasevalError, match="out of luck"):
        made().search(Script(), 1)
    remove = os.rmdir

    def busy(path, **options):
        if Path(path).name == "output":
            raise OSError(errno.ENOTEMPTY, "Directory not empty")
        remove(path, **options)

    monkeypatch.setattr(os, "rmdir", busy)
    made().search(Script(), 1)
    assert made().genotype.exists() and made().folder.exists()
    with pytest.raises(NasevalError, match=r"could not be removed \(Directory not empty\); end"):
        made().search(Script(), 1)


def test_other_code_than_was_planned_is_refused_before_the_program_runs(made):
    script, search = Script(), made()
    script.code["modules"] = ["naseval.spaces.enas.space"]
    seen = []

    def changed():
        seen.extend(name for name in script.code["modules"] if name in sys.modules)
        raise NasevalError("the code changed")

    script.check_code = changed
    with pytest.raises(NasevalError, match="the code changed"):
        search.search(script, 1)
    assert seen == script.code["modules"]
    assert not search.log.exists()


def test_a_killed_snakemake_finds_what_was_done(made):
    with pytest.raises(NasevalError, match="out of luck"):
        made().search(Script(), 1)
    made().search(Script(orphan=True), 1)
    assert made().folder.exists()
    made().search(Script(), 1)
    assert "tries 3" in made().log.read_text()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("print('done')", r"wrote no .*genotype\.txt, and said last: done; see seed-3\.log"),
        (
            "import sys, pathlib; pathlib.Path(sys.argv[2], 'genotype.txt').write_text('conv')",
            r"genotype\.txt, line 1: 'conv' is no genotype.*, and said nothing; see",
        ),
    ],
)
def test_what_was_not_found_is_one_sentence(made, text, told):
    Path("program.py").write_text(text, encoding="utf-8")
    with pytest.raises(NasevalError, match=told):
        made().search(Script(), 1)


def test_a_file_that_changed_since_the_planning_is_refused(made):
    search = made()
    Path("program.py").write_text("print()", encoding="utf-8")
    with pytest.raises(NasevalError, match="changed between planning and this job"):
        search.search(Script(), 1)
