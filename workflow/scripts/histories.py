"""Gather the histories of searches."""

from naseval import records
from naseval.job import job
from naseval.studies.histories import gather

with job(snakemake) as running:
    content = gather(snakemake.params.searches, snakemake.input.histories)
    records.write(snakemake.output.histories, content, running.provenance())
