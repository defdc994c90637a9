"""Figure 1 and the way figures are written."""

import re

import matplotlib
import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Ellipse

from naseval.errors import NasevalError
from naseval.figures import benchmark, style
from paths import ROOT
from study_tables import (
    DATASETS,
    MARGINS,
    METHODS,
    made_up_benchmark,
    needs_published,
    published_benchmark,
    recomputed,
    stacnas_summary,
)

BASELINES = (
    *("random-search", "local-search", "regularised-evolution", "successive-halving"),
    *("hyperband", "random-sharing", "parameters", "nwot", "synflow"),
)


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5])
def test_one_panel_per_dataset(count):
    datasets = list(DATASETS)[:count]
    figure, data, caption = benchmark.draw(made_up_benchmark(datasets), DATASETS, METHODS, MARGINS)
    assert [panel.get_title() for panel in figure.axes] == [DATASETS[d] for d in datasets]
    assert set(data["statistic"]) == {"best", "last"}
    assert len(data) == count * 2 * 2
    assert "n = 3 runs" in caption and "last epoch" in caption


def test_what_is_drawn_is_the_data():
    figure, data, _ = benchmark.draw(made_up_benchmark(["cifar10"]), DATASETS, METHODS, MARGINS)
    (panel,) = figure.axes
    ellipses = [patch for patch in panel.patches if isinstance(patch, Ellipse)]
    best = data[data["statistic"] == "best"]
    assert [e.center for e in ellipses] == list(
        zip(best["random_mean"], best["searched_mean"], strict=True)
    )
    assert [e.width for e in ellipses] == best["random_std"].tolist()
    assert [e.height for e in ellipses] == best["searched_std"].tolist()
    for side, (low, high) in (("random", panel.get_xlim()), ("searched", panel.get_ylim())):
        for sign in (-1, 1):
            edge = data[f"{side}_mean"] + sign * data[f"{side}_std"]
            assert ((low < edge) & (edge < high)).all()


SUCCESSORS = ("pcdarts", "sdarts-rs", "darts-minus", "darts-es")
"""The methods of config/successors.yaml."""


def test_colours_are_verdicts():
    """DARTS is lifted, NAO lowered; with three runs nothing is decided."""
    study = made_up_benchmark(["cifar10"], runs=6)
    searched = study["origin"] == "searched"
    study.loc[searched, "test_accuracy"] += study["method"].map({"darts": 5, "nao": -5})[searched]
    for runs, colours in ((study, ["better", "worse"]), (few_runs(study), ["undecided"] * 2)):
        drawing = benchmark.draw(runs, DATASETS, METHODS, MARGINS)
        (panel,) = drawing.figure.axes
        ellipses = [patch for patch in panel.patches if isinstance(patch, Ellipse)]
        for ellipse, verdict in zip(ellipses, colours, strict=True):
            expected = style.COLOURS[verdict]
            assert matplotlib.colors.same_color(ellipse.get_facecolor()[:3], expected)
        named = [text.get_text() for text in drawing.figure.legends[0].get_texts()]
        assert named == ["DARTS", "NAO", *dict.fromkeys(colours), "average architecture"]


def few_runs(study):
    return study[study["genotype"].str.contains("-00[012]|seed-[012]")]


def test_a_method_keeps_its_marker_whatever_the_labels_are():
    study = made_up_benchmark(["cifar10"], ["stacnas", "nao"])
    orders = ({"nao": "NAO", "manas-ls": "MANAS-LS", "stacnas": "StacNAS"}, METHODS, {})
    for labels in orders:
        figure = benchmark.draw(study, DATASETS, labels, MARGINS).figure
        drawn = {
            (handle.get_label(), handle.get_marker())
            for handle in figure.legends[0].legend_handles[:2]
        }
        assert drawn == {
            (labels.get(name, name), style.METHOD_LOOKS[name].marker) for name in ("stacnas", "nao")
        }


def test_every_method_has_a_colour_and_a_marker_of_its_own():
    known = list(style.METHOD_LOOKS.values())
    assert set(style.METHOD_LOOKS) == {*METHODS, "manas-ls", *SUCCESSORS, *BASELINES}
    assert len({look.colour for look in known}) == len({look.marker for look in known}) == 22
    others = style.method_looks(["mine", "theirs", "drnas", "my-method", "x", "y", "z", "w"])
    colours, markers = zip(*known, *others.values(), strict=True)
    assert len(set(colours)) == len(set(markers)) == 22 + 8
    many = style.method_looks(f"method-{number}" for number in range(64))
    assert len(set(many.values())) == 64
    assert style.method_looks([*many, "one-more"])["one-more"] in many.values()


def test_a_method_keeps_its_look_when_others_are_added():
    names = ["mine", "darts", "theirs", "drnas", "x"]
    looks = style.method_looks(names)
    assert style.method_looks([*names, "added", "mine"]) == {
        **looks,
        "added": style.method_looks([*names, "added"])["added"],
    }
    assert looks["darts"] == style.METHOD_LOOKS["darts"]
    assert style.method_looks(["mine"])["mine"] == looks["mine"]


def test_figures_agree_on_methods_without_a_fixed_look():
    """A figure of some methods takes all that are configured into account."""
    names = [f"method-{number}" for number in range(8)]
    labels = {name: name.capitalize() for name in names}
    expected = style.method_looks(names)
    for some in (names[3:5], names[6:]):
        study = made_up_benchmark(["cifar10"], some)
        handles = benchmark.draw(study, DATASETS, labels, MARGINS).figure.legends[0].legend_handles
        for name, handle in zip(some, handles[:2], strict=True):
            drawn, known = handle.get_marker(), expected[name].marker
            assert drawn.vertices.tolist() == known.vertices.tolist()


def test_markers_without_a_fixed_method_look_like_no_other():
    """As Figure 1 draws them, two share at most 65 % of the pixels that either covers."""
    shapes = [(name, covered(look.marker)) for name, look in style.METHOD_LOOKS.items()]
    for number, shape in enumerate(style.SHAPES):
        mine = covered(shape)
        for name, other in shapes:
            assert (mine & other).sum() <= 0.65 * (mine | other).sum(), (number, name)
        shapes.append((f"shape {number}", mine))


def covered(marker):
    """Return which pixels a marker covers."""
    figure = Figure(figsize=(0.15, 0.15), dpi=400)
    canvas = FigureCanvasAgg(figure)
    edge = {"markeredgecolor": style.BACKGROUND, "markeredgewidth": 0.4}
    figure.add_artist(Line2D([0.5], [0.5], marker=marker, markersize=5.5, color=style.INK, **edge))
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., 0] < 128


def test_no_other_file_names_a_colour():
    names = "|".join(["tab:[a-z]+", "C[0-9]", *matplotlib.colors.CSS4_COLORS])
    hexadecimal, named = re.compile("#[0-9a-fA-F]{3,8}\\b"), re.compile(f"[\"']({names})[\"']")
    package = ROOT / "src/naseval"
    for file in {*package.rglob("*.py"), *(ROOT / "workflow").rglob("*.py")} - {
        package / "figures/style.py"
    }:
        text = file.read_text()
        assert not hexadecimal.search(text), file
        assert file.parent.name != "figures" or not named.search(text), file


def test_one_run_on_each_side_is_drawn():
    _, data, caption = benchmark.draw(
        made_up_benchmark(["cifar10"], runs=1), DATASETS, METHODS, MARGINS
    )
    assert np.isnan(data["low"]).all() and (data["random_std"] == 0).all()
    assert "n = 1 run on each side" in caption


def test_saved_figures_are_the_same_bytes_each_time(tmp_path):
    study = made_up_benchmark(["cifar10"])
    contents = []
    for folder in ("a", "b"):
        with matplotlib.rc_context({"font.size": 30, "svg.hashsalt": folder}):
            figure, data, _ = benchmark.draw(study, DATASETS, METHODS, MARGINS)
            style.save(figure, data, tmp_path / folder / "figure")
        files = sorted((tmp_path / folder).iterdir())
        assert [file.name for file in files] == [
            f"figure.{kind}" for kind in ("csv", "pdf", "png", "svg")
        ]
        contents.append([file.read_bytes() for file in files])
    assert contents[0] == contents[1]
    pd.testing.assert_frame_equal(pd.read_csv(tmp_path / "a" / "figure.csv"), data)
    assert b"<dc:date>" not in contents[0][3] and b"CreationDate" not in contents[0][1]


def test_an_unwritable_folder_is_one_sentence(tmp_path):
    figure, data, _ = benchmark.draw(made_up_benchmark(["cifar10"]), DATASETS, METHODS, MARGINS)
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(NasevalError, match="could not be written"):
        style.save(figure, data, tmp_path / "file" / "figure")


@needs_published
def test_published_means_and_spreads():
    drawing = benchmark.draw(published_benchmark(), DATASETS, METHODS, MARGINS, stacnas_summary())
    expected = recomputed()["fig1_by_header"]
    assert len(drawing.data) == 40
    for row in drawing.data.itertuples():
        known = expected[DATASETS[row.dataset]][METHODS[row.method]]
        for side, key in (("random", "random"), ("searched", "search")):
            found = [getattr(row, f"{side}_{part}") for part in ("n", "mean", "std")]
            if (row.dataset, row.method, side) == ("cifar100", "stacnas", "searched"):
                assert found == [8, 83.59, 0.47]
            else:
                assert found == pytest.approx(
                    [known[key][part] for part in ("n", "mean", "std")], abs=1e-6
                )
