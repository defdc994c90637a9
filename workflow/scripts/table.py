"""Write one table in all formats."""

from importlib import import_module
from pathlib import Path

from naseval import records, schemas
from naseval.analysis.finals import trained_and_counted
from naseval.analysis.tables import write_table
from naseval.script import job

SCHEMAS = {"study": schemas.STUDY}

with job(snakemake) as running:
    tables = {
        name: records.read(path, SCHEMAS.get(name)).to_pandas()
        for name, path in snakemake.input.items()
    }
    module, function = snakemake.params.function.split(":")
    build = getattr(import_module(f"naseval.{module}"), function)
    tidy, *laid_out, note = build(**tables, **snakemake.params.arguments)
    readable = (laid_out[0] if laid_out else tidy).replace(snakemake.params.names)
    stem = Path(snakemake.output.csv).with_suffix("")
    counts = trained_and_counted(tables["study"]) if "study" in tables else ""
    note = f"{note} {counts}".strip()
    write_table(tidy, stem, snakemake.params.title, note, running.provenance(), readable)
