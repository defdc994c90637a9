"""The agreement of scores with trainings, and how table and figure show it."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import kendalltau

from naseval.analysis.supernet import (
    SUPERNET,
    TRAINING,
    UNTRAINED,
    agreement,
    agreements,
    last_ranked,
    supernets,
    table,
)
from naseval.figures.supernet import draw
from study_tables import frame

N = 24
SEEDS = [2, 3]
RNG = np.random.default_rng(17)
TRUTH = 90 + RNG.normal(0, 1, N)
AGAIN = TRUTH + RNG.normal(0, 0.7, N)
NAMES = [f"darts/random-{index:03d}" for index in range(N)]
LABELS = {"digits": "Digits"}, {"enas": "ENAS", "pdarts": "PDARTS"}


def study():
    return frame(
        {
            "study": "supernet",
            "dataset": "digits",
            "space": "darts",
            "protocol": "cda",
            "genotype": name,
            "seed": seed,
            "epoch": epoch,
            "reading": "epoch",
            "test_accuracy": accuracy + (0.5 if epoch == 1 else 0),
        }
        for seed, values in zip(SEEDS, (TRUTH, AGAIN), strict=True)
        for name, accuracy in zip(NAMES, values, strict=True)
        for epoch in (1, 2)
    )


def scored(score, values, **names):
    own = {"dataset": "digits", "space": "darts", "protocol": "cda", "score": score}
    empty = dict.fromkeys(("method", "seed", "stage", "epoch"))
    return [
        {**own, **empty, **names, "genotype": name, "value": value}
        for name, value in zip(NAMES, values, strict=True)
    ]


def scores():
    """Return the scores of a supernet that learns, and of one that loses its operations."""
    rows = [row for place, one in enumerate(UNTRAINED) for row in scored(one, TRUTH * place)]
    for seed in (0, 1):
        for epoch, noise in ((0, 50), (3, 1), (6, 0.3)):
            values = TRUTH + RNG.normal(0, noise, N)
            rows += scored(SUPERNET, values, method="enas", seed=seed, stage=1, epoch=epoch)
    for stage, epoch, kept in ((1, 0, N), (1, 5, N), (2, 5, 4), (3, 5, 0)):
        values = np.where(np.arange(N) < kept, TRUTH, np.nan)
        rows += scored(SUPERNET, values, method="pdarts", seed=0, stage=stage, epoch=epoch)
    return pd.DataFrame(rows)


def test_tau_is_that_of_scipy_and_lies_in_its_interval():
    found = agreement([AGAIN], TRUTH)
    assert found.tau == pytest.approx(kendalltau(AGAIN, TRUTH).statistic, abs=1e-9)
    assert found.low < found.tau < found.high
    assert (found.searches, found.architectures, found.n) == (1, N, N)


def test_of_several_searches_tau_is_the_mean():
    noise = TRUTH + RNG.normal(0, 3, N)
    found = agreement([AGAIN, noise], TRUTH)
    expected = [kendalltau(one, TRUTH).statistic for one in (AGAIN, noise)]
    assert found.tau == pytest.approx(np.mean(expected), abs=1e-9)
    assert found.searches == 2


@pytest.mark.parametrize(("kept", "ranked"), [(0, False), (1, False), (2, True)])
def test_few_scores_have_no_interval(kept, ranked):
    found = agreement([np.where(np.arange(N) < kept, TRUTH, np.nan)], TRUTH)
    assert (not np.isnan(found.tau)) == ranked
    assert np.isnan(found.low) and np.isnan(found.high)
    assert found.n == kept


@pytest.mark.parametrize(("trained", "ends"), [(3, np.nan), (4, np.nan)])
def test_few_architectures_have_no_interval(trained, ends):
    found = agreement([TRUTH[:trained]], TRUTH[:trained])
    assert found.tau == 1
    assert (found.low, found.high) == pytest.approx((ends, ends), nan_ok=True)


def test_equal_scores_have_no_tau():
    assert np.isnan(agreement([np.zeros(N)], TRUTH).tau)


def test_scores_are_compared_with_the_first_seed_and_counted():
    tidy = agreements(study(), scores(), SEEDS)
    last = tidy[tidy["statistic"] == "last"]
    again = last[last["score"] == TRAINING].iloc[0]
    assert again["tau"] == pytest.approx(kendalltau(AGAIN, TRUTH).statistic, abs=1e-9)
    perfect = last[last["score"] == "nwot"].iloc[0]
    assert perfect["tau"] == 1 and np.isnan(perfect["low"])
    own = supernets(last)
    pdarts = own[own["method"] == "pdarts"]
    assert pdarts["done"].tolist() == [0, 5, 10, 15]
    assert pdarts["n"].tolist() == [N, N, 4, 0]
    assert last_ranked(pdarts)["done"] == 10
    enas = own[own["method"] == "enas"]
    assert enas["done"].tolist() == [0, 3, 6] and set(enas["searches"]) == {2}
    assert enas["tau"].is_monotonic_increasing


def stopped_early():
    """Return the scores of two searches, of which the first stopped after 17 of 50 epochs."""
    ends = {0: {0: 1, 10: 1, 17: -1}, 1: {0: 1, 10: 1, 20: 1, 50: 1}}
    rows = [
        row
        for seed, moments in ends.items()
        for epoch, sign in moments.items()
        for row in scored(SUPERNET, sign * TRUTH, method="enas", seed=seed, stage=1, epoch=epoch)
    ]
    return pd.DataFrame(rows)


def test_a_search_that_stopped_early_keeps_its_last_scores():
    tidy = supernets(agreements(study(), stopped_early(), SEEDS))
    last = tidy[tidy["statistic"] == "last"]
    assert last["done"].tolist() == [0, 10, 20, 50] and set(last["searches"]) == {2}
    assert last["tau"].tolist() == pytest.approx([1, 1, 0, 0])
    _, shown, note = table(study(), stopped_early(), SEEDS, *LABELS)
    assert shown["supernet"].str.startswith("0.00").all() and set(shown["epochs"]) == {"50 of 50"}
    assert "stopped early keeps its last scores" in note
    figure, _, caption = draw(study(), stopped_early(), SEEDS, *LABELS)
    lines = [line for line in figure.axes[0].lines if len(line.get_xdata()) == 4]
    assert [list(line.get_ydata()) for line in lines] == [pytest.approx([1, 1, 0, 0])]
    assert "n = 2, whose mean is drawn" in caption


@pytest.mark.parametrize("stops", [1, 2])
def test_the_moment_of_a_stop_counts_where_no_search_goes_on(stops):
    scores = stopped_early()
    alone = scores[scores["seed"] == 0]
    both = pd.concat([alone.assign(seed=seed) for seed in range(stops)])
    tidy = supernets(agreements(study(), both, SEEDS))
    assert tidy[tidy["statistic"] == "last"]["done"].tolist() == [0, 10, 17]
    assert tidy["tau"].iloc[-1] == pytest.approx(-1)


def test_without_the_first_seed_or_any_score_nothing_is_compared():
    assert agreements(study(), scores(), [7]).empty
    tidy, shown, _ = table(study(), scores().iloc[:0], SEEDS, *LABELS)
    assert set(tidy["score"]) == {TRAINING} and shown.empty


def test_the_table_says_what_each_method_reaches_beside_the_others():
    tidy, shown, note = table(study(), scores(), SEEDS, *LABELS)
    assert shown["method"].tolist() == ["ENAS", "ENAS", "PDARTS", "PDARTS"]
    assert shown["epochs"].tolist() == ["6 of 6"] * 2 + ["10 of 15"] * 2
    assert shown["scored at the end"].tolist() == [N, N, 0, 0]
    assert set(shown[TRAINING]) <= {
        f"{row['tau']:.2f} [{row['low']:.2f}, {row['high']:.2f}]" for row in tidy.to_dict("records")
    }
    assert "seed 2" in note


def test_the_figure_has_a_panel_per_method_and_says_what_is_lost():
    figure, data, caption = draw(study(), scores(), SEEDS, *LABELS)
    assert [panel.get_title() for panel in figure.axes] == ["ENAS", "PDARTS"]
    assert "PDARTS scores 0 of 24" in caption and "n = 24" in caption
    assert set(data["statistic"]) == {"last"}
