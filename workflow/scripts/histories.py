"""Gather the histories of searches."""

from naseval import records
from naseval.script import job
from naseval.studies._gather import gather_histories

with job(snakemake) as running:
    content = gather_histories(snakemake.params.searches, snakemake.input.histories)
    records.write(snakemake.output.histories, content, running.provenance())
