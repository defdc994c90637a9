"""The section with the reproducibility checklist.

The practices are those of the paper's section 6, and those of Lindauer and Hutter, "Best Practices
for Scientific Research on Neural Architecture Search" (JMLR 2020), that results can prove.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import NamedTuple

import pandas as pd

from naseval.analysis.cells import cells
from naseval.analysis.tables import escaped
from naseval.analysis.wording import count
from naseval.cards import seeds, settings, tricks
from naseval.cards.cost import devices
from naseval.cards.evidence import Evidence, Facts
from naseval.cards.markdown import escaped_labels, table
from naseval.cards.missing import complete
from naseval.provenance import versions
from naseval.settings.base import StudySettings

ABLATIONS = ("protocols", "operations", "cells", "depth")
"""Studies that analyse the components of a space or of its training."""


HOUR = 3600


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
        _rivals(evidence, method),
        _datasets(evidence, method),
        _ablations(evidence, method),
        *_reproducible(evidence, method),
        _confounders(evidence, method),
        *_time(evidence, method),
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
    labels = escaped_labels(evidence.config.labels["datasets"])
    return ", ".join(f"{labels[name]} n = {n}" for name, n in sizes.items()) or "none"


def _enough(sizes: Mapping[str, int]) -> bool:
    return bool(sizes) and min(sizes.values()) > 1


def _baseline(evidence: Evidence, method: str) -> Item:
    sizes = _sizes(evidence, method, "random")
    practice = "Random architectures of the same space and protocol, with mean and spread"
    return Item(practice, _enough(sizes), _per_dataset(evidence, sizes))


def _rivals(evidence: Evidence, method: str) -> Item:
    """Tell whether another method was run against the same random architectures."""
    known = [one for one in cells(evidence.studies["benchmark"], ["last"]) if one.searched.size]
    own = [one for one in known if one.method == method]
    others = {one.method for one in known if any(map(one.shares_runs, own))}
    labels = escaped_labels(evidence.config.labels["methods"])
    names = ", ".join(labels[name] for name in sorted(others - {method}))
    practice = "Another method under the same space, protocol and random architectures"
    return Item(practice, bool(names), names or "none")


def _datasets(evidence: Evidence, method: str) -> Item:
    known = [name for name, n in _sizes(evidence, method, "searched").items() if n]
    described = [evidence.config.datasets[name] for name in known]
    fact = ", ".join(
        f"{escaped(one.label)} ({one.classes} classes, {one.image_size} pixels)"
        for one in described
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
    here = evidence.searched_here(method)
    found = bool(evidence.searches(method))
    return [
        Item("Several searches, averaged", _enough(sizes), _per_dataset(evidence, sizes)),
        Item("Seeds of the searches given", *_if(here, _known(searched), _seeds(searched))),
        Item("Seeds of the augmentations given", bool(used), augmented or "nothing run yet"),
        Item("Best and last accuracy side by side", _known(trained), f"whole curves of {runs}"),
        Item("Found architectures given", found, _architectures(evidence, method)),
        Item("Search: one version of the code", *_if(here, *_same(searched, "code"))),
        Item("Augmentation: one version of the code", *_same(trained, "code")),
        Item("A commit without local changes", *_commit(results)),
        Item("Library versions given", *_versions(results)),
        Item("Device given", _known(results), ", ".join(devices(results)) or "–"),
        Item("Hyperparameters of search and training given", *_if(here, *_settings(results))),
    ]


def _if(here: bool, met: bool, fact: str) -> tuple[bool | None, str]:
    """Return what is known of a search that was done here; nothing is of others."""
    return (met, fact) if here else (None, "searched elsewhere")


def _known(facts: list[Facts]) -> bool:
    return bool(facts)


def _seeds(facts: list[Facts]) -> str:
    return ", ".join(map(str, sorted({one["seed"] for one in facts}))) or "none done"


def _architectures(evidence: Evidence, method: str) -> str:
    found = seeds.distinct(evidence, method)
    different = count(sum(one for one, _ in found.values()), "genotype")
    return f"{different}, below searches/" if found else "none yet"


def _same(facts: list[Facts], key: str) -> tuple[bool, str]:
    """Tell whether all results have one digest under `key`; list the digests with their n."""
    digests = Counter(str(one[key]) for one in facts)
    return len(digests) == 1, versions(digests) or "nothing run yet"


def _commit(facts: list[Facts]) -> tuple[bool, str]:
    found = sorted({(str(one["commit"])[:12], bool(one["dirty"])) for one in facts})
    text = ", ".join(f"`{commit}`" + (" (changed)" if dirty else "") for commit, dirty in found)
    clean = bool(found) and not any(dirty or commit == "None" for commit, dirty in found)
    return clean, text or "nothing run yet"


def _settings(facts: list[Facts]) -> tuple[bool, str]:
    """Tell whether there are results; all of them state the settings that the card lists."""
    return bool(facts), "below, those of every result" if facts else "nothing run yet"


def _versions(facts: list[Facts]) -> tuple[bool, str]:
    found = {", ".join(f"{k} {v}" for k, v in sorted(one["versions"].items())) for one in facts}
    return bool(found), "; ".join(sorted(found)) or "nothing run yet"


def _confounders(evidence: Evidence, method: str) -> Item:
    """Tell whether searched and random architectures were trained alike.

    All have the same protocol and preparation of images, since results with other settings than
    the configured ones are refused.
    """
    trained = evidence.of_runs(method)
    differing = [
        name for name, of in CIRCUMSTANCES.items() if len({of(one) for one in trained}) > 1
    ]
    fact = f"differ in {', '.join(differing)}" if differing else f"all {count(len(trained), 'run')}"
    practice = "Searched and random trained with the same code, libraries and kind of device"
    met = bool(trained) and not differing
    return Item(practice, met, fact if trained else "nothing run yet")


CIRCUMSTANCES: Mapping[str, Callable[[Facts], str]] = {
    "code": lambda one: str(one["code"]),
    "libraries": lambda one: str(sorted(one["versions"].items())),
    "device": lambda one: str(one["device"]).partition(":")[0],
}
"""What could differ between runs besides the architecture."""


def _time(evidence: Evidence, method: str) -> list[Item]:
    histories = evidence.histories(method)
    curves = sum(_has_curve(history) for history in histories)
    fact = f"{curves} of {count(len(histories), 'search', 'searches')}"
    here = evidence.searched_here(method)
    seen = _if(here, 0 < curves == len(histories), fact)
    over_time = Item("Performance of the search over time", *seen)
    searches = sum(float((one["seconds"] / one["at_once"]).sum()) for one in histories)
    runs = evidence.seconds_of_runs(method)
    hours = (
        f"{count(len(histories), 'search', 'searches')} {searches / HOUR:,.2f} hours, "
        f"{count(len(runs), 'run')} {sum(runs) / HOUR:,.2f} hours"
    )
    whole = complete(evidence, method)
    return [
        over_time,
        Item("Time from end to end: searches and trainings", *_if(here, whole, hours)),
    ]


def _has_curve(history: pd.DataFrame) -> bool:
    """Tell whether a search's validation accuracy is known after several epochs."""
    known = history["validation_accuracy"].notna() | history["validation_loss"].notna()
    return int(known.sum()) > 1


def _tuning(evidence: Evidence, method: str) -> list[Item]:
    costs = evidence.costs(method)
    here = evidence.searched_here(method)
    fact = f"{count(len(costs), 'search', 'searches')} {'timed' if here else 'as stated'}"
    reported = Item("Cost of the search reported", bool(len(costs)), fact)
    tuned = Item("Cost of tuning hyperparameters reported", None, "no result can tell: state it")
    datasets = evidence.datasets(method)
    if not here:
        return [reported, Item(SAME, None, "searched elsewhere")]
    if len(datasets) < 2:
        return [reported, tuned, Item(SAME, None, count(len(datasets), "dataset"))]
    different = settings.differences(evidence.config, method, datasets)
    labels = escaped_labels(evidence.config.labels["datasets"])
    texts = [f"{labels[dataset]}: {', '.join(keys)}" for dataset, keys in different.items() if keys]
    fact = f"other than for {labels[datasets[0]]}: {'; '.join(texts)}" if texts else "all the same"
    return [reported, tuned, Item(SAME, not texts, fact)]


SAME = "The same hyperparameters on every dataset"
