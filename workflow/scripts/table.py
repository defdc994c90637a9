"""Write one table."""

from importlib import import_module
from pathlib import Path

from naseval import records
from naseval.analysis.tables import write_table
from naseval.job import job

with job(snakemake) as running:
    study = records.read(snakemake.input.study, records.STUDY).to_pandas()
    labels = snakemake.params.labels
    module = import_module(f"naseval.analysis.{snakemake.params.module}")
    tidy, shown, note = module.build(study, labels["datasets"], labels["methods"])
    stem = Path(snakemake.output.csv).with_suffix("")
    write_table(tidy, stem, module.TITLE, note, running.provenance(), shown)
