"""The list of figures and tables, and the figures that no other test draws."""

import inspect
import json
import subprocess
import sys
from importlib import import_module

import numpy as np
import pandas as pd
import pytest
import yaml

from naseval.analysis import power as power_table
from naseval.analysis.cost import search_costs
from naseval.analysis.tables import html
from naseval.claims import table_2
from naseval.claims.catalogue import catalogue
from naseval.claims.ledger import SCHEMA, Sources, combined, ledger
from naseval.claims.tables import Tables
from naseval.config import Config, load_config
from naseval.errors import NasevalError
from naseval.figures import power, variance
from naseval.published.issues.issue import by_severity
from naseval.report import exhibits as registry
from naseval.report.exhibits import OF_THE_PAPER, SOURCES, figures, tables
from naseval.report.labels import labels
from naseval.settings.validation import merged
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


def function_of(exhibit):
    return getattr(import_module(f"naseval.{exhibit.module}"), exhibit.function)


def test_every_function_takes_what_it_will_be_given(config):
    for _, source, _, exhibit in exhibits(config):
        given = {*exhibit.files(source), *exhibit.labels, *exhibit.constants(config)}
        inspect.signature(function_of(exhibit)).bind(**dict.fromkeys(given))
        assert set(exhibit.labels) <= set(labels(source, config))


def test_all_say_what_the_paper_says(config):
    for _, _, name, exhibit in exhibits(config):
        assert exhibit.paper.endswith("."), name
        assert "\n" not in exhibit.paper and "  " not in exhibit.paper


@pytest.mark.parametrize("name", ["config", "demo"])
def test_they_are_those_that_one_list_had(paper, name):
    recorded = json.loads((ROOT / "tests/vectors/exhibits.json").read_text())
    if name == "demo":
        paper = merged(paper, yaml.safe_load((ROOT / "config/demo.yaml").read_text()))
    config = load_config(paper)
    for source in OF_THE_PAPER:
        for kind, found in (("figures", figures), ("tables", tables)):
            listed = [
                {
                    "name": name,
                    "title": exhibit.title,
                    "study": exhibit.study,
                    "inputs": exhibit.files(source),
                    "labels": list(exhibit.labels),
                    "arguments": exhibit.constants(config),
                    "goes_with": exhibit.target,
                    "named": exhibit.named,
                }
                for name, exhibit in found(source, config).items()
            ]
            assert listed == recorded[f"{name} {source} {kind}"]


DECLARATION = """
raise AssertionError("planning reads this module and does not run it")
REPORT_FIGURES = {
    "toy": {
        "title": "A toy",
        "paper": "Not in the paper.",
        "study": "seeds",
        "published": {"arguments": {"runs": 8}},
    }
}
"""


@pytest.fixture
def added(tmp_path, monkeypatch):
    """Return a function that puts a module into a package without others."""
    monkeypatch.setattr(registry, "ROOT", tmp_path)
    registry._declarations.cache_clear()
    (tmp_path / "figures").mkdir()
    yield (tmp_path / "figures/toy.py").write_text
    registry._declarations.cache_clear()


def test_a_new_module_is_a_new_figure(added, config):
    added(DECLARATION)
    assert tables("published", config) == {}
    (toy,) = figures("published", config).values()
    assert (toy.module, toy.function, toy.study) == ("figures.toy", "draw", "seeds")
    assert toy.files("published") == {"study": "studies/published/seeds.parquet"}
    assert toy.constants(config) == {"runs": 8}
    assert figures("reproduced", config)["toy"].constants(config) == {}
    config = config.model_copy(update={"studies": {}})
    assert list(figures("published", config)) == ["toy"]
    assert figures("reproduced", config) == {}


@pytest.fixture
def in_steps(paper) -> Config:
    """Return the paper's configuration with a benchmark that is judged in steps."""
    steps = {"start": 4, "step": 4, "most": 8}
    paper["studies"]["benchmark"] |= {"searches": steps, "random": steps}
    return load_config(paper)


def test_an_optional_input_is_there_only_if_its_key_is_set(added, paper, in_steps):
    steps = '"inputs": {"looks": "l.parquet"}, "optional": {"looks": "studies.benchmark.stepwise"}'
    added(DECLARATION.replace('"study": "seeds"', f'"study": "seeds", {steps}'))
    assert figures("reproduced", in_steps)["toy"].files("reproduced")["looks"] == "l.parquet"
    paper["studies"]["benchmark"] |= {"searches": 8, "random": 8}
    config = load_config(paper)
    assert "looks" not in figures("reproduced", config)["toy"].files("reproduced")


def test_what_shows_verdicts_gets_those_that_stopped_cells(in_steps):
    for found, names in ((figures, ("benchmark", "forest")), (tables, ("benchmark", "verdicts"))):
        for name in names:
            shown = {source: found(source, in_steps)[name] for source in SOURCES}
            given = {source: one.files(source).get("decisions") for source, one in shown.items()}
            assert given.pop("reproduced") == "decisions/benchmark.parquet"
            assert set(given.values()) == {None}


@pytest.mark.parametrize(
    ("wrong", "right", "sentence"),
    [
        ('"title"', '"titel"', r"toy\.py: REPORT_FIGURES 'toy', key title: field required"),
        ('"study"', '"study_": 1, "study"', "key study_: there is no such key; remove or rename"),
        ('"seeds"', '"labels"[0:2]', "read without running the module; write it as a literal"),
        ('"A toy"', "8", "key title: input should be a valid string"),
    ],
)
def test_a_faulty_declaration_is_one_sentence(added, config, wrong, right, sentence):
    added(DECLARATION.replace(wrong, right))
    with pytest.raises(NasevalError, match=sentence) as caught:
        figures("published", config)
    assert "\n" not in str(caught.value)


def test_settings_are_found_by_dotted_keys(config):
    for key, value in {
        "published.best_darts.value": 97.47,
        "studies.benchmark.datasets.0": "cifar10",
        "studies.benchmark.datasets.99": None,
        "studies.benchmark.methods.nsganet": "nsganet",
        "studies.benchmark.methods.nothing": None,
        "studies.nothing.methods.nsganet": None,
    }.items():
        assert registry._setting(config, key) == value, key


def test_planning_needs_neither_pandas_nor_drawing():
    code = (
        "import sys, yaml\n"
        "from naseval.config import load_config\n"
        "from naseval.report.exhibits import figures, tables\n"
        "settings = yaml.safe_load(open('config/config.yaml'))\n"
        "settings['methods']['darts']['label'] = 'ダーツ'\n"
        "config = load_config(settings)\n"
        "from naseval.report.labels import labels\n"
        "assert figures('reproduced', config) and tables('reproduced', config)\n"
        "assert labels('reproduced', config, 'protocols')\n"
        "sys.exit(bool({'pandas', 'scipy', 'matplotlib', 'torch'} & sys.modules.keys()))"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


def test_the_paper_has_ten_figures_and_two_tables(config):
    def numbered(found, word):
        return sum(shown.title.startswith(word) for shown in found.values())

    for source in OF_THE_PAPER:
        assert numbered(figures(source, config), "Figure ") == 10
    assert numbered(tables("published", config), "Table ") == 2


def test_only_configured_studies_are_shown(paper):
    others = set(paper["studies"]) - {"benchmark"}
    paper["studies"] |= dict.fromkeys(others)
    config = load_config(paper)
    assert {shown.target for shown in figures("reproduced", config).values()} == {"benchmark"}
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
    given["margins"] = {"digits": 1.0}
    for found in (figures("reproduced", config), tables("reproduced", config)):
        for exhibit in (entry for entry in found.values() if entry.study == "benchmark"):
            names = {*exhibit.files("reproduced"), *exhibit.labels, *exhibit.constants(config)}
            assert function_of(exhibit)(**{name: given[name] for name in names})[-1]


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
    history = pd.DataFrame({"seconds": [43_200.0, 43_200.0], "at_once": [1, 2]})
    assert search_costs([("cifar10", "nao", 3, history)]).to_dict("list") == {
        "dataset": ["cifar10"],
        "method": ["nao"],
        "seed": [3],
        "gpu_days": [0.75],
    }
    assert search_costs([]).columns.tolist() == ["dataset", "method", "seed", "gpu_days"]
    (row,) = search_costs([("cifar10", "nao", 3, history.assign(device="cpu"))]).to_dict("records")
    assert row["device"] == "cpu"


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
    table = pd.DataFrame({"random mean": [97.034, np.nan], "what": ["<b>", "x" * 50]})
    text = html(table, "A & B", "in *all*")
    assert '<th scope="col" class="amount">random mean</th><th scope="col">what</th>' in text
    assert '<td class="number amount">97.03</td><td>&lt;b&gt;</td>' in text
    assert f'<td class="number amount">–</td><td class="text">{"x" * 50}</td>' in text
    assert "<caption>A &amp; B</caption>" in text and "in <em>all</em>" in text
