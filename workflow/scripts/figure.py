"""Draw one figure."""

from importlib import import_module
from pathlib import Path

from naseval import records
from naseval.figures.style import save
from naseval.files import write_atomically
from naseval.job import job

with job(snakemake) as running:
    study = records.read(snakemake.input.study, records.STUDY).to_pandas()
    labels = snakemake.params.labels
    module = import_module(f"naseval.figures.{snakemake.params.figure}")
    drawing = module.draw(study, labels["datasets"], labels["methods"])
    save(drawing.figure, drawing.data, Path(snakemake.output.svg).with_suffix(""))
    write_atomically(snakemake.output.caption, f"{drawing.caption}\n".encode())
