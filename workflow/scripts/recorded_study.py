"""Gather recorded searches into one table and a study table."""

from naseval import records
from naseval.recorded.searches import SEARCHES
from naseval.recorded.study import ARCHITECTURES, gather_searches, study_table
from naseval.script import job

with job(snakemake) as running:
    found = [records.read(path, SEARCHES) for path in snakemake.input.searches]
    named = zip(snakemake.params.searches, found, strict=True)
    architectures = {
        benchmark: records.read(path, ARCHITECTURES)
        for benchmark, path in zip(
            snakemake.params.benchmarks, snakemake.input.architectures, strict=True
        )
    }
    searches = gather_searches([(*names, table) for names, table in named], architectures)
    study = study_table(searches, architectures, snakemake.params.last_epochs)
    records.write(snakemake.output.searches, searches, running.provenance())
    records.write(snakemake.output.study, study, running.provenance())
