"""Compute the mean and standard deviation of a dataset's colour channels."""

from pathlib import Path

from naseval.data.channels import write_channels
from naseval.script import job
from naseval.settings.dataset import Channels, ImageSettings

with job(snakemake) as running:
    given = snakemake.params.channels
    write_channels(
        Path(snakemake.output.channels).parent,
        ImageSettings(**snakemake.params.dataset),
        Channels(**given) if isinstance(given, dict) else None,
    )
