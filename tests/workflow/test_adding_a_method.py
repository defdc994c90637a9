"""The worked example of docs/adding-a-method.md: its files, as they stand there, search."""

import re

import pandas as pd
import pytest
import yaml

from copied_project import Project
from naseval.genotype import Genotype
from naseval.settings.validation import merged
from naseval.spaces import get_space
from paths import ROOT
from tiny_project import TINY

pytestmark = pytest.mark.workflow

FILES = ("__init__.py", "settings.py", "search.py")
FOUND = "searches/digits/climb/seed-0/genotype.json"


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """Return a copy of the project with the page's files and configuration."""
    page = (ROOT / "docs/adding-a-method.md").read_text()
    files = re.findall(r"^```python\n(.*?)^```", page, re.M | re.S)
    (overlay,) = re.findall(r"^```yaml\n(.*?)^```", page, re.M | re.S)
    folder = tmp_path_factory.mktemp("page") / "project"
    copied = Project.copied(folder, merged(TINY, yaml.safe_load(overlay)))
    method = copied.folder / "src/naseval/methods/climb"
    method.mkdir()
    for name, text in zip(FILES, files, strict=True):
        (method / name).write_text(text)
    return copied


def test_only_its_searches_and_runs_and_those_beside_it_are_planned(project):
    planned = project.planned("reproduced_benchmark", "cards")
    assert FOUND in planned["search"]
    assert {path.split("/")[2] for path in planned["search"]} == {"climb", "darts"}
    assert "cards" in planned


def test_it_searches(project):
    project.run(f"results/{FOUND}")
    results = project.folder / "results"
    found = Genotype.read(results / FOUND)
    get_space("darts").validate(found)
    history = pd.read_parquet((results / FOUND).with_name("history.parquet"))
    assert len(history) == 4
    best = history.loc[history["validation_accuracy"].idxmax(), "genotype"]
    assert Genotype.from_json(best) == found
