"""The ledger on the authors' real files and on this project's configuration."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
import yaml
from pyarrow import csv

from naseval import records
from naseval.claims import writers
from naseval.claims.absent import Absent
from naseval.claims.catalogue import catalogue
from naseval.claims.ledger import SCHEMA, Sources, counts, ledger
from naseval.claims.settings import setting
from naseval.claims.tables import Tables
from naseval.claims.verdict import VERDICTS
from naseval.config import Config, load_config
from naseval.published.tables import TABLES
from paths import ROOT
from published_files import constants, folder, needs_files

CLAIMS = len(catalogue())
CONFIG = ROOT / "config" / "config.yaml"


@pytest.fixture(scope="module")
def config() -> Config:
    return load_config(yaml.safe_load(CONFIG.read_text()))


@pytest.fixture(scope="module")
def published() -> Tables:
    names = [name for name in TABLES if name != "data_issues"]
    return Tables({n: TABLES[n].read(folder(), constants()).to_pandas() for n in names})


@pytest.fixture(scope="module")
def table(published: Tables, config: Config) -> pa.Table:
    return ledger(Sources(published, published, config))


@pytest.fixture(scope="module")
def rows(table: pa.Table) -> pd.DataFrame:
    return table.to_pandas().set_index("id")


@pytest.fixture
def empty() -> pa.Table:
    return ledger(Sources(Tables({})))


def test_without_any_data_nothing_is_judged(empty: pa.Table) -> None:
    assert empty.schema == SCHEMA
    assert counts(empty) == {"not recomputable": CLAIMS}
    assert set(counts(empty, "reproduced_verdict")) == {"not yet run", "not recomputable"}


@needs_files
def test_verdict_counts(rows: pd.DataFrame) -> None:
    judged = rows[rows["kind"] == "data"]["verdict"].value_counts().to_dict()
    assert judged == {"match": 81, "drawn only": 71, "mismatch": 10, "other reading": 6}
    assert set(rows[rows["kind"] != "data"]["verdict"]) == {"not recomputable"}


@needs_files
def test_which_claims_do_not_match(rows: pd.DataFrame) -> None:
    assert set(rows[rows["verdict"] == "mismatch"].index) == {
        "scope.search_time",
        "scope.one_pp_range",
        "proto.ops_uniform",
        "table1.pdarts.cifar100",
        "fig3.gap",
        "fig7.n.6",
        "fig7.n.8",
        "fig8.std_change",
        "a2.mit67.images",
        "a2.flowers102.split",
    }
    assert set(rows[rows["verdict"] == "other reading"].index) == {
        "table1.darts.flowers102",
        "table1.pdarts.flowers102",
        "s51.mean",
        "s51.worst",
        "s51.best",
        "fig6.final",
    }


@needs_files
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("table1.darts.cifar10", 0.322423),
        ("table1.pdarts.cifar100", 1.997742),
        ("table1.stacnas.cifar100", 2.867339),
        ("table1.darts.flowers102", 0.201041),
        ("table1.nao.mit67", -1.529326),
        ("ri.best_pp_c10", 0.69125),
        ("ri.some_below", 13),
        ("fig3.gap", 2.915),
        ("fig3.base.std", 0.312818),
        ("scope.one_pp_range", 1.38),
        ("s51.mean", 96.949206),
        ("fig5.linear", 0.890341),
        ("fig5.smoothing", 0.994828),
        ("s52.shift", 0.180098),
        ("fig7.mean.8", 96.684667),
        ("fig7.std.4", 0.545707),
        ("fig8.tau", 0.475998),
        ("fig8.mean_change", 0.130937),
        ("fig8.std_change", 0.08629),
        ("fig9.tau", 0.535497),
        ("fig9.rank_shift", 18),
        ("a2.mit67.images", 15619),
        ("proto.ops_uniform", 7),
        ("scope.search_time", 4),
        ("fig3.darts_best", 97.47),
        ("a2.cifar10.test", 10_000),
    ],
)
def test_recomputed_values(name: str, value: float, rows: pd.DataFrame) -> None:
    assert float(rows.loc[name, "recomputed"]) == pytest.approx(value, abs=1e-6)


@needs_files
def test_reasons(rows: pd.DataFrame) -> None:
    why = rows["why"]
    assert "0.250725 (columns by position" in why["table1.darts.flowers102"]
    assert "97.034112 (best epoch) agrees" in why["s51.mean"]
    assert "searches by their summary" in why["table1.stacnas.cifar100"]
    assert all(sentence.endswith(".") and "\n" not in sentence for sentence in why)


@needs_files
def test_the_same_rules_judge_reproduced_studies(rows: pd.DataFrame) -> None:
    judged = rows[rows["kind"] == "data"]
    assert (judged["reproduced"] == judged["recomputed"]).all()
    assert (judged["reproduced_verdict"] == judged["verdict"]).all()
    assert rows.loc["s51.mean", "scale"] == "214 runs of 600 epochs"
    assert rows.loc["fig3.gap", "scale"] == "80 runs"


def test_settings_are_resolved_per_dataset(config: Config) -> None:
    assert setting(config, "methods.darts.search.epochs", "cifar10") == 50
    assert setting(config, "methods.darts.protocol.cells", "cifar10") == 20
    assert setting(config, "protocols.cda.cutout", "cifar10") == 16
    rate = "methods.darts.search.weights.learning_rate"
    both = f"{rate} {rate}_min"
    assert setting(config, both, "cifar10") == [0.025, 0.001]
    assert setting(config, "methods.darts.nodes", "cifar10") == 4
    assert setting(config, "methods.darts.search.architecture.betas.1", "cifar10") == 0.999
    assert setting(config, "datasets.{dataset}.classes", "cifar10") == 10


@pytest.mark.parametrize(
    ("path", "dataset"),
    [
        ("methods.xnas.search.epochs", "cifar10"),
        ("methods.darts.search.epochs", "imagenet"),
        ("methods.darts.search.nothing", "cifar10"),
        ("methods.darts.search.architecture.betas.2", "cifar10"),
        ("methods.darts.search.architecture.betas.first", "cifar10"),
        ("protocols.none.epochs", "cifar10"),
        ("spaces.none.operations", "cifar10"),
        ("studies.benchmark.nothing.more", "cifar10"),
    ],
)
def test_missing_settings(path: str, dataset: str, config: Config) -> None:
    found = setting(config, path, dataset)
    assert isinstance(found, Absent) and "the configuration has no" in found.reason


def test_settings_that_the_paper_states_are_compared(config: Config, paper: dict[str, Any]) -> None:
    found = ledger(Sources(Tables({}), config=config)).to_pandas().set_index("id")
    darts = found.loc["table2.darts.epochs.search"]
    assert (darts["reproduced"], darts["reproduced_verdict"]) == ("50", "match")
    paper["methods"]["darts"]["search"]["epochs"] = 40
    found = ledger(Sources(Tables({}), config=load_config(paper))).to_pandas().set_index("id")
    darts = found.loc["table2.darts.epochs.search"]
    assert (darts["reproduced"], darts["reproduced_verdict"]) == ("40", "mismatch")
    assert "40 (configured at methods.darts.search.epochs)" in darts["why"]


def test_parquet_and_csv(empty: pa.Table, tmp_path: Path) -> None:
    writers.write_parquet(tmp_path / "claims.parquet", empty, {"made": "here"})
    assert records.read(tmp_path / "claims.parquet", SCHEMA).num_rows == CLAIMS
    assert records.provenance_of(tmp_path / "claims.parquet") == {"made": "here"}
    writers.write_csv(tmp_path / "claims.csv", empty)
    assert csv.read_csv(tmp_path / "claims.csv").num_rows == CLAIMS


class Page(HTMLParser):
    """Collects what a page contains and whether its tags are balanced."""

    VOID = ("meta", "input")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def having(self, attribute: str) -> Iterator[str]:
        return (values[attribute] or "" for _, values in self.tags if attribute in values)


def test_page_is_whole_offline_and_accessible(empty: pa.Table, tmp_path: Path) -> None:
    writers.write_html(tmp_path / "claims.html", empty)
    text = (tmp_path / "claims.html").read_text(encoding="utf-8")
    page = Page(text)
    assert not page.open
    assert not re.search(r"(https?:)?//[a-z]|@import|url\(", text)
    assert not list(page.having("src"))
    assert all(link.startswith("#") for link in page.having("href"))
    ids = list(page.having("id"))
    assert len(ids) == len(set(ids))
    assert {entry.id for entry in catalogue()} <= set(ids)
    tags = [tag for tag, _ in page.tags]
    assert tags.count("caption") == tags.count("table") == 2
    assert sum(tag == "th" and "scope" not in values for tag, values in page.tags) == 0
    assert ("html", {"lang": "en"}) in page.tags
    assert "Trainings of ResNet-50" in text
    assert all(verdict in text for verdict in VERDICTS)


def test_page_escapes_what_it_shows(empty: pa.Table) -> None:
    row = {**empty.to_pylist()[0], "wording": "<script>alert(1)</script> & more"}
    text = writers.page(pa.Table.from_pylist([row], schema=SCHEMA))
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in text
    assert "<script>alert" not in text


@needs_files
def test_page_has_printed_decimals_every_digit_on_hover_and_names(published: Tables) -> None:
    text = writers.page(ledger(Sources(published)))
    assert '<td class="number" title="−0.478568">−0.48</td>' in text
    assert "PDARTS, MANAS, DARTS, StacNAS" in text and "pdarts, manas" not in text
    assert "P-DARTS" not in text and "NSGANet" not in text
    assert "≤ 1 p.p." in text


@needs_files
@pytest.mark.parametrize("kept", ["benchmark", "distribution", "cells", "seeds", "depth", "costs"])
def test_part_of_a_reproduction_is_judged_as_far_as_it_goes(kept: str, published: Tables) -> None:
    frame = published[kept]
    some = frame[frame["method"] == "darts"] if kept == "benchmark" else frame.iloc[:3]
    rows = ledger(Sources(Tables({}), Tables({kept: some}))).to_pandas().set_index("id")
    verdicts = rows[rows["kind"] == "data"]["reproduced_verdict"]
    assert (verdicts == "not yet run").any()
    assert (rows.loc[verdicts[verdicts == "not yet run"].index, "reproduced"] == "").all()
    if kept == "benchmark":
        assert rows.loc["table1.darts.cifar10", "reproduced_verdict"] == "match"
        assert rows.loc["scope.methods", "reproduced_verdict"] == "mismatch"
        assert rows.loc["scope.methods", "scale"] == "80 runs"
