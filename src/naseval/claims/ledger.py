"""The ledger: every claim with the values from the published and from the reproduced runs."""

from collections.abc import Iterable
from dataclasses import dataclass

import pyarrow as pa

from naseval.claims.absent import Absent
from naseval.claims.catalogue import Claim, catalogue
from naseval.claims.rules._rule import Rule, all_rules
from naseval.claims.settings import setting
from naseval.claims.tables import Tables
from naseval.claims.values import shown
from naseval.claims.verdict import NOT_RECOMPUTABLE, NOT_RUN, Finding, judge
from naseval.config import Config

COLUMNS = (
    "id",
    "section",
    "kind",  # data: from runs or lists; setting: from the configuration; neither
    "wording",
    "comparator",
    "printed",
    "unit",
    "recomputed",  # from the authors' published files
    "reproduced",  # from this project's runs; of settings, from its configuration
    "tolerance",
    "verdict",  # on recomputed
    "reproduced_verdict",
    "scale",  # how much was run for `reproduced`
    "why",
)
SCHEMA = pa.schema([pa.field(name, pa.string(), nullable=False) for name in COLUMNS])
"""Values are texts in the form that people read; list items are separated by commas."""


@dataclass(frozen=True)
class Sources:
    """The inputs of the ledger; None for those that do not exist."""

    published: Tables | None = None
    reproduced: Tables | None = None
    config: Config | None = None


def ledger(sources: Sources, claims: Iterable[Claim] | None = None) -> pa.Table:
    """Return the ledger (`SCHEMA`), one row per claim, in the paper's order."""
    chosen = catalogue() if claims is None else claims
    return pa.Table.from_pylist([_row(claim, sources) for claim in chosen], schema=SCHEMA)


def _row(claim: Claim, sources: Sources) -> dict[str, str]:
    rule = all_rules().get(claim.id)
    published = _published(claim, rule, sources.published)
    reproduced = _reproduced(claim, rule, sources)
    return {
        "id": claim.id,
        "section": claim.section,
        "kind": "data" if rule else "setting" if claim.setting else "neither",
        "wording": claim.wording,
        "comparator": claim.comparator,
        "printed": shown(claim.printed),
        "unit": claim.unit,
        "recomputed": shown(published.value),
        "reproduced": shown(reproduced.value),
        "tolerance": shown(claim.tolerance),
        "verdict": published.verdict,
        "reproduced_verdict": reproduced.verdict,
        "scale": _scale(rule, sources) if reproduced.value is not None else "",
        "why": _why(claim, published, reproduced, sources),
    }


def _why(claim: Claim, published: Finding, reproduced: Finding, sources: Sources) -> str:
    return reproduced.why if claim.setting or sources.published is None else published.why


def _published(claim: Claim, rule: Rule | None, tables: Tables | None) -> Finding:
    if tables is None:
        return Finding(None, NOT_RUN, "The authors' files are not read here.")
    if rule is None:
        why = claim.remark or "The paper says how something was done; no published file shows it."
        return Finding(None, NOT_RECOMPUTABLE, why)
    return _judged(claim, rule, tables, NOT_RECOMPUTABLE)


def _reproduced(claim: Claim, rule: Rule | None, sources: Sources) -> Finding:
    if rule is not None:
        if sources.reproduced is None:
            return Finding(None, NOT_RUN, "Nothing is reproduced yet.")
        return _judged(claim, rule, sources.reproduced, NOT_RUN)
    if claim.setting:
        return _configured(claim, sources.config)
    return Finding(None, NOT_RECOMPUTABLE, claim.remark)


def _judged(claim: Claim, rule: Rule, tables: Tables, otherwise: str) -> Finding:
    readings = rule.compute(tables)
    if isinstance(readings, Absent):
        return Finding(None, otherwise, f"It can't be computed: {readings.reason}.")
    return judge(claim, readings)


def _configured(claim: Claim, config: Config | None) -> Finding:
    if config is None:
        return Finding(None, NOT_RUN, "No configuration was given.")
    value = setting(config, claim.setting, claim.datasets)
    if isinstance(value, Absent):
        return Finding(None, NOT_RUN, f"It can't be compared: {value.reason}.")
    return judge(claim, {f"configured at {claim.setting}": value})


def _scale(rule: Rule | None, sources: Sources) -> str:
    """Return the numbers of runs and epochs of a rule's main study, and the scaled-down overlay."""
    if rule is None or sources.reproduced is None:
        return ""
    overlay = sources.config.scaled_down if sources.config else None
    name = f"scaled down ({overlay})" if overlay else ""
    return ": ".join(filter(None, (name, _extent(rule, sources.reproduced))))


def _extent(rule: Rule, tables: Tables) -> str:
    main = next(name for name in rule.needs if name in tables)
    if "reading" not in tables[main]:
        return ""
    runs = tables.runs(main)
    epochs = runs["epochs"].dropna()
    lengths = sorted({int(epochs.min()), int(epochs.max())}) if len(epochs) else []
    trained = f" of {' to '.join(map(str, lengths))} epochs" if lengths else ""
    return f"{len(runs)} runs{trained}"


def combined(published: pa.Table, reproduced: pa.Table) -> pa.Table:
    """Return the published ledger with the reproduced columns of the other one."""
    for name in ("reproduced", "reproduced_verdict", "scale"):
        place = published.schema.get_field_index(name)
        published = published.set_column(place, SCHEMA.field(name), reproduced[name])
    return published


def counts(table: pa.Table, column: str = "verdict") -> dict[str, int]:
    """Return the number of claims by verdict in a column of a ledger."""
    found = table[column].value_counts().to_pylist()
    return {entry["values"]: entry["counts"] for entry in found}
