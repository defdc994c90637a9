"""Count the computations of a dataset's searches and runs."""

import torch

from naseval import records
from naseval.budget.counting import counted
from naseval.budget.work import tabulated
from naseval.script import job

with job(snakemake) as running:
    torch.set_num_threads(snakemake.threads)
    sizes = list(counted(snakemake.wildcards.dataset, snakemake.params.units))
    records.write(snakemake.output.work, tabulated(sizes), running.provenance())
