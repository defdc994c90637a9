"""Fetch one file of a dataset's archive."""

import logging
import sys
from pathlib import Path

from naseval.data.archives import fetch_archive
from naseval.errors import NasevalError

# The fetched file is verified. Neither the code nor the folder of the archives is a param of the
# rule, because a change of either must not fetch the file again.
logging.basicConfig(
    level=logging.INFO,
    format="%(asctime)s %(message)s",
    datefmt="%Y-%m-%d %H:%M:%S",
    handlers=[logging.StreamHandler(), logging.FileHandler(snakemake.log[0], encoding="utf-8")],
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
