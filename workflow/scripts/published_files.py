"""Fetch the authors' raw files."""

from naseval.published.raw_files import fetch
from naseval.script import job

with job(snakemake) as running:
    mirror = snakemake.config["published"]["mirror"]
    for path, target in snakemake.params.files.items():
        fetch(path, target, mirror)
