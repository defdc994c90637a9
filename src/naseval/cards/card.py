"""A method's score card, with its sections and figures."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from naseval.analysis.tables import escaped
from naseval.cards import (
    baselines,
    checklist,
    cost,
    improvement,
    missing,
    next_runs,
    operations,
    seeds,
    settings,
    stopping,
    tricks,
    verdicts,
)
from naseval.cards.evidence import Evidence
from naseval.cards.inputs import Planned
from naseval.cards.markdown import details
from naseval.cards.page import page
from naseval.figures import card as figures
from naseval.figures import genotype
from naseval.figures.style import Drawing, save
from naseval.files import write_atomically

MOST = 8
"""The maximum number of genotypes of one dataset that are drawn."""

Section = Callable[[Evidence, str], str]


def write_card(evidence: Evidence, method: str, folder: Path, description: str) -> None:
    """Write `folder`/`method`.md and .html, and its figures into `folder`/`method`/.

    `description` is a line that says what the method does. Raise `NasevalError` if a result is
    damaged or a file cannot be written.
    """
    pictures = folder / method
    pictures.mkdir(parents=True, exist_ok=True)
    sections = {
        "Verdicts": verdicts.section(evidence, method),
        "What to run next": next_runs.section(evidence, method),
        "Relative improvement": improvement.section(evidence, method),
        "With and without tricks": tricks.section(evidence, method),
        "Baselines": baselines.section(evidence, method),
        "Seeds": seeds.section(evidence, method),
        "Cost of the search": cost.cost_section(evidence, method),
        "Operations": operations.section(evidence, method),
        "Size": cost.size_section(_counted(evidence, method), evidence.config.labels["datasets"]),
        "Genotypes": _genotypes(evidence, method, pictures),
        "Reproducibility": checklist.section(evidence, method),
        "Settings": settings.section(evidence.config, method, evidence.datasets(method)),
        "Missing": missing.section(evidence, method),
    }
    if stopped := stopping.section(evidence, method):
        sections = {"Stopping": stopped, **sections}
    for heading, (name, drawing) in _drawings(evidence, method).items():
        save(drawing.figure, drawing.data, pictures / name)
        picture = _picture(heading, f"{method}/{name}")
        sections[heading] = f"{picture}\n\n{drawing.caption}\n\n{sections[heading]}"
    body = "\n\n".join(f"## {heading}\n\n{text}" for heading, text in sections.items())
    text = f"{_head(evidence, method, description)}\n\n{body}\n"
    write_atomically(folder / f"{method}.md", text.encode())
    write_atomically(folder / f"{method}.html", page(text, folder).encode())


def _head(evidence: Evidence, method: str, description: str) -> str:
    configured, label = evidence.config.methods[method], evidence.config.labels["methods"][method]
    lines = [
        f"# {escaped(label)}",
        description,
        f"**{verdicts.sentence(evidence, method)}**",
        f"Space `{configured.space}`, protocol `{configured.protocol}`.",
    ]
    if evidence.config.scaled_down:
        overlay = escaped(evidence.config.scaled_down)
        lines.append(f"Scaled down ({overlay}): these runs are not at the paper's scale.")
    if not missing.complete(evidence, method):
        lines.append("Not complete: see [what is missing](#missing).")
    return "\n\n".join(lines)


def _counted(evidence: Evidence, method: str) -> pd.DataFrame:
    return evidence.complexity[evidence.complexity["method"] == method]


def _drawings(evidence: Evidence, method: str) -> dict[str, tuple[str, Drawing]]:
    """Return the figures that have data, with their file names, by the heading of the section."""
    labels = evidence.config.labels["datasets"]
    found = {}
    if len(evidence.study("benchmark", method)):
        rows = improvement.improvement_table(evidence, method)
        if rows["relative_improvement"].notna().any():
            drawing = figures.improvement(rows, labels)
            found["Relative improvement"] = ("improvement", drawing)
    if tables := operations.by_space(evidence, method):
        shares = pd.concat([rows.assign(space=space) for space, rows in tables.items()])
        found["Operations"] = ("operations", figures.operations(shares))
    counted = cost.with_accuracy(_counted(evidence, method), evidence.study("benchmark", method))
    if counted["best"].notna().any():
        found["Size"] = ("size", figures.size(counted, labels))
    return found


def _genotypes(evidence: Evidence, method: str, pictures: Path) -> str:
    searches = evidence.searches(method)
    first_ones: list[str] = []
    folded: list[str] = []
    for search in _drawn(evidence, searches):
        name = f"{search.dataset}-seed-{search.seed}"
        title = f"{evidence.config.labels['datasets'][search.dataset]}, search seed {search.seed}"
        drawing = genotype.draw(evidence.genotype(search), title)
        save(drawing.figure, drawing.data, pictures / name)
        first = search.dataset not in {one.dataset for one in searches[: searches.index(search)]}
        text = f"{escaped(title)}\n\n{_picture(escaped(title), f'{method}/{name}')}"
        (first_ones if first else folded).append(text)
    if folded:
        first_ones.append(details("More genotypes", "\n\n".join(folded)))
    return "\n\n".join(first_ones) or "No search of this method is done yet."


def _drawn(evidence: Evidence, searches: list[Planned]) -> list[Planned]:
    """Return the first search of each dataset, and the distinct ones of the first dataset."""
    drawn: dict[tuple[str, object], Planned] = {}
    for search in searches:
        first = search.dataset == searches[0].dataset
        once = evidence.genotype(search) if first else None
        drawn.setdefault((search.dataset, once), search)
    those = list(drawn.values())
    beyond = [one for one in those if one.dataset == searches[0].dataset][MOST:]
    return [one for one in those if one not in beyond]


def _picture(alternative: str, stem: str) -> str:
    return f"[![{alternative}]({stem}.png)]({stem}.svg)"
