"""Check every file in the results folder."""

import sys

from naseval.config import load_config
from naseval.script import job
from naseval.verification import verify

with job(snakemake) as running:
    verified = verify(load_config(snakemake.config))
    sys.stdout.write(verified.text())
    verified.refuse_faults()
