"""Split a dataset by the lists of the paper's authors."""

from pathlib import Path

from naseval.data.splits import write_splits
from naseval.published.splits import read
from naseval.script import job
from naseval.settings.dataset import Split

with job(snakemake) as running:
    images = read(snakemake.params.lists).to_pandas()
    images = images[images["dataset"] == snakemake.params.source]
    names = images["class"] + "/" + images["name"]
    write_splits(
        Path(snakemake.output.splits).parent,
        Split(**snakemake.params.split),
        snakemake.wildcards.dataset,
        lists=dict(zip(names, images["split"], strict=True)),
        provenance=running.provenance(),
    )
