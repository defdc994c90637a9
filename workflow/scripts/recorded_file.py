"""Fetch one file of a table of recorded trainings."""

from naseval.recorded.facts import TableFile, fetch_file
from naseval.script import job

with job(snakemake) as running:
    mirror = snakemake.config["recorded"]["mirror"]
    file = TableFile(**snakemake.params.file)
    fetch_file(snakemake.wildcards.file, file, snakemake.output.file, mirror)
