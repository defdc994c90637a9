"""What the published data say."""

from pathlib import Path

import numpy as np
from benchmarks.bench.document import table
from benchmarks.statistics.pooling import pooling_table
from benchmarks.statistics.populations import curves_214
from scipy import stats

from naseval.analysis.conclusions import counts
from naseval.analysis.finals import finals
from naseval.analysis.inflation import expected_maximum
from naseval.analysis.intervals import Values
from naseval.analysis.over_datasets import over_datasets
from naseval.analysis.verdicts import against_average, between_methods
from naseval.config import Config
from naseval.published import paper
from naseval.published.benchmark import read_benchmark
from naseval.published.studies import read_distribution, read_seeds

EVERYWHERE = 0.5
CHOICES = (2, 4, 8)


def published_table(published: Path, config: Config) -> str:
    """Return the verdicts on the published cells, and their counts under two sets of margins."""
    study = read_benchmark(published).to_pandas()
    found = against_average(study, config.margins)
    cells = found[found["searched_n"] > 0]
    rows = [
        [
            paper.DATASETS[row["dataset"]],
            paper.METHODS[row["method"]],
            f"{row['difference']:+.2f} [{row['low']:+.2f}, {row['high']:+.2f}]",
            f"{row['relative_improvement']:+.2f}",
            f"{row['difference_q']:.2g}",
            f"{row['equivalence_q']:.2g}",
            f"{row['margin']:g}",
            row["verdict"],
            f"{row['equivalent_at']:.2f}",
        ]
        for row in cells.to_dict("records")
    ]
    head = [
        "dataset", "method", "difference, points", "RI, %", "Welch's q", "TOST's q", "margin",
        "verdict", "equivalent above",
    ]  # fmt: skip
    half = dict.fromkeys(config.margins, EVERYWHERE)
    other = against_average(study, half)
    pairs = between_methods(study, config.margins).dropna(subset=["difference_p"])
    return (
        f"Of {len(cells)} cells, {counts(cells)}; with {EVERYWHERE} for every dataset, "
        f"{counts(other[other['searched_n'] > 0])}. Of {len(pairs)} pairs of methods, by the "
        f"difference of their RIs, {counts(pairs)}.\n\n{table(head, rows)}"
    )


def datasets_table(published: Path, trials: int) -> str:
    """Return the methods over the published datasets, and how often such intervals are right."""
    found, sentence = over_datasets(read_benchmark(published).to_pandas())
    rows = [
        [
            paper.METHODS[row["method"]],
            str(row["datasets"]),
            f"{row['relative_improvement']:+.2f} [{row['low']:+.2f}, {row['high']:+.2f}]",
            f"{row['predicted_low']:+.2f} to {row['predicted_high']:+.2f}",
            f"{row['between']:.2f}",
            f"{row['mean_rank']:.2f} [{row['rank_low']:.2f}, {row['rank_high']:.2f}]",
        ]
        for row in found.to_dict("records")
    ]
    head = ["method", "datasets", "mean RI, %", "RI on one more, %", "std between", "mean rank"]
    return f"The published data. {sentence}\n\n{table(head, rows)}\n\n{pooling_table(trials)}"


def inflation_table(published: Path, config: Config) -> str:
    """Return by how much the best of k exceeds the mean: in theory, and on recorded runs."""
    known = curves_214(published)
    pairs = finals(read_seeds(published, config.published).to_pandas())
    first, second = pairs.pivot_table(index="genotype", columns="seed", values="best").to_numpy().T
    rows = [
        [
            str(k),
            f"{expected_maximum(k) * known.std(ddof=1):.3f}",
            f"{_best_of(k, known, known):.3f}",
            f"{_best_of(k, first, first):.3f}",
            f"{_best_of(k, first, second):.3f}",
        ]
        for k in CHOICES
    ]
    runs = finals(read_distribution(published).to_pandas())
    epochs = (runs["best"] - runs["last"]).mean()
    head = [
        "best of", "normal, std of the 214", "the 214", "32 trained twice, same training",
        "32 trained twice, the other training",
    ]  # fmt: skip
    noise = ((first - second) ** 2).mean() / 2
    kept = 1 - noise / known.var(ddof=1)
    return (
        "Points above the mean of the architectures that were chosen from.\n\n"
        f"{table(head, rows)}\n\nBetween the two trainings an accuracy changes with a standard "
        f"deviation of {noise**0.5:.2f} points each, so of the excess of the 214 about "
        f"{100 * kept:.0f} % would remain if they were trained anew: "
        f"{kept * _best_of(CHOICES[-1], known, known):.2f} points of the best of {CHOICES[-1]}. "
        f"The best epoch is {epochs:.3f} points above the last on average."
    )


def _best_of(k: int, seen: Values, judged: Values) -> float:
    """Return the mean of `judged` where `seen` is the best of `k`, above the mean of `judged`."""
    none = stats.hypergeom.pmf(0, len(seen), np.arange(len(seen) + 1), k)
    return float((none[:-1] - none[1:]) @ judged[np.argsort(-seen)] - judged.mean())
