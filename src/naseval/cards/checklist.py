"""The section with the reproducibility checklist: the practices of the paper's section 6."""

from collections.abc import Mapping
from typing import NamedTuple

from naseval.cards import seeds, settings, tricks
from naseval.cards.cost import devices
from naseval.cards.evidence import Evidence, Facts
from naseval.cards.markdown import count, table
from naseval.settings.base import StudySettings

ABLATIONS = ("protocols", "operations", "cells", "depth")
"""Studies that analyse the components of a space or of its training."""


class Item(NamedTuple):
    """A practice, whether it is met (None if that is unknown), and the evidence for it."""

    practice: str
    met: bool | None
    fact: str


def items(evidence: Evidence, method: str) -> list[Item]:
    """Return all items, in the order of the paper's section 6."""
    return [
        _tricks(evidence, method),
        _baseline(evidence, method),
        _datasets(evidence, method),
        _ablations(evidence, method),
        *_reproducible(evidence, method),
        *_tuning(evidence, method),
    ]


def section(evidence: Evidence, method: str) -> str:
    """Return the section as Markdown."""
    found = items(evidence, method)
    met = sum(bool(item.met) for item in found)
    signs = {True: "✓", False: "✗", None: "–"}
    rows = [(signs[item.met], item.practice, item.fact) for item in found]
    return f"{met} of {len(found)} are met.\n\n{table(['', 'practice', 'here'], rows)}"


def _tricks(evidence: Evidence, method: str) -> Item:
    if "tricks" not in evidence.config.studies:
        fact = "the study tricks is not configured"
    else:
        runs = evidence.study("tricks", method)
        fact = ", ".join(sorted(runs["protocol"].unique())) or "nothing run yet"
    met = tricks.has_both_protocols(evidence, method)
    return Item("With and without training tricks", met, fact)


def _sizes(evidence: Evidence, method: str, origin: str) -> dict[str, int]:
    """Return the number of trained architectures of an origin, by configured dataset."""
    study = evidence.study("benchmark", method)
    runs = study[study["origin"] == origin].groupby("dataset")["genotype"].nunique()
    return {dataset: int(runs.get(dataset, 0)) for dataset in evidence.datasets(method)}


def _per_dataset(evidence: Evidence, sizes: Mapping[str, int]) -> str:
    labels = evidence.config.labels["datasets"]
    return ", ".join(f"{labels[name]} n = {n}" for name, n in sizes.items()) or "none"


def _enough(sizes: Mapping[str, int]) -> bool:
    return bool(sizes) and min(sizes.values()) > 1


def _baseline(evidence: Evidence, method: str) -> Item:
    sizes = _sizes(evidence, method, "random")
    practice = "Random architectures of the same space and protocol, with mean and spread"
    return Item(practice, _enough(sizes), _per_dataset(evidence, sizes))


def _datasets(evidence: Evidence, method: str) -> Item:
    known = [name for name, n in _sizes(evidence, method, "searched").items() if n]
    described = [evidence.config.datasets[name] for name in known]
    fact = ", ".join(
        f"{one.label} ({one.classes} classes, {one.image_size} pixels)" for one in described
    )
    return Item("Several datasets", len(known) > 1, fact or "none yet")


def _ablations(evidence: Evidence, method: str) -> Item:
    spaces = {evidence.config.method(method, name).space for name in evidence.datasets(method)}
    config = evidence.config
    configured = [name for name in ABLATIONS if name in config.studies]
    covered = [name for name in configured if spaces & _spaces_of(config.study(name))]
    fact = f"configured for its space: {', '.join(covered) or 'none'}"
    return Item("Hidden components taken apart", bool(covered), fact)


def _spaces_of(study: StudySettings) -> set[str]:
    """Return the spaces of a study: its `spaces`, and the keys of `random` if that is a mapping."""
    random = getattr(study, "random", None)
    return {*getattr(study, "spaces", []), *(random if isinstance(random, dict) else ())}


def _reproducible(evidence: Evidence, method: str) -> list[Item]:
    searched, trained = evidence.of_searches(method), evidence.of_runs(method)
    results = searched + trained
    sizes = _sizes(evidence, method, "searched")
    used = evidence.study("benchmark", method)["seed"].unique().tolist()
    augmented = ", ".join(map(str, sorted(used)))
    runs = count(len(trained), "run")
    return [
        Item("Several searches, averaged", _enough(sizes), _per_dataset(evidence, sizes)),
        Item("Seeds of the searches given", _known(searched), _seeds(searched)),
        Item("Seeds of the augmentations given", bool(used), augmented or "nothing run yet"),
        Item("Best and last accuracy side by side", _known(trained), f"whole curves of {runs}"),
        Item("Found architectures given", _known(searched), _architectures(evidence, method)),
        Item("Search: one version of the code", *_same(searched, "code")),
        Item("Augmentation: one version of the code", *_same(trained, "code")),
        Item("A commit without local changes", *_commit(results)),
        Item("Library versions given", *_versions(results)),
        Item("Device given", _known(results), ", ".join(devices(results)) or "–"),
        Item("Hyperparameters of search and training given", *_settings(results)),
        Item("All of it done with these hyperparameters", *_as_configured(results)),
    ]


def _known(facts: list[Facts]) -> bool:
    return bool(facts)


def _seeds(facts: list[Facts]) -> str:
    return ", ".join(map(str, sorted({one["seed"] for one in facts}))) or "none done"


def _architectures(evidence: Evidence, method: str) -> str:
    found = seeds.distinct(evidence, method)
    different = count(sum(one for one, _ in found.values()), "genotype")
    return f"{different}, below searches/" if found else "none yet"


def _same(facts: list[Facts], key: str) -> tuple[bool, str]:
    """Tell whether all results have the same digest under `key`, and list the digests."""
    digests = sorted({str(one[key])[:12] for one in facts})
    return len(digests) == 1, ", ".join(f"`{digest}`" for digest in digests) or "nothing run yet"


def _commit(facts: list[Facts]) -> tuple[bool, str]:
    found = sorted({(str(one["commit"])[:12], bool(one["dirty"])) for one in facts})
    text = ", ".join(f"`{commit}`" + (" (changed)" if dirty else "") for commit, dirty in found)
    clean = bool(found) and not any(dirty or commit == "None" for commit, dirty in found)
    return clean, text or "nothing run yet"


def _settings(facts: list[Facts]) -> tuple[bool, str]:
    """Tell whether the provenance of every result contains its settings."""
    given = bool(facts) and all(one["settings"] for one in facts)
    return given, "below" if given else "nothing run yet" if not facts else "not by all results"


def _as_configured(facts: list[Facts]) -> tuple[bool, str]:
    """Tell whether all results were made with the settings that the card lists."""
    others = sum(not one["as_configured"] for one in facts)
    text = f"{others} of {count(len(facts), 'result')} with others" if others else ""
    return bool(facts) and not others, text or ("yes" if facts else "nothing run yet")


def _versions(facts: list[Facts]) -> tuple[bool, str]:
    found = {", ".join(f"{k} {v}" for k, v in sorted(one["versions"].items())) for one in facts}
    return bool(found), "; ".join(sorted(found)) or "nothing run yet"


def _tuning(evidence: Evidence, method: str) -> list[Item]:
    costs = evidence.costs(method)
    fact = f"{count(len(costs), 'search', 'searches')} timed"
    reported = Item("Cost of the search reported", bool(len(costs)), fact)
    datasets = evidence.datasets(method)
    if len(datasets) < 2:
        return [reported, Item(SAME, None, count(len(datasets), "dataset"))]
    different = settings.differences(evidence.config, method, datasets)
    labels = evidence.config.labels["datasets"]
    texts = [f"{labels[dataset]}: {', '.join(keys)}" for dataset, keys in different.items() if keys]
    fact = f"other than for {labels[datasets[0]]}: {'; '.join(texts)}" if texts else "all the same"
    return [reported, Item(SAME, not texts, fact)]


SAME = "The same hyperparameters on every dataset"
