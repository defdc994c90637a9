"""Write a dataset's images of train and validation in a plain form."""

from pathlib import Path

from naseval.data.plain import write_plain
from naseval.script import job
from naseval.settings.dataset import ImageSettings

with job(snakemake) as running:
    write_plain(
        Path(snakemake.input.splits).parent,
        Path(snakemake.output.folder),
        snakemake.wildcards.dataset,
        ImageSettings(**snakemake.params.dataset),
    )
