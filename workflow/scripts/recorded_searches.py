"""Run all searches of a method on a table."""

from naseval import records
from naseval.recorded.plan import Job
from naseval.recorded.searches import read_table, run_searches
from naseval.script import job

with job(snakemake) as running:
    planned = Job(**snakemake.params.job)
    table = read_table(planned.table, snakemake.params.folder, snakemake.params.facts)
    content = run_searches(table, planned, snakemake.params.searches)
    records.write(snakemake.output.searches, content, running.provenance())
