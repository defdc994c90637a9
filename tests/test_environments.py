"""Environments of conda: Snakemake copies their files, so these name no other file."""

import pytest
import yaml

from paths import ROOT


@pytest.mark.parametrize("name", ["train", "analysis"])
def test_an_environment_lists_the_locked_libraries(name):
    written = yaml.safe_load((ROOT / f"envs/{name}.yaml").read_text())
    (libraries,) = [entry["pip"] for entry in written["dependencies"] if isinstance(entry, dict)]
    assert libraries == (ROOT / f"requirements-{name}.lock").read_text().splitlines()
    assert not [library for library in libraries if library.startswith("-")]
