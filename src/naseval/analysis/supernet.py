"""Do scores rank architectures as their trainings do: supernets, untrained networks, other seeds.

Every score is compared with the same accuracies, those of the trainings with the first seed. The
trainings with another seed are compared with them too: what they reach is what can be asked of a
score.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from naseval.analysis.contrasts import FEWEST
from naseval.analysis.finals import STATISTICS, finals
from naseval.analysis.intervals import (
    PERCENT,
    Values,
    Weights,
    resampled_weights,
    varying_interval,
)
from naseval.analysis.ranking import signs, tau_b
from naseval.analysis.tables import Labels, in_order
from naseval.analysis.wording import interval
from naseval.schemas import UNTRAINED

REPORT_TABLES = {
    "supernet": {
        "title": "Is the supernet telling the truth?",
        "paper": (
            "Not in the paper: how well the shared weights of a search rank random architectures "
            "of its space, beside scores that need no training and beside a second training."
        ),
        "order": 17,
        "sources": ["reproduced"],
        "study": "supernet",
        "inputs": {"scores": "studies/{source}/supernet-scores.parquet"},
        "labels": ["dataset_labels", "method_labels"],
        "settings": {"seeds": "studies.supernet.seeds"},
    },
}

SUPERNET, TRAINING = "supernet", "another training"
POOL = ["dataset", "space", "protocol"]
"""The columns that say with which trainings scores are compared."""
COLUMNS = (
    *POOL, "statistic", "score", "method", "stage", "epoch", "done", "searches", "architectures",
    "n", "tau", "low", "high",
)  # fmt: skip


class Agreement(NamedTuple):
    """How well scores rank architectures."""

    searches: int
    """Searches whose scores were compared, or 1."""
    architectures: int
    """Architectures that were trained."""
    n: int
    """Those of them that have a score; the fewest of all searches."""
    tau: float
    """Kendall's tau-b, the mean over searches; NaN if it is not defined."""
    low: float
    high: float


def agreement(scores: Sequence[Values], accuracies: Values) -> Agreement:
    """Return how well scores rank as accuracies do, with a bootstrap interval over architectures.

    `scores` has one array per search, as long as `accuracies`, NaN where there is no score.
    """
    size = len(accuracies)
    weights = resampled_weights(size, "supernet scores") if size >= FEWEST else None
    pairs = [_taus(values, accuracies, weights) for values in scores]
    taus = np.array([tau for tau, _ in pairs])
    known = taus[~np.isnan(taus)]
    numbers = [int(np.isfinite(values).sum()) for values in scores]
    low = high = np.nan
    if known.size and weights is not None and min(numbers) >= FEWEST:
        low, high = varying_interval(np.mean([resampled for _, resampled in pairs], axis=0))
    return Agreement(
        len(scores),
        size,
        min(numbers, default=0),
        float(known.mean()) if known.size else np.nan,
        low,
        high,
    )


def _taus(values: Values, accuracies: Values, weights: Weights | None) -> tuple[float, Values]:
    """Return tau-b over the architectures that have a score, and that of each resample."""
    there = np.isfinite(values)
    if there.sum() < 2:
        return np.nan, np.full(1, np.nan)
    left, right = signs(values[there]), signs(accuracies[there])
    tau = float(tau_b(left, right)[0])
    if weights is None:
        return tau, np.full(1, np.nan)
    return tau, tau_b(left, right, weights[:, there])


def agreements(study: pd.DataFrame, scores: pd.DataFrame, seeds: Sequence[int]) -> pd.DataFrame:
    """Return one row per statistic and ranking of random architectures: `COLUMNS`.

    Parameters
    ----------
    study : pandas.DataFrame
        The runs of random architectures (`schemas.STUDY`).
    scores : pandas.DataFrame
        Their scores (`schemas.SCORES`).
    seeds : sequence of int
        The seeds of the runs. The first has the accuracies that all others are compared with.

    Returns
    -------
    pandas.DataFrame
        `score` is `supernet` (with `method`, `stage`, `epoch`, and `done`, the epochs of the search
        before it, all stages counted), one of `UNTRAINED`, or `another training`. `tau` with `low`
        to `high` is Kendall's tau-b with the accuracies, over `n` of the `architectures`. Every
        tau of a supernet is over all searches of the method (see `_moments`).

    """
    runs = finals(study)
    by_pool = dict(iter(scores.assign(done=_epochs_done(scores)).groupby(POOL)))
    rows: list[dict[str, Any]] = []
    for statistic in STATISTICS:
        for pool, here in runs.groupby(POOL, sort=False):
            wide = here.pivot_table(index="genotype", columns="seed", values=statistic)
            if seeds[0] not in wide:
                continue
            truth = wide[seeds[0]].dropna()
            key = {**dict(zip(POOL, pool, strict=True)), "statistic": statistic}
            scored = _scored(by_pool[pool]) if pool in by_pool else ()
            for names, values in [*_trainings(wide, seeds), *scored]:
                found = agreement(
                    [one.reindex(truth.index).to_numpy(np.float64) for one in values],
                    truth.to_numpy(np.float64),
                )
                rows.append({**key, **names, **found._asdict()})
    return pd.DataFrame(rows, columns=list(COLUMNS))


Ranking = tuple[dict[str, Any], list[pd.Series]]
"""The columns that name a ranking, and its scores by genotype, one series per search."""
MOMENT = ["done", "stage", "epoch"]
Moment = tuple[float, ...]
"""The values of `MOMENT`, in their order, by which moments follow one another."""


def _trainings(wide: pd.DataFrame, seeds: Sequence[int]) -> Iterator[Ranking]:
    for seed in seeds[1:]:
        if seed in wide:
            yield {"score": TRAINING}, [wide[seed]]


def _scored(scores: pd.DataFrame) -> Iterator[Ranking]:
    for score in UNTRAINED:
        values = scores[scores["score"] == score].set_index("genotype")["value"]
        if len(values):
            yield {"score": score}, [values]
    own = scores[scores["score"] == SUPERNET]
    for method, those in own.groupby("method"):
        for moment, searches in _moments(those):
            names = dict(zip(MOMENT, moment, strict=True))
            yield {"score": SUPERNET, "method": method, **names}, searches


def _moments(scores: pd.DataFrame) -> Iterator[tuple[Moment, list[pd.Series]]]:
    """Yield the moments of a method and the scores of all its searches, one series per search.

    A search that has ended keeps its last scores. A moment at which a search goes on without being
    scored, because only another one stopped there, is left out.
    """
    known = scores.set_index("genotype")
    searches = [dict(iter(one.groupby(MOMENT)["value"])) for _, one in known.groupby("seed")]
    for moment in sorted(set().union(*searches)):
        found = [search.get(min(moment, max(search))) for search in searches]
        there = [one for one in found if one is not None]
        if len(there) == len(searches):
            yield moment, there


def _epochs_done(scores: pd.DataFrame) -> pd.Series:
    """Return the epochs of the search before each score; its stages train one after the other."""
    search = ["dataset", "method"]
    lengths = scores.groupby([*search, "stage"])["epoch"].max()
    before = lengths.groupby(search).cumsum() - lengths
    keys = pd.MultiIndex.from_frame(scores[[*search, "stage"]])
    return scores["epoch"] + before.reindex(keys).to_numpy()


def table(
    study: pd.DataFrame,
    scores: pd.DataFrame,
    seeds: Sequence[int],
    dataset_labels: Labels,
    method_labels: Labels,
) -> tuple[pd.DataFrame, pd.DataFrame, str]:
    """Return `agreements`, a row per method and statistic for readers, and a note."""
    tidy = agreements(study, scores, seeds)
    others = dict(iter(tidy[tidy["score"] != SUPERNET].groupby([*POOL, "statistic"])))
    own = dict(iter(supernets(tidy).groupby(["dataset", "method", "statistic"])))
    shown = [
        _shown(own[key], others, dataset_labels, method_labels)
        for key in product(
            in_order(tidy["dataset"], dataset_labels),
            in_order(supernets(tidy)["method"], method_labels),
            STATISTICS,
        )
        if key in own
    ]
    columns = None if shown else ["dataset", "method", "statistic", "supernet"]
    return tidy, pd.DataFrame(shown, columns=columns), _note(seeds)


def supernets(tidy: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of supernets."""
    return tidy[tidy["score"] == SUPERNET]


def _shown(
    own: pd.DataFrame, others: Mapping[Any, pd.DataFrame], datasets: Labels, methods: Labels
) -> dict[str, Any]:
    first, last, end = own.iloc[0], last_ranked(own), own.iloc[-1]
    beside = others.get(tuple(first[[*POOL, "statistic"]]), own.iloc[:0])
    taus = {row["score"]: said(row) for row in beside.to_dict("records")}
    return {
        "dataset": datasets.get(first["dataset"], first["dataset"]),
        "method": methods.get(first["method"], first["method"]),
        "statistic": first["statistic"],
        "n": first["architectures"],
        "untrained supernet": said(first.to_dict()),
        "supernet": said(last.to_dict()),
        "epochs": f"{last['done']:.0f} of {end['done']:.0f}",
        "scored at the end": end["n"],
        **{score: taus.get(score, "–") for score in (*UNTRAINED, TRAINING)},
    }


def last_ranked(own: pd.DataFrame) -> pd.Series:
    """Return the last row of a method that has a tau; the last row if none has."""
    known = own.dropna(subset=["tau"])
    return (known if len(known) else own).iloc[-1]


def said(row: Mapping[Any, Any]) -> str:
    """Return the tau of a row with its interval."""
    return interval(row["tau"], row["low"], row["high"])


def _note(seeds: Sequence[int]) -> str:
    return (
        "Kendall's tau-b with the test accuracies of the same architectures trained from scratch "
        f"(seed {seeds[0]}), with {PERCENT} bootstrap intervals over architectures; of several "
        "searches the mean, in which a search that stopped early keeps its last scores. "
        "*supernet*: validation accuracy with the shared weights, after the last epoch at which "
        "enough architectures are in the supernet: later stages of a search may lack their "
        "operations. *another training*: the same architectures trained with another seed, about "
        "as well as any score could do."
    )
