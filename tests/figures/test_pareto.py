"""The figure of NSGA-Net's objectives."""

import pandas as pd
import pytest

from naseval.figures import pareto, style

LABELS = {"cifar10": "CIFAR-10", "sport8": "Sport-8"}


def histories(datasets=("cifar10",), seeds=(0,)):
    """Return made-up histories of three generations with two individuals each."""
    worth = [(40, 9.0, False), (30, 5.0, True), (30, 4.0, True), (35, 8.0, False), (20, 7.0, True)]
    rows = []
    for dataset in datasets:
        for seed in seeds:
            for number, (error, flops, front) in enumerate(worth):
                rows.append(
                    {
                        "dataset": dataset,
                        "seed": seed,
                        "stage": number // 2 + 1,
                        "epoch": number % 2 + 1,
                        "validation_accuracy": 100.0 - error - seed,
                        "flops": flops,
                        "front": front,
                    }
                )
    return pd.DataFrame(rows)


def test_one_row_per_individual_and_one_result_per_search():
    data = pareto.individuals(histories(("cifar10", "sport8"), (0, 1)))
    assert len(data) == 20
    chosen = data[data["chosen"]]
    assert len(chosen) == 4
    assert chosen["error"].tolist() == [20, 21, 20, 21]
    assert data["generation"].max() == 3 and data["individual"].max() == 2


def test_of_equal_errors_the_cheapest_is_the_result():
    table = histories()
    table = table[table["validation_accuracy"] != 80].set_index("seed").reset_index()
    data = pareto.individuals(table)
    assert data.loc[data["chosen"], "flops"].tolist() == [4.0]


@pytest.mark.parametrize("count", [1, 2])
def test_what_is_drawn_is_the_data(count):
    datasets = list(LABELS)[:count]
    figure, data, caption = pareto.draw(histories(datasets, (0, 1)), LABELS)
    titles = [panel.get_title() for panel in figure.axes]
    assert titles[:count] == [LABELS[dataset] for dataset in datasets]
    for panel, dataset in zip(figure.axes[:count], datasets, strict=True):
        rows = data[data["dataset"] == dataset]
        (dots,) = panel.collections
        assert dots.get_offsets().tolist() == rows[["flops", "error"]].to_numpy().tolist()
        *fronts, stars = panel.lines
        assert len(fronts) == 2
        front = rows[rows["front"] & (rows["seed"] == 0)].sort_values("flops")
        assert fronts[0].get_xdata().tolist() == front["flops"].tolist()
        assert stars.get_ydata().tolist() == rows.loc[rows["chosen"], "error"].tolist()
    assert f"{10 * count} individuals of {2 * count} searches" in caption


def test_an_individual_that_diverged_is_counted_and_not_drawn():
    table = histories()
    table.loc[0, "validation_accuracy"] = float("nan")
    _, data, caption = pareto.draw(table, LABELS)
    assert data["error"].isna().tolist() == [True] + [False] * 4
    assert "5 individuals of 1 search, 1 of them diverged and not drawn" in caption


def test_the_same_data_give_the_same_files(tmp_path):
    contents = []
    for folder in ("a", "b"):
        figure, data, _ = pareto.draw(histories(), LABELS)
        style.save(figure, data, tmp_path / folder / "pareto")
        contents.append([file.read_bytes() for file in sorted((tmp_path / folder).iterdir())])
    assert contents[0] == contents[1] and len(contents[0]) == 4
