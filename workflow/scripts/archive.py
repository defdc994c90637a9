"""Fetch one file of a dataset's archive."""

import logging
import sys
from pathlib import Path

from naseval.data.archives import fetch_archive
from naseval.errors import NasevalError

# What is fetched is verified, so neither the code that does it nor the folder it comes from is
# among the rule's params: a change of either must not fetch it again.
logging.basicConfig(
    level=logging.INFO,
    format="%(asctime)s %(message)s",
    datefmt="%Y-%m-%d %H:%M:%S",
    handlers=[logging.StreamHandler(), logging.FileHandler(snakemake.log[0])],
)
try:
    fetch_archive(
        snakemake.wildcards.archive,
        snakemake.wildcards.file,
        Path(snakemake.output.file),
        folder=snakemake.config.get("archives"),
        lock=Path(snakemake.params.lock),
    )
except NasevalError as error:
    logging.error("%s", error)
    sys.exit(1)
