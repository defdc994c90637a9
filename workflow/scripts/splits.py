"""Split a dataset into train, validation and test."""

from pathlib import Path

from naseval.data.splits import write_splits
from naseval.script import job
from naseval.settings.dataset import Split

with job(snakemake) as running:
    write_splits(
        Path(snakemake.output.splits).parent,
        Split(**snakemake.params.split),
        snakemake.wildcards.dataset,
        provenance=running.provenance(),
    )
