"""List what is reported of every architecture of a table."""

from naseval import records
from naseval.recorded.searches import read_table
from naseval.recorded.study import read_architectures
from naseval.script import job

with job(snakemake) as running:
    table = read_table(snakemake.params.table, snakemake.params.folder, snakemake.params.facts)
    content = read_architectures(table, snakemake.wildcards.benchmark)
    records.write(snakemake.output.architectures, content, running.provenance())
