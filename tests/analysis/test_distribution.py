"""How soon the final ranking shows, and how narrow a space is."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from naseval.analysis.correlation import correlation
from naseval.analysis.distribution import distribution
from study_tables import (
    curves_frame,
    frame,
    made_up_curves,
    needs_published,
    published_array,
    published_distribution,
    recomputed,
)


def test_short_runs_have_a_correlation():
    values = made_up_curves(5, 4, "short")
    table, _ = correlation(curves_frame(values))
    assert table["epoch"].tolist() == [1, 2, 3, 4]
    assert table["raw"].iloc[-1] == 1
    expected = stats.kendalltau(values[:, :2].mean(axis=1), values[:, -1]).statistic
    assert table["smoothed"].iloc[1] == pytest.approx(expected)
    assert np.isnan(table["smoothed"].iloc[0])
    assert (table["raw_low"] <= table["raw"] + 1e-9).all()


LEFT_OUT = {"reading": "epoch", "epoch": 2, "diverged": True, "test_accuracy": None}


def test_a_space_whose_runs_all_diverged_has_no_numbers():
    gone = frame({**LEFT_OUT, "genotype": f"enas/{index}", "space": "enas"} for index in range(3))
    table, sentence = distribution(gone)
    assert table[["trained", "n"]].to_numpy().tolist() == [[3, 0]] * 2
    assert table[["mean", "std_low", "p5", "median", "range", "near_best"]].isna().all(axis=None)
    assert sentence == "No random architecture has an accuracy, since all runs diverged."
    kept = curves_frame(made_up_curves(3, 4, "kept"))
    alone = distribution(kept)
    both, sentence = distribution(pd.concat([gone, kept], ignore_index=True))
    assert sentence == alone[1]
    assert both[both["space"] == "darts"]["p5"].tolist() == alone[0]["p5"].tolist()


@needs_published
def test_published_distribution():
    table, sentence = distribution(published_distribution())
    known = recomputed()["fig4"]
    for row in table.to_dict("records"):
        for key in ("n", "mean", "std", "min", "max", "median"):
            assert row[key] == pytest.approx(known[row["statistic"]][key], abs=1e-6)
        assert row["range"] == pytest.approx(1.38)
    best = table.iloc[0]
    assert best["near_best"] == pytest.approx(100 * known["share_within_1pp_of_best"], abs=1e-3)
    assert (best["p5"], best["p95"]) == pytest.approx((96.6295, 97.3435), abs=1e-4)
    assert "97.03 ± 0.23 %" in sentence


@needs_published
def test_published_correlation():
    """Raw to the last digit; smoothed to the third, where ties lost to rounding errors matter."""
    table, _ = correlation(published_distribution())
    table = table.set_index("epoch")
    known = recomputed()["fig5"]
    for epoch, tau in known["raw"].items():
        assert table.loc[int(epoch), "raw"] == pytest.approx(tau, abs=1e-6)
    for epoch, tau in known["smoothed_plotted_at_last_epoch_of_window"].items():
        assert table.loc[int(epoch), "smoothed"] == pytest.approx(tau, abs=5e-4)
    whole = np.rint(100 * published_array("modified_search_space/214_random_architectures"))
    for epoch in (50, 300, 450):
        exact = stats.kendalltau(whole[:, epoch - 20 : epoch].sum(axis=1), whole[:, -1])
        assert table.loc[epoch, "smoothed"] == pytest.approx(exact.statistic, abs=1e-9)
    between = table.loc[20:599]
    assert (between["smoothed"] > between["raw"]).mean() == pytest.approx(0.995, abs=2e-3)
