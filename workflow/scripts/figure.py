"""Draw one figure."""

from importlib import import_module
from pathlib import Path

from naseval import records, schemas
from naseval.analysis.finals import trained_and_counted
from naseval.figures.style import save
from naseval.files import write_atomically
from naseval.script import job

SCHEMAS = {"study": schemas.STUDY}

with job(snakemake) as running:
    tables = {
        name: records.read(path, SCHEMAS.get(name)).to_pandas()
        for name, path in snakemake.input.items()
    }
    module, function = snakemake.params.function.split(":")
    draw = getattr(import_module(f"naseval.{module}"), function)
    drawing = draw(**tables, **snakemake.params.arguments)
    save(drawing.figure, drawing.data, Path(snakemake.output.svg).with_suffix(""))
    counts = trained_and_counted(tables["study"]) if "study" in tables else ""
    caption = f"{drawing.caption} {counts}".strip()
    write_atomically(snakemake.output.caption, f"{caption}\n".encode())
