"""The methods of config/successors.yaml, searched by the workflow, and what an edit reruns."""

import copy

import pytest
import yaml

from copied_project import Project
from naseval import records, schemas
from naseval.genotype import Genotype
from naseval.settings.validation import merged
from naseval.spaces.darts.space import SPACE
from paths import ROOT
from tiny_project import TINY

pytestmark = pytest.mark.workflow

SMALL = {"epochs": 1, "batch_size": 64, "channels": 2, "cells": 1}
OWN = {
    "pcdarts": {"parts": 2, "warm_up": 0},
    "sdarts-rs": {},
    "darts-minus": {},
    "darts-es": {"order": 1},
}
GENOTYPES = {method: f"results/searches/digits/{method}/seed-0/genotype.json" for method in OWN}


def overlay():
    """Return the overlay of the four methods at a tiny scale."""
    successors = yaml.safe_load((ROOT / "config/successors.yaml").read_text(encoding="utf-8"))
    small = {method: {"search": {**SMALL, **own}} for method, own in OWN.items()}
    changed = merged(
        copy.deepcopy(TINY), merged({"methods": successors["methods"]}, {"methods": small})
    )
    changed["studies"]["benchmark"] |= {"methods": list(OWN)}
    return changed


def test_searches_and_what_an_edit_reruns(tmp_path):
    project = Project.copied(tmp_path, overlay())
    project.run(*GENOTYPES.values())
    for path in GENOTYPES.values():
        found = project.folder / path
        SPACE.validate(Genotype.read(found))
        history = records.read(found.with_name("history.parquet"), schemas.HISTORY)
        assert history.num_rows == 1
    project.edit(
        "src/naseval/methods/pcdarts/edges.py", "share.unsqueeze(1) *", "2 * share.unsqueeze(1) *"
    )
    assert project.planned(*GENOTYPES.values()) == {
        "search": {GENOTYPES["pcdarts"].removeprefix("results/")}
    }
