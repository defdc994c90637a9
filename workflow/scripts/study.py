"""Gather the runs of a study."""

from naseval import records
from naseval.script import job
from naseval.studies._gather import gather_runs

with job(snakemake) as running:
    results = snakemake.config["results"]
    content = gather_runs(results, snakemake.wildcards.study, snakemake.params.members)
    records.write(snakemake.output.study, content, running.provenance())
