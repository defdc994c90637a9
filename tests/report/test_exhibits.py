"""The list of figures and tables, and the figures that no other test draws."""

import inspect
from importlib import import_module

import numpy as np
import pandas as pd
import pytest

from naseval.analysis import power as power_table
from naseval.analysis.cost import search_costs
from naseval.analysis.tables import html
from naseval.claims import table_2
from naseval.claims.catalogue import catalogue
from naseval.claims.ledger import SCHEMA, Sources, combined, ledger
from naseval.claims.tables import Tables
from naseval.config import Config, load_config
from naseval.figures import power, variance
from naseval.published.issues.issue import by_severity
from naseval.report.exhibits import SOURCES, figures, labels, tables
from paths import ROOT
from study_tables import (
    DATASETS,
    METHODS,
    curve_rows,
    frame,
    made_up_benchmark,
    made_up_curves,
    needs_published,
    published_protocols,
)

CAPTIONS = ROOT / "workflow" / "report"


@pytest.fixture
def config(paper) -> Config:
    return load_config(paper)


def exhibits(config):
    return [
        (kind, source, name, exhibit)
        for source in SOURCES
        for kind, found in (("figure", figures), ("table", tables))
        for name, exhibit in found(source, config).items()
    ]


def test_every_function_takes_what_it_will_be_given(config):
    for _, source, _, exhibit in exhibits(config):
        function = getattr(import_module(exhibit.module), exhibit.function.partition(":")[2])
        given = {*exhibit.inputs(source), *exhibit.labels, *exhibit.arguments}
        inspect.signature(function).bind(**dict.fromkeys(given))
        assert set(exhibit.labels) <= set(labels(source, config))


def test_every_figure_and_table_has_a_caption_and_no_caption_is_left_over(config):
    wanted = {f"{kind}-{name}.rst" for kind, _, name, _ in exhibits(config)}
    present = {file.name for file in CAPTIONS.glob("*-*.rst")}
    assert wanted == present
    assert all((CAPTIONS / name).read_text().endswith(".\n") for name in wanted)


def test_the_paper_has_ten_figures_and_two_tables(config):
    def numbered(found, word):
        return sum(shown.title.startswith(word) for shown in found.values())

    for source in SOURCES:
        assert numbered(figures(source, config), "Figure ") == 10
    assert numbered(tables("published", config), "Table ") == 2


def test_only_configured_studies_are_shown(paper):
    for name in ("tricks", "protocols", "distribution", "operations", "cells", "seeds", "depth"):
        paper["studies"][name] = None
    config = load_config(paper)
    assert {shown.study or shown.beside for shown in figures("reproduced", config).values()} == {
        "benchmark"
    }
    of_all = ""
    shown = {shown.study for shown in tables("reproduced", config).values()}
    assert shown == {"benchmark", of_all}
    assert len(figures("published", config)) == 13


def test_resnet_is_drawn_only_where_it_is_trained(paper):
    assert "resnet" in figures("reproduced", load_config(paper))
    paper["studies"]["protocols"]["fixed"] = []
    assert "resnet" not in figures("reproduced", load_config(paper))


def test_power_shows_every_method_with_its_numbers():
    figure, data, caption = power.draw(made_up_benchmark(), DATASETS, METHODS)
    left, right = figure.axes
    best = data[(data["statistic"] == "best") & (data["effect"] == 0.3)]
    assert sorted(text.get_text() for text in right.texts) == sorted(
        str(runs) for runs in best["runs"]
    )
    assert [label.get_text() for label in left.get_yticklabels()] == ["DARTS", "NAO"]
    assert [label.get_text() for label in right.get_xticklabels()] == ["CIFAR10", "Sport8"]
    assert "80 %" in caption


@pytest.mark.parametrize(
    ("runs", "methods"), [(1, ["darts"]), (2, ["darts"]), (1, ["darts", "nao"])]
)
def test_a_benchmark_as_small_as_can_be_is_shown(config, runs, methods):
    study = made_up_benchmark(["digits"], methods, runs, epochs=1)
    costs = pd.DataFrame({"dataset": "digits", "method": methods, "seed": 0, "gpu_days": 1e-4})
    given = {"study": study, "costs": costs, **labels("reproduced", config), "dataset": "digits"}
    for found in (figures("reproduced", config), tables("reproduced", config)):
        for exhibit in (entry for entry in found.values() if entry.study == "benchmark"):
            function = getattr(import_module(exhibit.module), exhibit.function.partition(":")[2])
            names = {"study", *exhibit.tables, *exhibit.labels, *exhibit.arguments}
            assert function(**{name: given[name] for name in names})[-1]


def test_power_is_laid_out_with_intervals():
    tidy, laid_out, _ = power_table.table(made_up_benchmark())
    assert len(tidy) == 3 * len(laid_out)
    row = tidy[tidy["effect"] == 0.5].iloc[0]
    assert laid_out["runs to see 0.5 points"][0] == f"{row['runs']} [{row['low']}, {row['high']}]"


def test_variance_bars_are_the_shares():
    rows = [
        row
        for place, name in enumerate(("base", "c", "cda"))
        for index, curve in enumerate(made_up_curves(4, 3, "variance", name) + place)
        for row in curve_rows(curve, genotype=f"darts/random-{index:03d}", protocol=name)
    ]
    figure, data, _ = variance.draw(frame(rows))
    (panel,) = figure.axes
    drawn = [patch.get_width() for patch in panel.patches]
    assert drawn == pytest.approx(data["share"].tolist())
    assert sum(drawn[:3]) == pytest.approx(100)


def test_costs_add_up_the_epochs_of_a_search():
    history = pd.DataFrame({"seconds": [43_200.0, 21_600.0]})
    assert search_costs([("cifar10", "nao", 3, history)]).to_dict("list") == {
        "dataset": ["cifar10"],
        "method": ["nao"],
        "seed": [3],
        "gpu_days": [0.75],
    }
    assert search_costs([]).columns.tolist() == ["dataset", "method", "seed", "gpu_days"]


def test_table_2_shows_what_differs_from_the_paper(paper):
    paper["methods"]["darts"]["search"]["epochs"] = 40
    rows = ledger(Sources(config=load_config(paper))).to_pandas()
    tidy, laid_out, note = table_2.build(rows)
    cells = laid_out.set_index("Setting")["DARTS"]
    assert cells["epochs of the search"] == "40 (printed: 50)"
    assert cells["batch size of the search"] == "64"
    assert cells["optimizer of the architecture"] == "no key (printed: adam)"
    assert len(tidy) == sum(claim.id.startswith("table2.") for claim in catalogue())
    differing = (tidy["verdict"] == "mismatch").sum()
    configured = (tidy["configured"] != "").sum()
    assert note.startswith(f"{configured - differing} of {configured} configured cells")


@needs_published
def test_ledgers_of_two_sources_are_combined():
    protocols = Tables({"protocols": published_protocols()})
    published = ledger(Sources(published=protocols))
    reproduced = ledger(Sources(reproduced=protocols))
    both = combined(published, reproduced)
    assert both.schema == SCHEMA
    assert both["recomputed"] == published["recomputed"]
    assert both["reproduced_verdict"] == reproduced["reproduced_verdict"]
    assert set(reproduced["verdict"].to_pylist()) == {"not yet run"}


def test_issues_are_shown_gravest_first():
    issues = pd.DataFrame({"severity": ["note", "error", "warning", "error"], "what": list("abcd")})
    ranked, note = by_severity(issues)
    assert ranked["what"].tolist() == ["b", "d", "c", "a"]
    assert "2 × error, 1 × warning, 1 × note" in note


def test_a_table_as_html_is_escaped_and_marked():
    table = pd.DataFrame({"random_mean": [97.034, np.nan], "what": ["<b>", "x" * 50]})
    text = html(table, "A & B", "in *all*")
    assert '<th scope="col">random mean</th>' in text
    assert '<td class="number">97.03</td><td>&lt;b&gt;</td>' in text
    assert f'<td class="number">–</td><td class="text">{"x" * 50}</td>' in text
    assert "<caption>A &amp; B</caption>" in text and "in <em>all</em>" in text
