"""Shares of the variance: protocol, architecture, rest."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from naseval.analysis.finals import finals, summarise
from naseval.analysis.intervals import percentile_interval
from naseval.analysis.variance import components, likely_components, sums_of_squares, variance
from naseval.randomness import stream
from study_tables import (
    PROTOCOLS,
    frame,
    needs_published,
    published_protocols,
    published_seeds,
    recomputed,
)


@settings(max_examples=50)
@given(st.integers(0, 1000))
def test_sums_of_squares_add_up(seed):
    layout = np.random.default_rng(seed).normal(size=(3, 4, 5))
    parts = sums_of_squares(layout)
    total = ((layout - layout.mean(axis=(1, 2), keepdims=True)) ** 2).sum(axis=(1, 2))
    assert parts.sum(axis=0) == pytest.approx(total)
    assert (parts > -1e-9).all()


def test_additive_effects_leave_no_rest():
    layout = np.arange(3)[:, None] + 10 * np.arange(4)[None, :]
    protocol, architecture, rest = sums_of_squares(layout.astype(float))
    assert (protocol, architecture) == (100 * 5 * 3, 2 * 4)
    assert rest == pytest.approx(0)


def test_variance_leaves_out_incomplete_architectures_and_resnet():
    study = frame(
        [
            {"genotype": f"r{i}", "protocol": p, "test_accuracy": 90.0 + i + 5 * k}
            for i in range(5)
            for k, p in enumerate(("base", "cda"))
            if (i, p) != (4, "base")
        ]
        + [
            {"genotype": "resnet50", "origin": "fixed", "protocol": p, "test_accuracy": 10.0}
            for p in ("base", "cda")
        ]
    )
    table, sentence = variance(study)
    assert (table["architectures"] == 4).all()
    assert table.set_index("part")["squares"].to_dict() == pytest.approx(
        {"protocol": 50.0, "architecture": 10.0, "rest": 0.0}
    )
    assert table["share"].sum() == table["of_squares"].sum() == pytest.approx(100)
    assert table.set_index("part")["freedom"].to_dict() == {
        "protocol": 1,
        "architecture": 3,
        "rest": 3,
    }
    assert table["low"].isna().all()  # without any rest nothing is uncertain
    assert "4 architectures × 2 protocols" in sentence
    table, sentence = variance(study[study["protocol"] == "base"])
    assert table.empty and sentence.startswith("No two random architectures have accuracies under")


def test_components_are_those_that_the_runs_were_drawn_with():
    """On average of 2,000 layouts; an estimate below 0 would count as 0, and none is near it."""
    rng = stream("tests", "components")
    columns, stds = np.array([-1.5, 0.5, 1.0]), (0.8, 0.5)
    layouts = (
        columns + rng.normal(0, stds[0], (2000, 30, 1)) + rng.normal(0, stds[1], (2000, 30, 3))
    )
    found = components(sums_of_squares(layouts), 30, 3)
    assert found.mean(axis=1) == pytest.approx([columns.var(), 0.64, 0.25], rel=0.05)
    assert (components(np.array([0.0, 3.0, 4.0]), 4, 2) >= 0).all()


@pytest.mark.parametrize(
    ("architectures", "columns", "of_columns"),
    [(8, 10, 9.0), (16, 10, 0.0), (16, 2, 0.0), (16, 2, 1.0)],
)
def test_intervals_of_shares_hold_them(architectures, columns, of_columns):
    """In 93 to 99 % of layouts; the standard error is 1.3 % of the 300 here."""
    rng = stream("tests", "shares", architectures, of_columns)
    effects = np.linspace(-1, 1, columns)
    effects *= np.sqrt(of_columns) / effects.std()
    shares = np.array([of_columns, 1.0, 0.5]) / (of_columns + 1.5)
    held = []
    for _ in range(300):
        architecture = rng.normal(0, 1, (architectures, 1))
        layout = effects + architecture + rng.normal(0, 0.5**0.5, (architectures, columns))
        drawn = likely_components(sums_of_squares(layout), architectures, columns)
        ends = np.array([percentile_interval(part) for part in drawn / drawn.sum(axis=0)])
        held.append((ends[:, 0] <= shares) & (shares <= ends[:, 1]))
    assert (np.mean(held, axis=0) > 0.9).all()


def test_of_two_runs_each_the_architecture_has_no_share_of_what_is_noise():
    """Architectures that are all alike have half of the squares, and next to none of a run."""
    noise = stream("tests", "alike").normal(0, 1, (400, 2))
    study = frame(
        {"genotype": f"r{i:03d}", "seed": seed, "test_accuracy": 90.0 + noise[i, seed]}
        for i in range(400)
        for seed in (0, 1)
    )
    table, sentence = variance(study, "seed")
    rows = table.set_index("part")
    assert rows.loc["architecture", "of_squares"] == pytest.approx(50, abs=6)
    assert rows.loc["architecture", "share"] < 12 < 88 < rows.loc["rest", "share"]
    assert rows["share"].sum() == pytest.approx(100)
    assert (rows["low"] <= rows["high"]).all() and (rows["seeds"] == 2).all()
    assert "400 architectures × 2 seeds" in sentence and "two trainings of it" in sentence
    none, sentence = variance(study[study["seed"] == 0], "seed")
    assert none.empty and "under all of two or more seeds" in sentence
    assert "Left out" not in sentence
    # Only crossed runs count: an architecture without one of the seeds is left out.
    part = study[(study["genotype"] != "r000") | (study["seed"] == 0)]
    table, sentence = variance(part, "seed")
    assert (table["architectures"] == 399).all() and sentence.endswith("diverged: 1 architecture.")


@pytest.mark.parametrize(("by", "named"), [("protocol", "protocol 2"), ("seed", "seed 2")])
def test_what_all_architectures_diverged_under_is_named(by, named):
    rows = [
        {"genotype": f"r{i}", by: column if by == "seed" else str(column), "diverged": column == 2}
        | ({} if column == 2 else {"test_accuracy": 80.0 + i + i * column})
        for i in range(5)
        for column in (0, 1, 2)
    ]
    said = f"Left out, since all random architectures diverged: {named}."
    table, sentence = variance(frame(rows), by)
    assert set(table[f"{by}s"]) == {2} and set(table["architectures"]) == {5}
    assert sentence.startswith(f"Over 5 architectures × 2 {by}s") and sentence.endswith(said)
    table, sentence = variance(frame(row for row in rows if str(row[by]) != "1"), by)
    assert table.empty and sentence.startswith("No two random") and sentence.endswith(said)


@needs_published
def test_published_protocols():
    table = summarise(published_protocols(), ["protocol"])
    for known, row in zip(recomputed()["fig3"].values(), table.to_dict("records"), strict=True):
        assert PROTOCOLS[row["protocol"]] == known["column"]
        for key in ("n", "mean", "std", "std_sample", "min", "max"):
            assert row[key] == pytest.approx(known[key], abs=1e-6)
    shares = variance(published_protocols())[0].set_index("part")["share"]
    assert shares["protocol"] > 90 > 10 > shares["architecture"] > shares["rest"]


@needs_published
def test_published_seeds_vary_less_than_architectures():
    """The share is the correlation between the seeds, as it is without a shift between them."""
    table, sentence = variance(published_seeds(), "seed")
    rows = table.set_index("part")
    wide = finals(published_seeds()).pivot_table(index="genotype", columns="seed", values="best")
    correlation = 100 * np.corrcoef(wide.to_numpy().T)[0, 1]
    assert rows.loc["architecture", "share"] == pytest.approx(correlation, abs=0.5)
    assert "the architecture accounts for 72 [49, 85] %" in sentence
