"""Gather the histories of searches."""

from naseval import records
from naseval.script import job
from naseval.studies._gather import gather_histories

with job(snakemake) as running:
    params = snakemake.params
    content = gather_histories(params.searches, snakemake.input.histories, params.asked)
    records.write(snakemake.output.histories, content, running.provenance())
