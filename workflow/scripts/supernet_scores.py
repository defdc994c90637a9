"""Gather the scores of random architectures."""

from naseval import records
from naseval.script import job
from naseval.studies._gather_scores import gather_scores

with job(snakemake) as running:
    content = gather_scores(snakemake.params.searches, snakemake.params.untrained)
    records.write(snakemake.output.scores, content, running.provenance())
