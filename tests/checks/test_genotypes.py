"""Genotypes from files are checked before anything runs, each fault in one sentence."""

import copy

import pytest

from naseval.checks import check
from naseval.config import load_config
from naseval.errors import NasevalError
from naseval.spaces import sample
from naseval.studies import asked, members, run_settings, space_of
from printed_texts import as_call


@pytest.fixture
def configured(paper, tmp_path):
    """Return a function that configures a method by the text of its file."""

    def configure(text, searches=2, **mine):
        file = tmp_path / "mine.txt"
        file.write_text(text)
        raw = copy.deepcopy(paper)
        raw["methods"]["mine"] = {
            "label": "Mine", "genotypes": str(file), "space": "darts", "protocol": "cda", **mine
        }  # fmt: skip
        raw["studies"] = {
            "benchmark": {
                "datasets": ["cifar10", "cifar100"], "methods": ["mine", "darts"],
                "searches": searches, "random": 2, "augment_seed": 2,
            }
        }  # fmt: skip
        config = load_config(raw)
        check(config)
        return config

    return configure


def lines(*indices):
    return "\n".join(as_call(sample("darts", index)) for index in indices)


def settings_of(config):
    """Return the settings of the method's runs, by dataset and genotype."""
    runs = [one.run for one in members(config, "benchmark") if one.run.genotype[:5] == "mine/"]
    given = asked(config, runs)
    return {(run.dataset, run.genotype): run_settings(given, run) for run in runs}


def test_a_seed_has_its_genotype_and_no_other(configured):
    before, after = settings_of(configured(lines(0, 1))), settings_of(configured(lines(0, 2)))
    changed = {key for key in before if before[key] != after[key]}
    assert {genotype[-6:] for _, genotype in changed} == {"seed-1"}
    assert len(before) == 4
    architecture = before["cifar10", "mine/cifar10/seed-1"]["architecture"]
    genotype = sample("darts", 1).to_dict()
    assert architecture == {"space": "darts", "genotype": genotype, "seed": 1}


def test_a_cost_is_no_setting_of_a_run(configured):
    cost = {"seconds": 3, "device": "cpu"}
    assert settings_of(configured(lines(0, 1))) == settings_of(configured(lines(0, 1), cost=cost))


def test_a_dataset_may_have_a_file_of_its_own(configured, tmp_path):
    other = tmp_path / "other.txt"
    other.write_text(lines(5, 6))
    config = configured(lines(0, 1), overrides={"cifar100": {"genotypes": str(other)}})
    found = [config.genotypes("mine", name)[0].genotype for name in ("cifar10", "cifar100")]
    assert found == [sample("darts", 0), sample("darts", 5)]
    assert space_of(config, "mine/cifar100/seed-0", "cifar100") == "darts"


@pytest.mark.parametrize(
    ("text", "mine", "told"),
    [
        (
            lines(0),
            {},
            r"methods\.mine\.genotypes: .*txt holds 1 genotypes, up to ",
        ),
        (lines(0) + "\nx", {}, r"mine\.txt, line 2: 'x' is no genotype"),
        (lines(0, 1).replace("cda", ""), {"space": "cnas"}, r"mine\.txt, line 1: the normal cell"),
        (lines(0, 1), {"search": {}}, "methods.mine: a method with genotypes does not search"),
        (lines(0, 1), {"genotypes": None}, "methods.mine: a method needs search"),
        (
            lines(0, 1),
            {"genotypes": None, "search": {}, "cost": {"seconds": 1, "device": "cpu"}},
            "methods.mine: cost is for methods with genotypes",
        ),
        (lines(0, 1), {"cost": {"seconds": -1, "device": "cpu"}}, r"methods\.mine\.cost\.seconds"),
        (lines(0, 1), {"genotypes": "absent.txt"}, r"absent\.txt could not be read"),
    ],
)
def test_a_fault_is_one_sentence(configured, text, mine, told):
    with pytest.raises(NasevalError, match=told) as error:
        configured(text, **mine)
    assert "\n" not in str(error.value)
