"""The section on tricks: the same architectures under the plain and under their own protocol."""

from naseval.analysis.tricks import tricks
from naseval.analysis.wording import out_of, spread
from naseval.cards import inputs
from naseval.cards.evidence import Evidence
from naseval.cards.improvement import gain
from naseval.cards.markdown import escaped_labels, table
from naseval.studies import tricks as tricks_study

HEAD = [
    "dataset", "protocol", "accuracy", "searched", "n", "random", "n",
    "relative improvement (%)",
]  # fmt: skip

NOTE = (
    "The same genotypes and seeds under each protocol. A lead that is there with tricks only is "
    "not the architecture's."
)


def section(evidence: Evidence, method: str) -> str:
    """Return the section as Markdown."""
    if "tricks" not in evidence.config.studies:
        return "The study `tricks`, which trains with and without tricks, is not configured."
    if not any(row["method"] == method for row in inputs.runs(evidence.config, "tricks")):
        return "The study `tricks`, which trains with and without tricks, leaves this method out."
    runs = evidence.study("tricks", method)
    if runs.empty:
        return "Nothing of this method has been run for the study `tricks` yet."
    labels = escaped_labels(evidence.config.labels["datasets"])
    rows = [
        [
            labels[row["dataset"]],
            row["protocol"] + (" (plain)" if row["protocol"] == plain(evidence) else " (its own)"),
            row["statistic"],
            spread(row["searched_mean"], row["searched_std"], row["searched_n"]),
            out_of(row["searched_n"], row["searched_trained"]),
            spread(row["random_mean"], row["random_std"], row["random_n"]),
            out_of(row["random_n"], row["random_trained"]),
            gain(row),
        ]
        for row in tricks(runs).to_dict("records")
    ]
    return f"{table(HEAD, rows)}\n\n{NOTE}"


def plain(evidence: Evidence) -> str:
    """Return the name of the protocol without tricks."""
    return evidence.config.study("tricks", tricks_study.Settings).plain


def has_both_protocols(evidence: Evidence, method: str) -> bool:
    """Tell whether searched and random architectures have runs with and without tricks."""
    runs = evidence.study("tricks", method)
    return bool(len(runs)) and all(
        set(own["origin"]) >= {"searched", "random"} and own["protocol"].nunique() > 1
        for _, own in runs.groupby("dataset")
    )
