"""SVG of figures: real text that keeps its width, texts on hover, several within one page."""

import re
from xml.etree import ElementTree

import pytest
from matplotlib.figure import Figure

from naseval.analysis.verdicts import KINDS
from naseval.figures import benchmark
from naseval.figures.style import common_style, save
from naseval.figures.svg import HOVER, SVG, inline, say_on_hover
from small_studies import DIFFICULT
from study_tables import DATASETS, MARGINS, METHODS, frame, made_up_benchmark


def saved(figure, folder):
    save(figure, frame([]), folder / "figure")
    return (folder / "figure.svg").read_text(encoding="utf-8")


def texts(content):
    return [text for text in ElementTree.fromstring(content).iter(f"{{{SVG}}}text") if text.text]


def test_text_is_text_of_the_width_that_the_layout_was_made_for(tmp_path):
    with common_style():
        figure = Figure(figsize=(6, 8), dpi=720)  # the more dots, the less is rounded
        labels = [
            figure.text(0.1, 0.05 * place, text, size=8 + place)
            for place, text in enumerate(DIFFICULT)
        ]
        widths = [label.get_window_extent().width / 10 for label in labels]
        for place, label in enumerate(labels):
            label.set_rotation(10 * place)
    found = texts(saved(figure, tmp_path))
    assert [text.text for text in found] == [label.get_text() for label in labels]
    stated = [float(text.get("textLength")) for text in found]
    assert stated == pytest.approx(widths, rel=0.01, abs=0.2)
    assert all("'DejaVu Sans'" in text.get("style") for text in found)
    assert all("sans-serif" in text.get("style") for text in found)


def test_what_is_said_on_hover_is_a_title(tmp_path):
    figure = Figure()
    lines = figure.add_subplot().plot([0, 1], [[0, 1], [1, 0]])
    said = ['a <b> & "c"; 93.2 ± 0.1 %', "ダーツ"]
    for line, text in zip(lines, said, strict=True):
        say_on_hover(line, text)
    content = saved(figure, tmp_path)
    groups = [one for one in ElementTree.fromstring(content).iter() if one.get("id")]
    found = {one.get("id"): one[0].text for one in groups if one.get("id").startswith("hover-")}
    assert found == {"hover-0": said[0], "hover-1": said[1]}
    assert HOVER not in content


def test_figures_in_one_page_share_no_identifiers(tmp_path):
    drawing = benchmark.draw(made_up_benchmark(["cifar10"]), DATASETS, METHODS, MARGINS)
    content = saved(drawing.figure, tmp_path)
    one, other = (inline(content, 'Figure "1" & more', prefix) for prefix in ("one", "other"))
    identifiers = {prefix: set(re.findall(r' id="([^"]*)"', text)) for prefix, text in
                   (("one", one), ("other", other))}  # fmt: skip
    assert identifiers["one"] and identifiers["one"].isdisjoint(identifiers["other"])
    used = set(re.findall(r'(?:href="#|url\(#)([^")]*)[")]', one))
    assert used and used <= identifiers["one"]
    assert "<style" not in one and "<metadata" not in one and "<!DOCTYPE" not in one
    assert ElementTree.fromstring(one).get("aria-label") == 'Figure "1" & more'


def test_figure_1_says_numbers_and_verdict_of_every_mark(tmp_path):
    study = made_up_benchmark(["cifar10"])
    drawing = benchmark.draw(study, DATASETS, METHODS, MARGINS)
    said = re.findall("<title>(.*?)</title>", saved(drawing.figure, tmp_path))
    best = drawing.data[drawing.data["statistic"] == "best"]
    assert len(set(said)) == len(drawing.data)
    for row in best.to_dict("records"):
        (text,) = {one for one in said if one.startswith(METHODS[row["method"]]) and "best" in one}
        assert f"searched {row['searched_mean']:.2f} ± {row['searched_std']:.2f} % (n = 3)" in text
        assert f"random {row['random_mean']:.2f} ± {row['random_std']:.2f} % (n = 3)" in text
        assert f"[{row['low']:.2f}, {row['high']:.2f}] %".replace("-", "−") in text
        assert any(text.endswith(kind) for kind in KINDS)
