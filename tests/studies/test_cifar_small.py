"""What config/cifar-small.yaml asks for: enough of everything, and no run twice."""

from collections import Counter

import pytest
import yaml

from naseval.config import load_config
from naseval.settings.validation import merged
from naseval.studies import members, unique_runs
from paths import ROOT

DATASET = "cifar10-small"
LAYERS = [
    yaml.safe_load((ROOT / f"config/{name}.yaml").read_text(encoding="utf-8"))
    for name in ("config", "cifar-small")
]


@pytest.fixture(scope="module")
def config():
    return load_config(merged(*LAYERS))


def test_three_of_five_methods_have_the_distributions_architectures_as_baseline(config):
    found = Counter((row.method, row.origin) for row in members(config, "benchmark"))
    methods = {method for method, _ in found}
    assert len(methods) == 5
    in_darts = {name for name in methods if config.method(name, DATASET).space == "darts"}
    assert len(in_darts) == 3
    assert {found[name, "random"] for name in in_darts} == {32}
    assert min(found.values()) >= 4
    drawn = {row.run for row in members(config, "distribution")}
    assert len(drawn) == 32
    for name in in_darts:
        baseline = {
            row.run
            for row in members(config, "benchmark")
            if (row.method, row.origin) == (name, "random")
        }
        assert baseline == drawn


@pytest.mark.parametrize("study", ["protocols", "seeds", "depth", "operations"])
def test_the_other_studies_have_16_architectures_or_more(config, study):
    rows = members(config, study)
    groups = Counter((row.run.protocol, row.run.seed, row.space) for row in rows)
    assert min(groups.values()) >= 16
    assert len(groups) == {"protocols": 10}.get(study, 2)


def test_studies_share_their_runs(config):
    studies = [study for study in config.studies if config.studies[study]]
    runs = unique_runs(row for study in studies for row in members(config, study))
    under_cda = {run.genotype for run in runs if run.protocol == "cda" and run.seed == 2}
    assert sum(genotype.startswith("darts/random") for genotype in under_cda) == 32
    of_other_spaces, protocols, seeds, depth, operations = 2 * (4 + 4), 9 * 16, 16, 16, 16
    assert len(runs) == 32 + 12 + of_other_spaces + protocols + seeds + depth + operations
