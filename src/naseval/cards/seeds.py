"""The section on seeds: the spread over searches, compared with random architectures."""

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np

from naseval.analysis.finals import STATISTICS
from naseval.analysis.relative_improvement import benchmark_table
from naseval.analysis.wording import count
from naseval.cards.evidence import Evidence
from naseval.cards.markdown import escaped_labels, table

HEAD = [
    "dataset", "accuracy", "std over searches", "n", "std over random", "n", "ratio",
    "distinct genotypes",
]  # fmt: skip

NOTE = (
    "Population standard deviations (ddof 0) of the test accuracy in points; the ratio is that of "
    "sample standard deviations (ddof 1), since a few runs have a smaller one of population. A "
    "search's seed sets its weights, batches and draws; all augmentations share one seed, so that "
    "what differs is the architecture. Genotypes are distinct unless written alike edge for edge."
)


def distinct(evidence: Evidence, method: str) -> dict[str, tuple[int, int]]:
    """Return the numbers of distinct genotypes and of finished searches, by dataset."""
    found: dict[str, list[object]] = {}
    for search in evidence.searches(method):
        found.setdefault(search.dataset, []).append(evidence.genotype(search))
    return {dataset: (len(set(those)), len(those)) for dataset, those in found.items()}


def section(evidence: Evidence, method: str) -> str:
    """Return the section as Markdown."""
    found = distinct(evidence, method)
    if not found:
        return "No search of this method is done yet."
    study = evidence.study("benchmark", method)
    spreads = {
        (row["dataset"], statistic): row
        for statistic in STATISTICS
        for row in benchmark_table(study, statistic).to_dict("records")
    }
    labels = escaped_labels(evidence.config.labels["datasets"])
    rows = [
        [
            labels[dataset],
            statistic,
            *_spreads(spreads.get((dataset, statistic), {})),
            f"{different} of {count(number, 'search', 'searches')}",
        ]
        for dataset, (different, number) in found.items()
        for statistic in STATISTICS
    ]
    return f"{table(HEAD, rows)}\n\n{NOTE}"


def _spreads(row: Mapping[Hashable, Any]) -> tuple[float, int, float, int, float]:
    """Return std and n of the searched runs, std and n of the random ones, and their ratio.

    A standard deviation is NaN if a side has fewer than two runs. The ratio is that with ddof 1.
    """
    counts = {side: int(row.get(f"{side}_n", 0)) for side in ("searched", "random")}
    searched, random = (
        float(row[f"{side}_std"]) if n > 1 else np.nan for side, n in counts.items()
    )
    ratio = np.nan
    if random and min(counts.values()) > 1:
        sample = [n / (n - 1) for n in counts.values()]  # of variances
        ratio = searched / random * (sample[0] / sample[1]) ** 0.5
    return searched, counts["searched"], random, counts["random"], ratio
