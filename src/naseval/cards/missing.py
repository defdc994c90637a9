"""The section on the configured searches and runs that are not finished."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from naseval.cards import inputs
from naseval.cards.evidence import Evidence
from naseval.cards.markdown import escaped_labels, table


class Group(NamedTuple):
    """The finished and the configured number of searches or runs of one kind, and the missing."""

    study: str
    dataset: str
    what: str
    done: int
    of: int
    missing: str


def section(evidence: Evidence, method: str) -> str:
    """Return the section as Markdown."""
    groups = list(_groups(evidence, method))
    if not groups:
        return "No study asks for this method; add it to `studies.benchmark.methods`."
    done = all(group.done == group.of for group in groups)
    head = "Everything that is configured has been run." if done else ""
    return "\n\n".join(filter(None, [head, table(Group._fields, groups)]))


def complete(evidence: Evidence, method: str) -> bool:
    """Tell whether all configured searches and runs of a method are finished."""
    groups = list(_groups(evidence, method))
    return bool(groups) and all(group.done == group.of for group in groups)


def _groups(evidence: Evidence, method: str) -> Iterable[Group]:
    labels = escaped_labels(evidence.config.labels["datasets"])
    done = set(evidence.searches(method))
    for dataset in evidence.datasets(method):
        planned = [one for one in evidence.planned(method) if one.dataset == dataset]
        lacking = [str(one.seed) for one in planned if one not in done]
        missing = f"seed {', '.join(lacking)}" if lacking else ""
        count = len(planned)
        yield Group("any", labels[dataset], "searches", count - len(lacking), count, missing)
    for study in inputs.STUDIES:
        by_kind: dict[tuple[str, str, str], list[Mapping[str, Any]]] = {}
        for run in inputs.runs(evidence.config, study):
            if run["method"] == method:
                kind = run["dataset"], run["protocol"], run["origin"]
                by_kind.setdefault(kind, []).append(run)
        for (dataset, protocol, origin), runs in by_kind.items():
            lacking = _lacking(evidence.results, runs)
            what = f"runs of {origin} architectures under {protocol}"
            done_runs = len(runs) - len(lacking)
            yield Group(study, labels[dataset], what, done_runs, len(runs), ", ".join(lacking))


def _lacking(results: Path, runs: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the genotypes of the unfinished runs, without their space."""
    return [
        run["genotype"].rpartition("/")[2] for run in runs if not (results / run["path"]).exists()
    ]
