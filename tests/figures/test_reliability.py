"""The figure of what the protocol is worth: lines, bands, and a caption that follows the data."""

import numpy as np
import pandas as pd
import pytest

from drawn import faults
from naseval.analysis.reliability import AVERAGE, NUMBERS, SHARED
from naseval.figures import reliability
from naseval.figures.reliability import CURVES, NOTHING, SPENT
from naseval.figures.style import COLOURS
from naseval.randomness import stream
from study_tables import frame

LABELS = {"macro": "Macro", "other": "Other"}, {"one": "One", "two": "Two"}
MARGINS = {"macro": 0.25, "other": 0.25}


def recorded(spread, tables=("macro",), verdicts=True):
    """Return a study of two methods whose random architectures spread so much, and searches."""
    rng = stream("tests", "reliability figure")
    rows = [
        {
            "source": "recorded",
            "dataset": name,
            "method": method,
            "space": "s",
            "origin": origin,
            "genotype": f"{origin}-{method if origin == 'searched' else ''}/{number}",
            "test_accuracy": accuracy,
        }
        for name in tables
        for method, gain in (("one", 1.0), ("two", 1.3))
        for origin, values in (
            ("random", 90 + spread * np.linspace(-2, 1, 200)),
            ("searched", 90 + gain + rng.normal(0, 0.3, 200)),
        )
        for number, accuracy in enumerate(values)
    ]
    searches = pd.DataFrame(
        [(name, method, 9.0) for name in tables for method in ("one", "two")],
        columns=["benchmark", "method", "cost"],
    )
    return frame(rows), searches.assign(verdicts=verdicts, unit="trainings")


@pytest.fixture(scope="module")
def drawing():
    return reliability.draw(*recorded(3.0), *LABELS, MARGINS)


def test_a_line_is_a_comparison_and_a_band_the_numbers_of_random_architectures(drawing):
    figure, data, _ = drawing
    assert faults(figure) == []
    *curves, last = figure.axes
    average = data[(data["other"] == AVERAGE) & (data["method"] == "two")]
    equal = average[average["random"] == average["searches"]]
    for panel, column in zip(curves, CURVES, strict=True):
        lines = [line for line in panel.lines if len(line.get_xdata()) == len(NUMBERS)]
        assert len(lines) == 2 + 1 + 1  # with the average, one baseline, a baseline each
        assert any(list(line.get_ydata()) == equal[column].tolist() for line in lines)
        bands = [one for one in panel.collections if len(one.get_paths())]
        assert len(bands) == 2 + 1  # with the average, a baseline each
        for band, method in zip(bands, ("one", "two"), strict=False):
            ends = band.get_paths()[0].vertices[:, 1]
            whole = data[(data["other"] == AVERAGE) & (data["method"] == method)][column]
            assert (ends.min(), ends.max()) == pytest.approx((whole.min(), whole.max()))
    dashes = [line.get_linestyle() for line in last.lines]
    assert sorted(dashes) == ["-"] * 3 + ["--"] * 4
    assert set(SPENT) == {"by_random", "by_search"}
    shared = COLOURS[reliability.QUESTIONS[SHARED]]
    assert {line.get_linestyle() for line in last.lines if line.get_color() == shared} == {"--"}


def test_the_caption_says_what_the_data_say(drawing):
    _, data, caption = drawing
    row = data[(data["baseline"] == SHARED) & (data["searches"] == 8)].iloc[0]
    assert (
        f"of two methods with one baseline, {row['better']:.0f} % name the better one, differences "
        f"are found from {row['detected']:.2f} points on, and the next trainings are best spent on "
        "searches" in caption
    )
    assert "of a method and the average architecture, " in caption
    assert "% of RI on, and the next trainings are best spent on random architectures." in caption
    steady = reliability.draw(*recorded(0.05), *LABELS, MARGINS).caption
    average = steady.partition("average architecture, ")[2].partition(";")[0]
    assert average.endswith("the next trainings are best spent on searches")


def test_there_is_a_row_for_each_table_with_verdicts():
    figure, _, caption = reliability.draw(*recorded(1.0, ("macro", "other")), *LABELS, MARGINS)
    assert len(figure.axes) == 2 * (len(CURVES) + 1) and faults(figure) == []
    assert [panel.get_ylabel() for panel in figure.axes[:: len(CURVES) + 1]] == ["Macro", "Other"]
    assert "On Macro, with 8 of each" in caption and "On Other, with 8 of each" in caption
    none = reliability.draw(*recorded(1.0, verdicts=False), *LABELS, MARGINS)
    assert none.data.empty and none.caption == NOTHING and faults(none.figure) == []
