"""Gather the runs of a study."""

from naseval import records
from naseval.script import job
from naseval.studies._gather import gather_runs

with job(snakemake) as running:
    results = snakemake.config["results"]
    params = snakemake.params
    gathered = gather_runs(
        results, snakemake.wildcards.study, params.members, params.asked, params.diverged
    )
    made = running.provenance(runs_by_code=gathered.runs_by_code)
    records.write(snakemake.output.study, gathered.table, made)
