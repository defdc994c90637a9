"""Every figure and table of small studies: texts that can be read, and data that can be seen."""

from importlib import import_module
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import HealthCheck, Phase, assume, given, settings

from drawn import faults, shown, undefined
from naseval.analysis.chosen_operations import operations_table
from naseval.analysis.finals import STATISTICS, finals
from naseval.analysis.relative_improvement import benchmark_table
from naseval.analysis.tables import html, markdown
from naseval.analysis.verdicts import with_verdicts
from naseval.config import Config, load_config
from naseval.figures import card, genotype, samples
from naseval.randomness import stream
from naseval.report.exhibits import SOURCES, Exhibit, Source, figures, tables
from naseval.report.labels import labels
from naseval.settings.validation import merged
from naseval.spaces import get_space
from paths import ROOT
from small_studies import Small, small_studies

CONFIG = load_config(
    merged(
        *(
            yaml.safe_load((ROOT / "config" / name).read_text(encoding="utf-8"))
            for name in ("config.yaml", "supernet.yaml")
        )
    )
)
FIGURES = [(source, name) for source in SOURCES for name in figures(source, CONFIG)]
TABLES = [
    (source, name)
    for source in SOURCES
    for name, exhibit in tables(source, CONFIG).items()
    if exhibit.study
]
CURVES = ("distribution", "operations", "cells")
"""Studies whose published runs have curves too."""

few = settings(
    max_examples=3,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
)
many = settings(few, max_examples=60, derandomize=False)


def made(exhibit: Exhibit, source: Source, small: Small, config: Config = CONFIG) -> Any:
    """Return what the function of an exhibit makes of small studies."""
    known = labels(source, config, exhibit.study)
    taken = {name: known[name] for name in exhibit.labels}
    for name in taken.keys() & {"dataset_labels", "method_labels"}:
        own = {key: label for key, label in small.labels.items() if key in taken[name]}
        taken[name] = {**taken[name], **own}
    given = {name: small.table(path) for name, path in exhibit.files(source).items()}
    arguments = {**given, **taken, **exhibit.constants(config)}
    if "dataset" in arguments:  # the first one that is configured
        arguments["dataset"] = small.datasets[0]
    if "margins" in arguments:
        arguments["margins"] = dict.fromkeys(small.datasets, 0.5)
    function = getattr(import_module(f"naseval.{exhibit.module}"), exhibit.function)
    return function(**arguments)


def with_curves(small: Small, exhibit: Exhibit, source: Source) -> Small:
    """Return small studies with curves, if the runs of this source have them."""
    known = source == "reproduced" or exhibit.study in CURVES
    return Small(**{**vars(small), "curves": True}) if known else small


def check_figure(source: Source, name: str, small: Small) -> None:
    exhibit = figures(source, CONFIG)[name]
    drawing = made(exhibit, source, with_curves(small, exhibit, source))
    assert faults(drawing.figure) == []
    assert not undefined(drawing.caption), drawing.caption
    assert drawing.caption.endswith(".") and "  " not in drawing.caption
    texts = "".join("".join(shown(drawing.figure)).split())
    for label in small.labels.values():
        broken = label.replace("$", "").replace("_", "")
        assert (broken not in texts) or (label.replace(" ", "") in texts), label


def check_table(source: Source, name: str, small: Small) -> None:
    exhibit = tables(source, CONFIG)[name]
    tidy, *laid_out, note = made(exhibit, source, with_curves(small, exhibit, source))
    for text in (markdown, html):
        page = text(laid_out[0] if laid_out else tidy, exhibit.title, note)
        assert not undefined(page), page
    assert note.rstrip().endswith(".") and " 0 comparisons" not in note


@pytest.mark.parametrize(("source", "name"), FIGURES)
@few
@given(small=small_studies())
def test_a_figure_of_a_small_study_can_be_read(source, name, small):
    check_figure(source, name, small)


@pytest.mark.parametrize(("source", "name"), TABLES)
@few
@given(small=small_studies())
def test_a_table_of_a_small_study_has_numbers_alone(source, name, small):
    check_table(source, name, small)


@pytest.mark.slow
@pytest.mark.parametrize(("source", "name"), FIGURES)
@many
@given(small=small_studies())
def test_a_figure_of_any_small_study_can_be_read(source, name, small):
    check_figure(source, name, small)


@pytest.mark.slow
@pytest.mark.parametrize(("source", "name"), TABLES)
@many
@given(small=small_studies())
def test_a_table_of_any_small_study_has_numbers_alone(source, name, small):
    check_table(source, name, small)


@few
@given(small=small_studies())
def test_the_figures_of_a_score_card_can_be_read(small):
    study = Small(**{**vars(small), "curves": True}).benchmark()
    study = study[study["method"] == small.methods[0]]
    rows = pd.concat([benchmark_table(study, statistic) for statistic in STATISTICS])
    rows = with_verdicts(rows, study, dict.fromkeys(small.datasets, 0.5))
    names = {name: small.labels[name] for name in small.datasets}
    assume(rows["relative_improvement"].notna().any())
    drawings = [card.improvement(rows, names)]
    runs = finals(study)[["dataset", "origin", "best"]]
    drawings.append(card.size(runs.assign(macs=range(1_000_000, 1_000_000 + len(runs))), names))
    space = get_space("darts")
    rng = stream("tests", "card", small.seed)
    found = [space.sample(rng, space.samplers[0]) for _ in range(small.runs)]
    shares = operations_table(found, space.samplers[0]).assign(space=space.name)
    drawings.append(card.operations(shares))
    drawings.append(genotype.draw(found[0], names[small.datasets[0]]))
    images = np.zeros((small.runs, 8, 8, 3))
    drawings.append(samples.draw(names[small.datasets[0]], [("as stored", images)]))
    for drawing in drawings:
        assert faults(drawing.figure) == []
        assert not undefined(drawing.caption), drawing.caption
