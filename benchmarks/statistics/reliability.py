"""What the protocol is worth on NAS-Bench-Macro, by the table `reliability` of `recorded`."""

from pathlib import Path

import pandas as pd
from benchmarks.bench.document import table as markdown

from naseval.analysis.reliability import table
from naseval.config import Config
from naseval.recorded.facts import get_facts
from naseval.recorded.plan import plan
from naseval.recorded.searches import read_table, run_searches
from naseval.recorded.study import gather_searches, read_architectures, study_table
from naseval.report.labels import labels

BENCHMARK = "nas-bench-macro"
METHODS = ("random-search", "local-search", "regularised-evolution")
NUMBERS = (8, 32)


def reliability_table(recorded: Path, config: Config, searches: int) -> str:
    """Return the rows with 8 and 32 runs on each side, from so many recorded searches."""
    assert config.recorded is not None
    jobs = [plan(config.recorded).job(BENCHMARK, method) for method in METHODS]
    macro = read_table(jobs[0].table, recorded, get_facts(jobs[0].table).expected())
    architectures = {BENCHMARK: read_architectures(macro, BENCHMARK)}
    made = [(BENCHMARK, job.method, True, run_searches(macro, job, searches)) for job in jobs]
    gathered = gather_searches(made, architectures)
    study = study_table(gathered, architectures, {}).to_pandas()
    names = labels("recorded", config)
    given = names["dataset_labels"], names["method_labels"], config.recorded.margins
    _, shown, _ = table(study, gathered.to_pandas(), *given)
    return _laid_out(shown[shown["n each"].isin(NUMBERS)].drop(columns="dataset"))


def _laid_out(shown: pd.DataFrame) -> str:
    rows = [list(map(str, row)) for row in shown.itertuples(index=False, name=None)]
    return markdown(list(shown.columns), rows)
