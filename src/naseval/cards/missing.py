"""The section on what is configured and has not been run."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from naseval.cards import plan
from naseval.cards.evidence import Evidence
from naseval.cards.markdown import table

HEAD = ["study", "dataset", "what", "done", "of", "missing"]


def section(evidence: Evidence, method: str) -> str:
    """Return the section's Markdown."""
    rows = list(_rows(evidence, method))
    if not rows:
        return "No study asks for this method; add it to `studies.benchmark.methods`."
    lacking = sum(int(row[4]) - int(row[3]) for row in rows)  # type: ignore[call-overload]
    head = "Everything that is configured has been run." if not lacking else ""
    return "\n\n".join(filter(None, [head, table(HEAD, rows)]))


def complete(evidence: Evidence, method: str) -> bool:
    """Tell whether everything that is configured for a method has been run."""
    rows = list(_rows(evidence, method))
    return bool(rows) and all(row[3] == row[4] for row in rows)


def _rows(evidence: Evidence, method: str) -> Iterable[list[object]]:
    labels = evidence.config.labels["datasets"]
    done = set(evidence.searches(method))
    for dataset in evidence.datasets(method):
        planned = [one for one in evidence.planned(method) if one.dataset == dataset]
        lacking = [str(one.seed) for one in planned if one not in done]
        missing = f"seed {', '.join(lacking)}" if lacking else ""
        count = len(planned)
        yield ["any", labels[dataset], "searches", count - len(lacking), count, missing]
    for study in plan.STUDIES:
        runs = [row for row in plan.runs(evidence.config, study) if row["method"] == method]
        for key in dict.fromkeys((r["dataset"], r["protocol"], r["origin"]) for r in runs):
            those = [r for r in runs if (r["dataset"], r["protocol"], r["origin"]) == key]
            what = f"runs of {key[2]} architectures under {key[1]}"
            yield [study, labels[key[0]], what, *_counted(evidence.results, those)]


def _counted(results: Path, rows: list[Mapping[str, Any]] | list[dict[str, Any]]) -> list[object]:
    lacking = [row for row in rows if not (results / row["path"]).exists()]
    names = ", ".join(row["genotype"].rpartition("/")[2] for row in lacking)
    return [len(rows) - len(lacking), len(rows), names]
