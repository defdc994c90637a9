"""The section on cost: what the searches took."""

from naseval.analysis.cost import SECONDS_PER_DAY
from naseval.cards.evidence import Evidence, Facts
from naseval.cards.markdown import spread, table

NOTE = (
    "Mean ± population standard deviation over searches; a search's cost is that of its epochs, "
    "validation included. Training the found architecture and choosing hyperparameters come on top."
)


def devices(facts: list[Facts]) -> list[str]:
    """Return the kinds of device that results name, sorted."""
    return sorted({str(one.get("device", "unknown")) for one in facts})


def section(evidence: Evidence, method: str) -> str:
    """Return the section's Markdown."""
    costs = evidence.costs(method)
    if costs.empty:
        return "No search of this method is done yet."
    labels = evidence.config.labels["datasets"]
    used = devices(evidence.of_searches(method))
    unit = "GPU-days" if all(name.startswith("cuda") for name in used) else "days on the device"
    rows = []
    for dataset, those in costs.groupby("dataset", sort=False):
        days = those["gpu_days"]
        mean, std, n = days.mean(), days.std(ddof=0), len(days)
        seconds = spread(mean * SECONDS_PER_DAY, std * SECONDS_PER_DAY, n, ".1f")
        rows.append([labels[str(dataset)], n, seconds, spread(mean, std, n, ".2g")])
    body = table(["dataset", "searches", "seconds", unit], rows)
    return f"{body}\n\nDevice: {', '.join(used)}. {NOTE}"
