"""Count the computations of a dataset's searches and runs."""

import torch

from naseval import records
from naseval.budget.counting import run_size, search_size
from naseval.budget.work import tabulated
from naseval.methods import get_settings
from naseval.script import job
from naseval.settings.dataset import ImageSettings
from naseval.settings.protocol import Protocol

with job(snakemake) as running:
    torch.set_num_threads(snakemake.threads)
    units, name = snakemake.params.units, snakemake.wildcards.dataset
    dataset, images = ImageSettings(**units["dataset"]), units["images"]
    searched = images["train"] + images["validation"]
    sizes = [
        (
            ("search", name, method, ""),
            search_size(
                search["algorithm"],
                get_settings(search["algorithm"])(**search["settings"]),
                dataset,
                {**images, "all": searched},
            ),
        )
        for method, search in units["searches"].items()
    ] + [
        (
            ("run", name, run["protocol"], run["network"]),
            run_size(
                run["network"],
                run["sampler"],
                Protocol(**run["settings"]),
                dataset,
                {"train": searched, "test": images["test"]},
            ),
        )
        for run in units["runs"]
    ]
    records.write(snakemake.output.work, tabulated(sizes), running.provenance())
