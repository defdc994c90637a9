"""The checklist ticks what provenance proves, and nothing else."""

from card_results import MADE, configured, everything, write_runs
from naseval.cards import checklist, inputs
from naseval.cards.evidence import Evidence


def met(evidence, method):
    return {item.practice: item.met for item in checklist.items(evidence, method)}


def test_a_whole_reproduction_meets_the_list(whole):
    unmet = {name for name, value in met(whole, "darts").items() if not value}
    assert unmet == {
        "The same hyperparameters on every dataset",  # eight cells for large images
        "Another method under the same space, protocol and random architectures",
        "Cost of tuning hyperparameters reported",  # which no result can tell
    }


def test_nothing_run_meets_nothing_but_what_the_configuration_says(tmp_path, paper):
    config = configured(paper, ["darts"], ["cifar10", "sport8"])
    evidence = Evidence.gathered(config, tmp_path, [])
    assert {name for name, value in met(evidence, "darts").items() if value} == {
        "Hidden components taken apart",  # the study protocols, as configured
    }
    count = len(checklist.items(evidence, "darts"))
    assert checklist.section(evidence, "darts").startswith(f"1 of {count} are met.")


def test_the_facts_of_the_list(whole, tmp_path):
    def facts(evidence):
        return {item.practice: item.fact for item in checklist.items(evidence, "darts")}

    before, after = facts(Evidence.gathered(whole.config, tmp_path / "none", [])), facts(whole)
    assert [(before[name], after[name]) for name in before if before[name] != after[name]] == [
        ("nothing run yet", "base, cda"),
        ("CIFAR-10 n = 0, Sport-8 n = 0", "CIFAR-10 n = 3, Sport-8 n = 3"),
        ("none yet", "CIFAR-10 (10 classes, 32 pixels), Sport-8 (8 classes, 224 pixels)"),
        ("CIFAR-10 n = 0, Sport-8 n = 0", "CIFAR-10 n = 3, Sport-8 n = 3"),
        ("none done", "0, 1, 2"),
        ("nothing run yet", "2"),
        ("whole curves of 0 runs", "whole curves of 18 runs"),
        ("none yet", "6 genotypes, below searches/"),
        ("nothing run yet", "c0dec0dec0de (n = 6)"),
        ("nothing run yet", "c0dec0dec0de (n = 18)"),
        ("nothing run yet", "`abc123abc123`"),
        ("nothing run yet", "numpy 2.4, torch 2.14"),
        ("–", "cuda"),
        ("nothing run yet", "below, those of every result"),
        ("nothing run yet", "all 18 runs"),
        ("0 of 0 searches", "6 of 6 searches"),
        ("0 searches 0.00 hours, 0 runs 0.00 hours", "6 searches 72.00 hours, 18 runs 0.03 hours"),
        ("0 searches timed", "6 searches timed"),
    ]


def test_one_dataset_is_not_several(tmp_path, paper):
    config = configured(paper, ["darts"], ["cifar10"])
    unmet = {
        name for name, value in met(everything(config, tmp_path), "darts").items() if not value
    }
    assert unmet == {
        "Several datasets",
        checklist.SAME,
        "Another method under the same space, protocol and random architectures",
        "Cost of tuning hyperparameters reported",
    }


def test_one_run_of_a_kind_is_not_several(tmp_path, paper):
    config = configured(paper, ["darts"], ["cifar10", "sport8"], n=1)
    found = met(everything(config, tmp_path), "darts")
    assert not found["Several searches, averaged"]
    assert not found["Random architectures of the same space and protocol, with mean and spread"]
    config = configured(paper, ["darts"], ["cifar10", "sport8"], n=2)
    found = met(everything(config, tmp_path / "two"), "darts")
    assert found["Several searches, averaged"]
    assert found["Random architectures of the same space and protocol, with mean and spread"]


def test_the_list_is_met_as_its_facts_say():
    """Every verdict on provenance, at no result, one, two that agree and two that differ."""
    one = {"code": "a" * 64, "commit": "c" * 40, "dirty": False, "versions": {"numpy": "2"}}

    def verdicts(*facts):
        judges = (checklist._commit, checklist._versions, checklist._settings)
        judged = [judge(list(facts))[0] for judge in judges]
        return [checklist._same(list(facts), "code")[0], *judged]

    assert verdicts() == [False] * 4
    assert verdicts(one) == verdicts(one, one) == [True] * 4
    assert verdicts(one, one | {"code": "b" * 64}) == [False, True, True, True]
    assert verdicts(one, one | {"dirty": True}) == [True, False, True, True]
    assert verdicts(one, one | {"commit": None}) == [True, False, True, True]


def test_the_list_ticks_what_provenance_proves(tmp_path, paper):
    """A rival of the same baseline; searches without curves; another device for some runs."""
    rival = "Another method under the same space, protocol and random architectures"
    config = configured(paper, ["darts", "stacnas"], ["cifar10"], tricks=False)
    evidence = everything(config, tmp_path)
    facts = {item.practice: item for item in checklist.items(evidence, "darts")}
    assert facts[rival].met and facts[rival].fact == "StacNAS"
    assert facts["Performance of the search over time"].met
    assert facts["Time from end to end: searches and trainings"].met
    rows = [row for row in inputs.runs(config, "benchmark") if row["method"] == "darts"]
    write_runs(config, tmp_path, rows[:1], device="cpu")
    (tmp_path / rows[-1]["path"]).unlink()
    again = Evidence.gathered(config, tmp_path, [])
    after = {item.practice: item for item in checklist.items(again, "darts")}
    alike = "Searched and random trained with the same code, libraries and kind of device"
    assert facts[alike].met and not after[alike].met and after[alike].fact == "differ in device"
    assert not after["Time from end to end: searches and trainings"].met
    unproven = after["Cost of tuning hyperparameters reported"]
    assert unproven.met is None and unproven.fact.endswith("state it")


def test_the_list_sees_other_code_and_local_changes(whole):
    before = met(whole, "darts")
    rows = [row for row in inputs.runs(whole.config, "benchmark") if row["method"] == "darts"]
    write_runs(whole.config, whole.results, rows[:1], code="0" * 64, dirty=True)
    after = met(whole, "darts")
    assert {name for name in before if before[name] and not after[name]} == {
        "Augmentation: one version of the code",
        "A commit without local changes",
        "Searched and random trained with the same code, libraries and kind of device",
    }
    facts = {item.practice: item.fact for item in checklist.items(whole, "darts")}
    versions = facts["Augmentation: one version of the code"]
    assert (
        versions == f"{'0' * 12} (n = 1), {MADE['code'][:12]} (n = {len(rows) + 6 - 1})"
    )  # 6: tricks
    assert f"`{MADE['commit'][:12]}` (changed)" in facts["A commit without local changes"]
