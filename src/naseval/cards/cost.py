"""The sections on the cost of the searches and on the size of the networks."""

import pandas as pd

from naseval.analysis.cost import SECONDS_PER_DAY, device_kind
from naseval.analysis.finals import STATISTICS, finals
from naseval.analysis.tables import escaped
from naseval.analysis.wording import spread
from naseval.cards.evidence import Evidence, Facts
from naseval.cards.markdown import escaped_labels, table

COST_NOTE = (
    "Mean ± population standard deviation over searches; a search's cost is that of its epochs, "
    "validation included. Training the found architecture and choosing hyperparameters come on top."
)
SIZE_NOTE = (
    "Mean ± population standard deviation over genotypes, in the network of the method's protocol "
    "without its auxiliary tower; multiply-accumulates of convolutions and linear layers for one "
    "image. If what was found is larger than what is drawn, size may explain its accuracy."
)
ELSEWHERE = "Searched elsewhere;"
THOUSAND, MILLION = 1e3, 1e6


def devices(facts: list[Facts]) -> list[str]:
    """Return the kinds of device in the provenance of results, sorted."""
    return sorted({str(one.get("device", "unknown")) for one in facts})


def cost_section(evidence: Evidence, method: str) -> str:
    """Return the section on the cost of the searches as Markdown."""
    costs, here = evidence.costs(method), evidence.searched_here(method)
    if costs.empty:
        return (
            "No search of this method is done yet." if here else f"{ELSEWHERE} no cost is stated."
        )
    labels = escaped_labels(evidence.config.labels["datasets"])
    used = devices(evidence.of_searches(method)) if here else sorted(set(costs["device"]))
    unit = "GPU-days" if {device_kind(name) for name in used} == {"GPU"} else "days on the device"
    rows = []
    for dataset, those in costs.groupby("dataset", sort=False):
        days = those["gpu_days"]
        mean, std = days.mean(), days.std(ddof=0)
        n = len(days) if here else 1  # one cost is stated for all of them
        seconds = spread(mean * SECONDS_PER_DAY, std * SECONDS_PER_DAY, n, ".1f")
        rows.append([labels[str(dataset)], len(days), seconds, spread(mean, std, n, ".2g")])
    body = table(["dataset", "searches", "seconds", unit], rows)
    note = COST_NOTE if here else f"{ELSEWHERE} the cost is as stated."
    return f"{body}\n\nDevice: {', '.join(map(escaped, used))}. {note}"


def with_accuracy(complexity: pd.DataFrame, study: pd.DataFrame) -> pd.DataFrame:
    """Add the columns `best` and `last` (per cent) of each genotype's run to `complexity`.

    They are NaN if the genotype has no run in `study`.
    """
    runs = finals(study)[["dataset", "method", "genotype", *STATISTICS]]
    return complexity.merge(runs, on=["dataset", "method", "genotype"], how="left")


def size_section(complexity: pd.DataFrame, dataset_labels: dict[str, str]) -> str:
    """Return the section on the size of the networks as Markdown.

    `complexity` has the columns of `inputs.COMPLEXITY` and the rows of one method.
    """
    if complexity.empty:
        return "No genotype of this method has been counted yet."
    thousands = complexity["parameters"].min() < MILLION / 10
    scale, unit = (THOUSAND, "k") if thousands else (MILLION, "M")
    rows = []
    for dataset, those in complexity.groupby("dataset", sort=False):
        row: list[object] = [escaped(dataset_labels[str(dataset)])]
        for origin in ("searched", "random"):
            side = those[those["origin"] == origin]
            row += [_scaled(side[name], scale) for name in ("parameters", "macs")] + [len(side)]
        rows.append(row)
    head = ["dataset", f"parameters, searched ({unit})", f"MACs, searched ({unit})", "n"]
    head += [f"parameters, random ({unit})", f"MACs, random ({unit})", "n"]
    return f"{table(head, rows)}\n\n{SIZE_NOTE}"


def _scaled(values: pd.Series, scale: float) -> str:
    return spread(values.mean() / scale, values.std(ddof=0) / scale, len(values))
