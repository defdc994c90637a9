"""Read the authors' files into one table per study and the other tables."""

from pathlib import Path

from naseval import records
from naseval.published.tables import TABLES
from naseval.script import job
from naseval.settings.published import Published

with job(snakemake) as running:
    folder, constants = Path(snakemake.params.folder), Published(**snakemake.params.constants)
    for name, table in TABLES.items():
        content = table.read(folder, constants)
        records.write(snakemake.output[name], content, running.provenance())
