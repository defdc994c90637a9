"""Gather a study's runs."""

from naseval import records
from naseval.job import job
from naseval.studies.table import gather

with job(snakemake) as running:
    results = snakemake.config["results"]
    content = gather(results, snakemake.wildcards.study, snakemake.params.members)
    records.write(snakemake.output.study, content, running.provenance())
