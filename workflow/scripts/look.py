"""Judge a cell of the benchmark at one of its looks."""

from pathlib import Path

from naseval import records
from naseval.analysis.stopping import judged_look
from naseval.schemas import LOOK
from naseval.script import job
from naseval.studies._gather import gather_runs

with job(snakemake) as running:
    results, params = Path(snakemake.config["results"]), snakemake.params
    gathered = gather_runs(results, "benchmark", params.members, params.asked, params.diverged)
    wildcards = snakemake.wildcards
    names = wildcards.dataset, wildcards.method
    study = gathered.table.to_pandas()
    row = judged_look(study, names, params.looks, int(wildcards.look), params.margin)
    paths = [member["path"] for member in params.members]
    inputs = {path: records.content_digest(results / path) for path in paths}
    made = running.provenance(inputs=inputs, runs_by_code=gathered.runs_by_code)
    records.write(snakemake.output.verdict, records.table(LOOK, [row]), made)
